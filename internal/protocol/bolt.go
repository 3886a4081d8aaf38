package protocol

import "bytes"

// bolt is offered four versions of the protocol; the server picks one in four bytes.
var bolt = Protocol{
	Name: "neo4j-bolt", Title: "Neo4j (Bolt)", Source: "Bolt Protocol, Handshake specification", TCPOnly: true,
	Usual: []uint16{7687},
	Answer: func(s Said) (Match, bool) {
		b := s.Data
		if s.Question != "bolt-handshake" || len(b) != 4 || b[0] != 0 || b[1] != 0 {
			return Match{}, false
		}
		m := Match{Strength: Likely, Kind: Handshake, To: 4}
		switch {
		case b[3] == 5 && b[2] <= 8, b[3] == 4 && b[2] >= 2 && b[2] <= 4, b[3] == 3 && b[2] == 0:
			return m, true
		case b[2] == 0 && b[3] == 0:
			m.Strength = Hint
			return m, true
		}
		return Match{}, false
	},
	Opening: func(s Said) (Match, bool) {
		return Match{Strength: Certain, Kind: Opening, To: 4}, len(s.Data) >= 20 && bytes.HasPrefix(s.Data, []byte("\x60\x60\xb0\x17"))
	},
	Questions: []Question{{Name: "bolt-handshake", When: AtHome, Rank: 48, InTLS: true,
		Bytes: fixed("\x60\x60\xb0\x17\x00\x08\x08\x05\x00\x02\x04\x04\x00\x00\x00\x03\x00\x00\x00\x00")}},
}
