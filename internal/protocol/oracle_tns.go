package protocol

import "bytes"

// oracleTNS is asked for a service that no listener has, in a CONNECT packet; it
// refuses in a packet of its own, in words of its own.
var oracleTNS = Protocol{
	Name: "oracle-tns", Title: "Oracle TNS listener", Source: "Oracle Net Services, TNS packets, as Wireshark's dissector documents them", TCPOnly: true,
	Services: []string{"oracle-tns", "ncube-lm"},
	Usual:    []uint16{1521, 1526},
	Answer:   answerTNS,
	Opening: func(s Said) (Match, bool) {
		n, ok := be16(s.Data, 0)
		if !ok || len(s.Data) < 34 || n != len(s.Data) || s.Data[4] != 1 || !bytes.Contains(s.Data, []byte("(CONNECT_DATA=")) {
			return Match{}, false
		}
		service, _ := between(s.Data, "SERVICE_NAME=", ")")
		return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("service", service), true
	},
	Questions: []Question{{Name: "oracle-tns-connect", When: Anywhere, Rank: 34, Bytes: askTNS}},
}

func askTNS(Ask) []byte {
	data := "(CONNECT_DATA=(COMMAND=VERSION))"
	head := []byte("\x00\x00\x00\x00\x01\x00\x00\x00\x01\x36\x01\x2c\x00\x00\x08\x00\x7f\xff\x7f\x08\x00\x00\x00\x01\x00\x00\x00\x3a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	n := len(head) + len(data)
	head[0], head[1], head[24], head[25] = byte(n>>8), byte(n), byte(len(data)>>8), byte(len(data))
	return append(head, data...)
}

func answerTNS(s Said) (Match, bool) {
	b := s.Data
	n, ok := be16(b, 0)
	if !ok || len(b) < 8 || n < 8 || n > len(b) || b[2] != 0 || b[3] != 0 || b[5] > 0x20 || b[6] != 0 || b[7] != 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: n}
	switch kind := b[4]; {
	case kind == 4 && n >= 12 && bytes.Contains(b[:n], []byte("(DESCRIPTION=")): // refuse
		version, _ := between(b, "(VSNNUM=", ")")
		return m.with("vsnnum", version), true
	case kind == 2 && n >= 24: // accept
		if version, ok := between(b, "Version ", " "); ok && bytes.Contains(b, []byte("TNSLSNR")) {
			m.Version = versionAt(version)
		}
		v, _ := be16(b, 8)
		return m, v >= 300 && v < 400
	case kind == 11 && n == 8 && s.Question == "oracle-tns-connect": // resend
		m.Strength = Likely
		return m, true
	}
	return Match{}, false
}
