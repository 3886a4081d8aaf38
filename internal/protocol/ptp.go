package protocol

import "strconv"

// ptp is said among clocks of one link.
var ptp = Protocol{
	Name: "ptp", Title: "PTP (IEEE 1588)", Source: "IEEE 1588-2008, clause 13",
	Services: []string{"ptp-event", "ptp-general"},
	Usual:    []uint16{319, 320},
	Opening:  openingPTP,
	Silent:   "clocks speak to their whole link, and answer only those that take time from them",
}

// ptpMessages have fixed lengths, but for what may be appended, and each the
// control number that the first version knew them by.
var ptpMessages = map[byte]struct {
	name    string
	length  int
	control byte
}{
	0: {"sync", 44, 0}, 1: {"delay-request", 44, 1}, 2: {"peer-delay-request", 54, 5}, 3: {"peer-delay-response", 54, 5},
	8: {"follow-up", 44, 2}, 9: {"delay-response", 54, 3}, 10: {"peer-delay-follow-up", 54, 5}, 11: {"announce", 64, 5},
	12: {"signaling", 44, 5}, 13: {"management", 48, 4},
}

func openingPTP(s Said) (Match, bool) {
	if !datagram(s, 44) {
		return Match{}, false
	}
	b := s.Data
	size, _ := be16(b, 2)
	kind, ok := ptpMessages[b[0]&15]
	if !ok || b[0]>>4 > 3 || b[32] != kind.control || b[1]&15 != 2 || b[1]>>4 > 1 || size < kind.length || size != len(b) && size != len(b)-2 || zeros(b[20:28]) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}
	if size == kind.length {
		m.Strength = Certain
	}
	return m.with("message", kind.name).with("domain", strconv.Itoa(int(b[4]))), true
}
