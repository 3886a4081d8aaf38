package protocol

import "github.com/portolan/portolan"

// radius is asked nothing: a server answers only who shares a secret with it.
var radius = Protocol{
	Name: "radius", Title: "RADIUS", Source: "RFC 2865, sections 3 and 5; RFC 5997",
	Services: []string{"radius", "radius-acct", "radius-dynauth"}, TLSServices: []string{"radsec"},
	Usual:   []uint16{1645, 1646, 1812, 1813, 3799},
	Opening: openingRADIUS,
	Silent:  "it answers only those that share a secret with it",
}

const (
	radiusHeader = 20
	radiusUser   = 1
	radiusNAS    = 32
)

var radiusCodes = map[byte]string{
	1: "access-request", 4: "accounting-request", 12: "status-server", 40: "disconnect-request", 43: "coa-request",
}

// openingRADIUS recognises a request, its attributes walked to its last byte.
func openingRADIUS(s Said) (Match, bool) {
	b := s.Data
	size, _ := be16(b, 2)
	if len(b) < radiusHeader+2 || size < radiusHeader+2 || size != len(b) || radiusCodes[b[0]] == "" || s.Cut {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}.with("code", radiusCodes[b[0]])
	if s.Transport != portolan.UDP {
		m.Strength = Likely
	}
	for rest := b[radiusHeader:]; len(rest) > 0; {
		if len(rest) < 2 || rest[0] == 0 || rest[1] < 3 || int(rest[1]) > len(rest) {
			return Match{}, false
		}
		value := rest[2:rest[1]]
		switch {
		case rest[0] == radiusUser && m.Detail("user") == "":
			m = m.with("user", shown(value))
		case rest[0] == radiusNAS && m.Detail("nas") == "":
			m = m.with("nas", shown(value))
		}
		rest = rest[rest[1]:]
	}
	return m, true
}
