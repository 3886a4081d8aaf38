package protocol

import "bytes"

// vnc greets with the version of its protocol in twelve bytes, and so does its client.
var vnc = Protocol{
	Name: "vnc", Title: "VNC (RFB)", Source: "RFC 6143, section 7.1.1", TCPOnly: true,
	Services: []string{"rfb"},
	Usual:    []uint16{5900, 5901, 5902, 5903},
	Answer:   rfbVersion(Banner),
	Opening:  rfbVersion(Opening),
}

func rfbVersion(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		b := s.Data
		if len(b) < 12 || !bytes.HasPrefix(b, []byte("RFB ")) || b[7] != '.' || b[11] != '\n' {
			return Match{}, false
		}
		major, n := number(b[4:7])
		minor, k := number(b[8:11])
		if n != 3 || k != 3 || major == 0 {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: kind, To: 12}.with("protocol", string(b[4:11]))
		if minor == 889 {
			m = m.with("variant", "Apple Remote Desktop")
		}
		return m, true
	}
}
