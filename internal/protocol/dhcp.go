package protocol

import (
	"encoding/hex"
	"strings"
)

// dhcp is asked nothing: an offer is made to who asks for an address, and the
// address is held for it.
var dhcp = Protocol{
	Name: "dhcp", Title: "DHCP", Source: "RFC 2131, section 2; RFC 2132",
	Services: []string{"bootps"},
	Usual:    []uint16{67},
	Opening:  openingDHCP,
	Silent:   "it answers only who asks for an address, and that would reserve one",
}

const dhcpOptions = 240

var dhcpMessages = map[int]string{1: "discover", 3: "request", 4: "decline", 7: "release", 8: "inform", 10: "lease-query"}

// openingDHCP recognises a client's request: its cookie, and options walked to
// their end. BOOTP has the cookie alone.
func openingDHCP(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, dhcpOptions) || b[0] != 1 || b[2] > 16 || b[3] > 16 || string(b[236:240]) != "\x63\x82\x53\x63" {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}
	ok := dhcpWalk(b[dhcpOptions:], func(kind byte, value []byte) {
		switch kind {
		case 53:
			if len(value) == 1 && dhcpMessages[int(value[0])] != "" {
				m.Strength = Certain
				m = m.with("message", dhcpMessages[int(value[0])])
			}
		case 12:
			m = m.with("host", shown(value))
		case 60:
			m = m.with("class", shown(value))
		}
	})
	if len(m.Details) > 8 {
		m.Details = m.Details[:8]
	}
	if b[1] == 1 && b[2] == 6 {
		m = m.with("mac", strings.ToLower(hex.EncodeToString(b[28:34])))
	}
	return m, ok
}

// dhcpWalk calls f with each option up to the end option.
func dhcpWalk(b []byte, f func(kind byte, value []byte)) bool {
	for len(b) > 0 && b[0] != 255 {
		if b[0] == 0 {
			b = b[1:]
			continue
		}
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return false
		}
		f(b[0], b[2:2+int(b[1])])
		b = b[2+int(b[1]):]
	}
	return true
}
