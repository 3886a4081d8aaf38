package protocol

import (
	"strconv"

	"github.com/portolan/portolan"
)

// ipfix is what became of NetFlow. It goes one way.
var ipfix = Protocol{
	Name: "ipfix", Title: "IPFIX", Source: "RFC 7011, section 3",
	Services: []string{"ipfix"}, TLSServices: []string{"ipfixs"},
	Usual:   []uint16{4739, 4740},
	Opening: openingIPFIX,
	Silent:  "a collector of flows only listens",
}

// openingIPFIX walks the sets of the first message to its last byte.
func openingIPFIX(s Said) (Match, bool) {
	const header = 16
	version, _ := be16(s.Data, 0)
	size, ok := be16(s.Data, 2)
	if !ok || version != 10 || size < header+4 || size > len(s.Data) || s.Transport == portolan.UDP && size != len(s.Data) {
		return Match{}, false
	}
	if !flowTime(s.Data, 4) || !flowSets(s.Data[header:size], 2, 3) {
		return Match{}, false
	}
	domain, _ := be32(s.Data, 12)
	m := Match{Strength: Certain, Kind: Opening, To: size}
	return m.with("domain", strconv.FormatUint(uint64(domain), 10)), true
}
