package protocol

import "strconv"

// glbp has no public document: what is known of it is what its packets show.
var glbp = Protocol{
	Name: "glbp", Title: "GLBP", Source: "packets as Cisco's routers send them; US patent 7,881,208",
	Services: []string{"glbp"},
	Usual:    []uint16{3222},
	Opening:  openingGLBP,
	Silent:   "routers announce themselves, and answer nobody",
}

// openingGLBP walks type, length and value behind a header of 12 bytes; a
// hello has 28.
func openingGLBP(s Said) (Match, bool) {
	const header, hello = 12, 28
	b := s.Data
	if !datagram(s, header+hello) || b[0] != 1 || b[1] != 0 || !zeros(b[4:6]) || b[6]&1 != 0 || b[header] != 1 || b[header+1] != hello {
		return Match{}, false
	}
	for rest := b[header:]; len(rest) > 0; {
		if len(rest) < 2 || rest[0] < 1 || rest[0] > 4 || rest[1] < 4 || int(rest[1]) > len(rest) {
			return Match{}, false
		}
		rest = rest[rest[1]:]
	}
	group, _ := be16(b, 2)
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}
	return m.with("group", strconv.Itoa(group)), group < 1024
}
