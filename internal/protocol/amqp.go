package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// amqp is asked with the header of version 0-9-1. A broker answers with
// Connection.Start, which says who it is before any login, or with the header of
// the version that it wants.
var amqp = Protocol{
	Name: "amqp", Title: "AMQP", Source: "AMQP 0-9-1, sections 1.4.2.1, 4.2.2 and 4.2.3; AMQP 1.0, part 2, section 2.2", TCPOnly: true,
	Services: []string{"amqp"}, TLSServices: []string{"amqps"},
	Usual:   []uint16{5672, 5671},
	Answer:  answerAMQP,
	Opening: openingAMQP,
	Questions: []Question{
		{Name: "amqp-header", When: Anywhere, Rank: 22, InTLS: true, Bytes: fixed(amqpOurs)},
		// A broker that refused another's words in a header alone has not said who it is.
		{Name: "amqp-start", After: []string{"amqp"}, InTLS: true, Bytes: fixed(amqpOurs)},
	},
}

// amqpOurs is the header that we send.
const amqpOurs = "AMQP\x00\x00\x09\x01"

// amqpHeaders are what stands behind "AMQP" in the versions there are.
var amqpHeaders = map[string]string{
	"\x00\x00\x09\x01": "0-9-1",
	"\x01\x01\x00\x09": "0-9",
	"\x01\x01\x09\x01": "0-9",
	"\x01\x01\x08\x00": "0-8",
	"\x01\x01\x00\x0a": "0-10",
	"\x00\x01\x00\x00": "1.0",
	"\x02\x01\x00\x00": "1.0, in TLS",
	"\x03\x01\x00\x00": "1.0, with SASL",
}

// amqpHeader returns the version of a header.
func amqpHeader(b []byte) (string, bool) {
	if len(b) < 8 || !bytes.HasPrefix(b, []byte("AMQP")) {
		return "", false
	}
	version, ok := amqpHeaders[string(b[4:8])]
	return version, ok
}

func answerAMQP(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	if version, ok := amqpHeader(s.Data); ok {
		// Our own header back is no answer: a broker that has that version starts.
		if amqpAsked(s) && version == "0-9-1" || len(s.Data) > 8 && !amqpSASL(s.Data[8:]) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: ErrorText, To: 8}
		if amqpAsked(s) {
			m.Kind = Handshake
		}
		return m.with("protocol", version), true
	}
	return amqpStart(s)
}

// amqpSASL reports whether b begins with a SASL frame of AMQP 1.0: its size, an
// offset of two words, type 1.
func amqpSASL(b []byte) bool {
	size, _ := be32(b, 0)
	return len(b) >= 8 && size >= 8 && size < MostKept && b[4] == 2 && b[5] == 1
}

// amqpStart reads Connection.Start: a frame of method on channel 0, class 10,
// method 10, version, the server's properties, two texts.
func amqpStart(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	kind, channel := c.u8(), c.be16()
	size := c.be32()
	if method := c.be32(); c.lost || kind != 1 || channel != 0 || method != 10<<16|10 || size < 18 || size > 1<<17 {
		return Match{}, false
	}
	major, minor := c.u8(), c.u8()
	tableSize := c.be32()
	if c.lost || major != 0 && major != 8 && major != 1 || minor > 10 || int64(tableSize) > int64(size)-10 {
		return Match{}, false
	}
	properties, ok := amqpTable(c.b[:min(len(c.b), int(tableSize))])
	m := Match{Strength: Certain, Kind: Handshake, To: min(len(s.Data), 8+int(size))}
	switch end := 7 + int(size); {
	case len(s.Data) <= end: // not all of it is here
		m.Strength = Likely
	case s.Data[end] != 0xce || !ok:
		return Match{}, false
	}
	c.take(int(tableSize))
	mechanisms := string(c.part32())
	m.Product, m.Version = properties["product"], properties["version"]
	return m.with("platform", properties["platform"]).with("cluster", properties["cluster_name"]).with("mechanisms", strings.TrimSpace(mechanisms)), true
}

// amqpSizes are the sizes of values of fixed size, by their types.
var amqpSizes = map[int]int{'t': 1, 'b': 1, 'B': 1, 's': 2, 'u': 2, 'I': 4, 'i': 4, 'f': 4, 'l': 8, 'L': 8, 'd': 8, 'T': 8, 'D': 5, 'V': 0}

// amqpTable returns the texts of a table: names, types, values; false where it
// does not end with its last.
func amqpTable(b []byte) (map[string]string, bool) {
	all := map[string]string{}
	c := cursor{b: b}
	for len(c.b) > 0 {
		name := string(c.take(c.u8()))
		kind := c.u8()
		size, fixed := amqpSizes[kind]
		switch {
		case kind == 'S' || kind == 'F' || kind == 'A' || kind == 'x':
			value := c.part32()
			if kind == 'S' && len(all) < 32 && sentence(value) {
				all[name] = string(value)
			}
		case fixed:
			c.take(size)
		default:
			return all, false
		}
	}
	return all, !c.lost
}

func openingAMQP(s Said) (Match, bool) {
	version, ok := amqpHeader(s.Data)
	return Match{Strength: Certain, Kind: Opening, To: min(8, len(s.Data))}.with("protocol", version), ok && s.Transport == portolan.TCP
}

// amqpAsked reports whether our header was what is answered.
func amqpAsked(s Said) bool { return s.Question == "amqp-header" || s.Question == "amqp-start" }
