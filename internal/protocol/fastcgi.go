package protocol

import "bytes"

// fastcgi is asked for its limits, which it tells on a connection that starts no
// request; what it knows it repeats by name.
var fastcgi = Protocol{
	Name: "fastcgi", Title: "FastCGI", Source: "FastCGI specification, sections 3.3 and 4.1", TCPOnly: true,
	Usual: []uint16{9000},
	Answer: func(s Said) (Match, bool) {
		b := s.Data
		n, ok := be16(b, 4)
		// A management record: version 1, GET_VALUES_RESULT or UNKNOWN_TYPE, request 0.
		if !ok || len(b) < 8 || b[0] != 1 || b[2] != 0 || b[3] != 0 || len(b) != 8+n+int(b[6]) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
		switch {
		case b[1] == 10 && bytes.Contains(b, []byte("FCGI_M")) && !bytes.Equal(b, s.Asked):
			return m, b[8] < 0x80 && b[9] > 0 && b[9] < 12 // a value, where the question had none
		case b[1] == 11 && n == 8 && b[8] == 9:
			return m, true
		}
		return Match{}, false
	},
	Opening: func(s Said) (Match, bool) {
		b := s.Data
		n, ok := be16(b, 4)
		return Match{Strength: Certain, Kind: Opening, To: min(16, len(b))}, ok && len(b) >= 16 && b[0] == 1 && (b[1] == 1 && n == 8 && b[8] == 0 && b[9] <= 3 || b[1] == 9 && b[2] == 0 && b[3] == 0 && bytes.Contains(b, []byte("FCGI_")))
	},
	Questions: []Question{{Name: "fastcgi-get-values", When: Anywhere, Rank: 13,
		Bytes: fixed("\x01\x09\x00\x00\x00\x11\x00\x00\x0f\x00FCGI_MPXS_CONNS")}},
}
