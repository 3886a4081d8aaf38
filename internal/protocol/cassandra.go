package protocol

import "bytes"

// cassandra is asked for its options, which need no login; the answer repeats
// the stream's number.
var cassandra = Protocol{
	Name: "cassandra", Title: "Apache Cassandra (CQL)", Source: "CQL binary protocol v4, sections 2, 4.1.3 and 4.2.4", TCPOnly: true,
	Usual:  []uint16{9042, 9142},
	Answer: answerCassandra,
	Opening: func(s Said) (Match, bool) {
		b := s.Data
		n, ok := be32(b, 5)
		ok = ok && b[0] >= 3 && b[0] <= 5 && (b[4] == 5 && n == 0 || b[4] == 1 && bytes.Contains(b, []byte("CQL_VERSION"))) && int64(len(b)) <= 9+int64(n)
		return Match{Strength: Certain, Kind: Opening, To: len(b)}, ok
	},
	Questions: []Question{{Name: "cassandra-options", When: Anywhere, Rank: 30, InTLS: true, Bytes: func(a Ask) []byte {
		return []byte{4, 0, a.Nonce[0] & 0x7f, a.Nonce[1], 5, 0, 0, 0, 0}
	}}},
}

func answerCassandra(s Said) (Match, bool) {
	b := s.Data
	n, ok := be32(b, 5)
	if !ok || b[0] < 0x81 || b[0] > 0x85 || int64(len(b)) > 9+int64(n) || !s.Cut && int64(len(b)) != 9+int64(n) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	stream := b[2] == s.Nonce[0]&0x7f && b[3] == s.Nonce[1]
	switch {
	case b[4] == 6 && stream && bytes.Contains(b, []byte("CQL_VERSION")):
		return m, true
	case b[4] == 0 && bytes.Contains(b, []byte("protocol version")):
		m.Kind = ErrorText
		return m, true
	}
	return Match{}, false
}
