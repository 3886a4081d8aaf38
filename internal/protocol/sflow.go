package protocol

import "strconv"

// sflow goes one way: switches send, collectors never answer.
var sflow = Protocol{
	Name: "sflow", Title: "sFlow", Source: "sFlow Version 5, section 5 (sflow.org, 2004)",
	Services: []string{"sflow"},
	Usual:    []uint16{6343},
	Opening:  openingSFlow,
	Silent:   "a collector of flows only listens",
}

// openingSFlow walks the samples of version 5 to the last byte.
func openingSFlow(s Said) (Match, bool) {
	if !datagram(s, 28) {
		return Match{}, false
	}
	b := s.Data
	version, _ := be32(b, 0)
	family, _ := be32(b, 4)
	size := map[uint32]int{1: 4, 2: 16}[family]
	if version != 5 || size == 0 || len(b) < 8+size+16 {
		return Match{}, false
	}
	agent := b[8 : 8+size]
	count, _ := be32(b, 8+size+12)
	rest := b[8+size+16:]
	for range min(count, MostKept/8) {
		kind, _ := be32(rest, 0)
		n, ok := be32(rest, 4)
		if !ok || kind&0xfff == 0 || kind&0xfff > 8 || n%4 != 0 || int64(n) > int64(len(rest)-8) {
			return Match{}, false
		}
		rest = rest[8+n:]
	}
	if count == 0 || len(rest) != 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}.with("samples", strconv.Itoa(int(count)))
	if size == 4 {
		m = m.with("agent", dotted(agent))
	}
	return m, true
}
