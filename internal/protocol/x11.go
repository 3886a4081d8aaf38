package protocol

import "bytes"

// x11 is asked to set up a connection in a version that is none.
var x11 = Protocol{
	Name: "x11", Title: "X11", Source: "X Window System Protocol, version 11, Connection Setup", TCPOnly: true,
	Services: []string{"x11"},
	Usual:    []uint16{6000, 6001, 6002, 6010},
	Answer: func(s Said) (Match, bool) {
		b := s.Data
		if len(b) < 8 || b[0] > 2 {
			return Match{}, false
		}
		major, _ := le16(b, 2)
		words, _ := le16(b, 6)
		m := Match{Strength: Certain, Kind: Handshake, To: 8}
		switch {
		case major != 11:
			return Match{}, false
		case b[0] == 0 && len(b) == 8+4*words && int(b[1]) <= 4*words && textual(b[8:8+int(b[1])]):
			m.To = len(b)
			return m.with("refusal", string(bytes.TrimSpace(b[8:8+int(b[1])]))), true
		case b[0] == 1 && words > 8 && len(b) > 40:
			n, _ := le16(b, 24)
			if 40+n > len(b) || !textual(b[40:40+n]) {
				return Match{}, false
			}
			return m.with("vendor", string(b[40:40+n])).with("access", "open"), true
		}
		return Match{}, false
	},
	Opening: func(s Said) (Match, bool) {
		b := s.Data
		ok := len(b) >= 12 && (b[0] == 'l' && b[2] == 11 && b[3] == 0 || b[0] == 'B' && b[2] == 0 && b[3] == 11) && b[1] == 0 && b[10] == 0 && b[11] == 0
		return Match{Strength: Certain, Kind: Opening, To: 12}, ok
	},
	Questions: []Question{{Name: "x11-setup", When: AtHome, Rank: 70, Bytes: fixed("l\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")}},
}
