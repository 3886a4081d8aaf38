package protocol

import (
	"strconv"

	"github.com/portolan/portolan"
)

// kafka is asked which requests it takes, which it tells anybody; the answer
// repeats the number of the request.
var kafka = Protocol{
	Name: "kafka", Title: "Apache Kafka", Source: "Kafka protocol guide, Request and Response Headers, ApiVersions", TCPOnly: true,
	Usual:   []uint16{9092, 9093, 9094},
	Answer:  answerKafka,
	Opening: openingKafka,
	Questions: []Question{
		{Name: "kafka-apiversions", When: Anywhere, Rank: 28, InTLS: true, Bytes: askKafka},
	},
}

// kafkaID is the number of a request; never zero, nor negative.
func kafkaID(n Nonce) uint32 {
	return uint32(n[0]&0x3f|0x40)<<24 | uint32(n[1])<<16 | uint32(n[2])<<8 | uint32(n[3])
}

// askKafka is ApiVersions (18) in version 0, which all brokers since 0.10 have,
// and who asks.
func askKafka(a Ask) []byte {
	agent := a.Agent[:min(len(a.Agent), 100)]
	b := bigEndian(nil, uint32(10+len(agent)), 18<<16, kafkaID(a.Nonce))
	return append(append(b, 0, byte(len(agent))), agent...)
}

func answerKafka(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	size, id := c.be32(), c.be32()
	if s.Transport != portolan.TCP || s.Question != "kafka-apiversions" || id != kafkaID(s.Nonce) || int64(size) != int64(len(s.Data)-4) {
		return Match{}, false
	}
	code, count := c.be16(), c.be32()
	if c.lost || code != 0 && code != 35 || count > 500 || int64(len(c.b)) < int64(count)*6 || len(c.b)-int(count)*6 > 4 || code == 0 && count == 0 {
		return Match{}, false
	}
	for range count {
		if _, low, high := c.be16(), c.be16(), c.be16(); low > high || high > 200 {
			return Match{}, false
		}
	}
	return Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}.with("requests", strconv.Itoa(int(count))), true
}

// kafkaFirst are the requests that a client begins with, and the highest version
// that may become of them.
var kafkaFirst = map[int]struct {
	name    string
	highest int
}{3: {"Metadata", 20}, 17: {"SaslHandshake", 3}, 18: {"ApiVersions", 8}}

// openingKafka recognises a request: what is wanted, its version, its number, who
// asks; of ApiVersions since version 3, with which program.
func openingKafka(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	size, key, version := c.be32(), c.be16(), c.be16()
	c.take(4)
	client := c.part16()
	first, known := kafkaFirst[key]
	if c.lost || s.Transport != portolan.TCP || int64(size) != int64(len(s.Data)-4) || !known || version > first.highest || len(client) == 0 || !printable(client) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(s.Data)}.with("request", first.name).with("client", string(client))
	if key != 18 {
		return m, true
	}
	if version < 3 {
		m.Strength = Certain
		return m, len(c.b) == 0
	}
	c.u8() // no tagged fields
	name, number := c.take(c.u8()-1), c.take(c.u8()-1)
	if c.lost || !printable(name) || !printable(number) {
		return m, true
	}
	m.Strength = Certain
	return m.with("software", string(name)).with("software-version", string(number)), true
}
