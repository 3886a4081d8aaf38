package protocol

// bfd is said between two routers that were told of each other.
var bfd = Protocol{
	Name: "bfd", Title: "BFD", Source: "RFC 5880, section 4.1",
	Services: []string{"bfd-control", "bfd-multi-ctl", "bfd-lag"},
	Usual:    []uint16{3784, 4784, 6784},
	Opening:  openingBFD,
	Silent:   "it speaks only to peers that were configured, from the lowest distance",
}

var bfdStates = [...]string{"admin-down", "down", "init", "up"}

// openingBFD recognises a control packet. One that has heard nothing yet names
// no discriminator of the other side, and is down.
func openingBFD(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 24) || b[0]>>5 != 1 || b[0]&31 > 9 || int(b[3]) != len(b) || b[2] == 0 || b[1]&1 != 0 || b[1]&0x30 == 0x30 {
		return Match{}, false
	}
	state, authentic := b[1]>>6, b[1]&4 != 0
	if authentic != (len(b) > 24) || authentic && (len(b) < 26 || int(b[25]) != len(b)-24) || zeros(b[4:8]) || zeros(b[8:12]) && state > 1 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}
	return m.with("state", bfdStates[state]), true
}
