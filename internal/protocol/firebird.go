package protocol

// firebird is asked to connect in a protocol of its own and answers op_accept or
// op_reject; no user is named.
var firebird = Protocol{
	Name: "firebird", Title: "Firebird", Source: "Firebird Wire Protocol, op_connect", TCPOnly: true,
	Services: []string{"gds-db"},
	Usual:    []uint16{3050},
	Answer: func(s Said) (Match, bool) {
		op, ok := be32(s.Data, 0)
		if s.Question != "firebird-connect" || !ok || len(s.Data)%4 != 0 {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
		version, _ := be32(s.Data, 4)
		arch, _ := be32(s.Data, 8)
		switch {
		case op == 3 && len(s.Data) == 16 && version&0x7fff >= 10 && version&0x7fff < 20 && arch < 64: // op_accept
		case (op == 94 || op == 98) && len(s.Data) >= 16 && version&0x7fff >= 13 && version&0x7fff < 20 && arch < 64: // op_accept_data, op_cond_accept
		case op == 4 && len(s.Data) == 4: // op_reject
			m.Strength = Likely
		case op == 9 && len(s.Data) >= 16: // op_response with a status
			m.Strength = Likely
		default:
			return Match{}, false
		}
		return m, true
	},
	Opening: func(s Said) (Match, bool) {
		op, _ := be32(s.Data, 0)
		attach, _ := be32(s.Data, 4)
		version, ok := be32(s.Data, 8)
		return Match{Strength: Certain, Kind: Opening, To: min(12, len(s.Data))}, ok && op == 1 && attach == 19 && (version == 2 || version == 3)
	},
	Questions: []Question{{Name: "firebird-connect", When: Anywhere, Rank: 62, Bytes: func(Ask) []byte {
		// op_connect, op_attach, CONNECT_VERSION2, arch_generic, file "", one protocol, no user identification, version 10.
		var b []byte
		for _, v := range []uint32{1, 19, 2, 1, 0, 1, 0, 10, 1, 2, 3, 2} {
			b = bigEndian(b, v)
		}
		return b
	}}},
}
