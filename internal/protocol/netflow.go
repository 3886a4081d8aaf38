package protocol

import "strconv"

// netflow goes one way: routers send, collectors never answer.
var netflow = Protocol{
	Name: "netflow", Title: "NetFlow", Source: "RFC 3954, section 5; Cisco's export formats 1, 5 and 7",
	Usual:   []uint16{2055, 2056, 9555, 9995, 9996},
	Opening: openingNetFlow,
	Silent:  "a collector of flows only listens",
}

// netflowFixed are the versions whose records have one length: header, record,
// and the most records that a datagram may carry.
var netflowFixed = map[int][3]int{1: {16, 52, 24}, 5: {24, 48, 30}, 7: {24, 52, 28}}

// openingNetFlow counts the records, or walks the sets of version 9, to the last byte.
func openingNetFlow(s Said) (Match, bool) {
	if !datagram(s, 24) {
		return Match{}, false
	}
	version, _ := be16(s.Data, 0)
	count, _ := be16(s.Data, 2)
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.
		with("version", strconv.Itoa(version)).with("count", strconv.Itoa(count))
	if f, ok := netflowFixed[version]; ok {
		return m, count > 0 && count <= f[2] && len(s.Data) == f[0]+count*f[1] && flowTime(s.Data, 8)
	}
	const header = 20
	return m, version == 9 && count > 0 && flowTime(s.Data, 8) && flowSets(s.Data[header:], 0, 1)
}

// flowTime: a router with a clock says a second between 2001 and 2106, one
// without says a small one.
func flowTime(b []byte, at int) bool {
	seconds, ok := be32(b, at)
	return ok && (seconds > 1e9 || seconds < 1e8)
}

// flowSets walks sets of templates, of options and of data, which carry the
// number of their template, 256 and up.
func flowSets(b []byte, templates, options int) bool {
	if len(b) < 4 {
		return false
	}
	for len(b) > 0 {
		id, _ := be16(b, 0)
		size, ok := be16(b, 2)
		if !ok || size < 4 || size > len(b) || id != templates && id != options && id < 256 {
			return false
		}
		b = b[size:]
	}
	return true
}
