package protocol

import "strings"

// l2tp is asked nothing: a request for a tunnel is answered by one, or by a
// refusal that the server repeats until it is confirmed. Either leaves it
// holding something for a while.
var l2tp = Protocol{
	Name: "l2tp", Title: "L2TP", Source: "RFC 2661, sections 3.1 and 4; RFC 3931, section 3.2",
	Services: []string{"l2tp"},
	Usual:    []uint16{1701},
	Opening:  openingL2TP,
}

// openingL2TP recognises a request for a tunnel: a control message of tunnel
// and session 0, whose first attribute gives its type.
func openingL2TP(s Said) (Match, bool) {
	b := s.Data
	size, _ := be16(b, 2)
	if !datagram(s, 20) || b[0] != 0xc8 || b[1] != 2 && b[1] != 3 || size != len(b) || !zeros(b[4:12]) {
		return Match{}, false
	}
	if string(b[12:20]) != "\x80\x08\x00\x00\x00\x00\x00\x01" {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}.with("message", "SCCRQ").with("version", string('0'+rune(b[1])))
	for rest := b[12:]; len(rest) > 0; {
		n, _ := be16(rest, 0)
		n &= 0x3ff
		if n < 6 || n > len(rest) || rest[0]&0x3c != 0 {
			return Match{}, false
		}
		kind, _ := be32(rest, 2) // vendor and attribute
		switch {
		case rest[0]&0x40 != 0: // hidden
		case kind == 7 && m.Detail("host") == "":
			m = m.with("host", shown(rest[6:n]))
		case kind == 8 && m.Detail("vendor") == "":
			m = m.with("vendor", strings.TrimRight(shown(rest[6:n]), " "))
		}
		rest = rest[n:]
	}
	return m, true
}
