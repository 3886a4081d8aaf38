package protocol

import "bytes"

// kafka is asked which requests it takes, which it answers anybody; the answer
// repeats the number of the request.
var kafka = Protocol{
	Name: "kafka", Title: "Apache Kafka", Source: "Kafka protocol guide, ApiVersions", TCPOnly: true,
	Services: []string{"kafka"},
	Usual:    []uint16{9092, 9093, 9094},
	Answer:   answerKafka,
	Opening:  openingKafka,
	Questions: []Question{{Name: "kafka-apiversions", When: Anywhere, Rank: 28, InTLS: true, Bytes: func(a Ask) []byte {
		b := []byte{0, 0, 0, 0, 0, 18, 0, 0}
		b = append(b, a.Nonce[:4]...)
		b = append(b, 0, 8)
		b = append(b, "portolan"...)
		b[3] = byte(len(b) - 4)
		return b
	}}},
}

func answerKafka(s Said) (Match, bool) {
	b := s.Data
	size, ok := be32(b, 0)
	if !ok || s.Question != "kafka-apiversions" || len(b) < 14 || !bytes.Equal(b[4:8], s.Nonce[:4]) || int64(len(b)) > 4+int64(size) || !s.Cut && int64(len(b)) != 4+int64(size) {
		return Match{}, false
	}
	code, _ := be16(b, 8)
	n, _ := be32(b, 10)
	if code != 0 && code != 35 || n > 500 || code == 0 && (n == 0 || size < 10+6*n) {
		return Match{}, false
	}
	for i := 0; i < int(n) && 14+6*i+6 <= len(b); i++ {
		low, _ := be16(b, 14+6*i+2)
		high, _ := be16(b, 14+6*i+4)
		if low > high || high > 100 {
			return Match{}, false
		}
	}
	return Match{Strength: Certain, Kind: Handshake, To: len(b)}, true
}

func openingKafka(s Said) (Match, bool) {
	b := s.Data
	size, ok := be32(b, 0)
	key, _ := be16(b, 4)
	version, _ := be16(b, 6)
	n, ok2 := be16(b, 12)
	if !ok || !ok2 || int64(size) != int64(len(b)-4) || key > 90 || version > 20 || n == 0 || n > 200 || len(b) < 14+n || !printable(b[14:14+n]) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}
	if key == 18 {
		m.Strength = Certain
	}
	return m.with("client", string(b[14:14+n])), true
}
