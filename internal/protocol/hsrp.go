package protocol

import (
	"bytes"
	"strconv"
)

// hsrp is said by routers among themselves, to everybody on the link.
var hsrp = Protocol{
	Name: "hsrp", Title: "HSRP", Source: "RFC 2281, section 5",
	Services: []string{"hsrp"},
	Usual:    []uint16{1985, 2029},
	Opening:  openingHSRP,
	Silent:   "routers announce themselves, and answer nobody",
}

var hsrpStates = map[byte]string{0: "initial", 1: "learn", 2: "listen", 4: "speak", 8: "standby", 16: "active"}

// openingHSRP recognises a hello, coup or resign of 20 bytes, and the group
// state of version 2, of 40 behind its type and length.
func openingHSRP(s Said) (Match, bool) {
	if !datagram(s, 20) {
		return Match{}, false
	}
	b := s.Data
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}
	switch {
	case len(b) == 20 && b[0] == 0 && b[1] <= 2 && hsrpStates[b[2]] != "" && b[3] > 0 && b[4] > b[3] && b[7] == 0:
		if string(b[8:16]) == "cisco\x00\x00\x00" {
			m.Strength = Certain
		}
		m = m.with("version", "0").with("state", hsrpStates[b[2]]).with("group", strconv.Itoa(int(b[6])))
		return m.with("password", shown(bytes.TrimRight(b[8:16], "\x00"))).with("address", dotted(b[16:20])), true
	case len(b) >= 42 && b[0] == 1 && b[1] == 40 && b[2] == 2 && b[3] <= 2 && b[4] <= 6 && (b[5] == 4 || b[5] == 6) && hsrpRest(b[42:]):
		group, _ := be16(b, 6)
		m.Strength = Certain
		return m.with("version", "2").with("group", strconv.Itoa(group)), true
	}
	return Match{}, false
}

// hsrpRest walks what may follow the group state: the interfaces' state and
// authentication, each behind type and length.
func hsrpRest(b []byte) bool {
	for len(b) > 0 {
		if len(b) < 2 || b[0] < 2 || b[0] > 4 || len(b) < 2+int(b[1]) {
			return false
		}
		b = b[2+int(b[1]):]
	}
	return true
}
