package protocol

import "strconv"

// rip is not asked: an answer is the whole table of routes.
var rip = Protocol{
	Name: "rip", Title: "RIP", Source: "RFC 2453, sections 3.6 and 4; RFC 1058",
	Services: []string{"router"},
	Usual:    []uint16{520},
	Opening:  openingRIP,
}

// openingRIP recognises a request or an announcement: a header, then up to 25
// routes of 20 bytes.
func openingRIP(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 24) || b[0] != 1 && b[0] != 2 || b[1] != 1 && b[1] != 2 || !zeros(b[2:4]) || (len(b)-4)%20 != 0 || len(b) > 4+25*20 {
		return Match{}, false
	}
	routes := 0
	for at := 4; at < len(b); at += 20 {
		family, _ := be16(b, at)
		metric, _ := be32(b, at+16)
		whole := b[0] == 1 && family == 0 && metric == 16 && len(b) == 24
		route := family == 2 && metric >= 1 && metric <= 16 && (b[1] == 2 || zeros(b[at+2:at+4]) && zeros(b[at+8:at+16]))
		password := family == 0xffff && b[1] == 2 && at == 4
		if !whole && !route && !password {
			return Match{}, false
		}
		routes++
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}
	return m.with("command", [...]string{"", "request", "response"}[b[0]]).
		with("version", strconv.Itoa(int(b[1]))).with("routes", strconv.Itoa(routes)), true
}
