package protocol

import "bytes"

// distcc says nothing to what is no job, so it is given one that must fail at
// once: it answers in tokens of its own.
var distcc = Protocol{
	Name: "distcc", Title: "distcc", Source: "distcc, doc/protocol-1.txt", TCPOnly: true,
	Services: []string{"distcc"},
	Usual:    []uint16{3632},
	Answer: func(s Said) (Match, bool) {
		ok := len(s.Data) >= 12 && bytes.HasPrefix(s.Data, []byte("DONE0000000")) && (s.Data[11] >= '1' && s.Data[11] <= '3')
		return Match{Strength: Certain, Kind: Handshake, To: min(12, len(s.Data))}, ok
	},
	Opening: func(s Said) (Match, bool) {
		ok := len(s.Data) >= 24 && bytes.HasPrefix(s.Data, []byte("DIST0000000")) && bytes.HasPrefix(s.Data[12:], []byte("ARGC"))
		return Match{Strength: Certain, Kind: Opening, To: min(24, len(s.Data))}, ok
	},
	Questions: []Question{
		// An empty file and an option that no compiler has: refused before anything is compiled.
		{Name: "distcc-refused", When: Anywhere, Rank: 58, Bytes: fixed("DIST00000001ARGC00000004ARGV00000002ccARGV00000010-fportolan-probeARGV00000002-cARGV00000003x.cDOTI00000000")},
	},
}
