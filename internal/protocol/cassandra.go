package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// cassandra is asked for its options, which need no login; the answer repeats the
// number of the stream. In a version that it does not have it says which it has.
var cassandra = Protocol{
	Name: "cassandra", Title: "Apache Cassandra (CQL)", Source: "CQL binary protocol v4, sections 2, 4.1.3, 4.2.1 and 4.2.4", TCPOnly: true,
	Usual:   []uint16{9042, 9142},
	Answer:  answerCassandra,
	Opening: openingCassandra,
	Questions: []Question{
		{Name: "cassandra-options", When: AtHome, Rank: 30, InTLS: true, Bytes: func(a Ask) []byte {
			stream := cqlStream(a.Nonce)
			return []byte{4, 0, byte(stream >> 8), byte(stream), 5, 0, 0, 0, 0}
		}},
	},
}

// cqlStream is positive, as the streams that clients open are.
func cqlStream(n Nonce) int { return int(n[0]&0x7f)<<8 | int(n[1]) }

// cqlFrame takes a frame. Versions 1 and 2 have one byte for the stream.
func cqlFrame(b []byte) (version, stream, operation int, c cursor, ok bool) {
	c = cursor{b: b}
	version = c.u8()
	flags := c.u8()
	if stream = c.u8(); version&0x7f > 2 {
		stream = stream<<8 | c.u8()
	}
	operation = c.u8()
	size := c.be32()
	plain := version & 0x7f
	known := plain > 0 && plain < 7 || plain == 0x41 || plain == 0x42 // the last two are DataStax'
	ok = !c.lost && known && flags < 0x20 && int64(size) == int64(len(c.b))
	return version, stream, operation, c, ok
}

func answerCassandra(s Said) (Match, bool) {
	version, stream, operation, c, ok := cqlFrame(s.Data)
	if !ok || s.Transport != portolan.TCP || version < 0x80 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if operation == 0 { // ERROR: a code, a text
		code, text := c.be32(), c.part16()
		m.Kind = ErrorText
		return m.with("message", string(text)), !c.lost && code == 0x0a && bytes.Contains(text, []byte("protocol version")) && sentence(text)
	}
	if operation != 6 || s.Question != "cassandra-options" || stream != cqlStream(s.Nonce) {
		return Match{}, false
	}
	options := cqlLists(&c)
	if c.lost || len(options["CQL_VERSION"]) == 0 {
		return Match{}, false
	}
	m = m.with("cql", strings.Join(options["CQL_VERSION"], " ")).with("compression", strings.Join(options["COMPRESSION"], " "))
	m = m.with("protocol-versions", strings.Join(options["PROTOCOL_VERSIONS"], " ")).with("product-type", strings.Join(options["PRODUCT_TYPE"], " "))
	return m.with("scylla-shards", strings.Join(options["SCYLLA_NR_SHARDS"], " ")), true
}

// cqlLists takes a map of names to lists of texts.
func cqlLists(c *cursor) map[string][]string {
	all := map[string][]string{}
	for range min(c.be16(), 64) {
		name := string(c.part16())
		for range min(c.be16(), 64) {
			all[name] = append(all[name], string(c.part16()))
		}
	}
	return all
}

// openingCassandra recognises OPTIONS and STARTUP, with which every client begins.
func openingCassandra(s Said) (Match, bool) {
	version, _, operation, c, ok := cqlFrame(s.Data)
	if !ok || s.Transport != portolan.TCP || version > 0x7f {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	if operation == 5 {
		return m.with("request", "options"), len(c.b) == 0
	}
	if operation != 1 {
		return Match{}, false
	}
	named := false
	for range min(c.be16(), 32) {
		name, value := string(c.part16()), string(c.part16())
		named = named || name == "CQL_VERSION"
		switch name {
		case "DRIVER_NAME", "DRIVER_VERSION", "APPLICATION_NAME", "CLIENT_ID":
			m = m.with(strings.ToLower(strings.ReplaceAll(name, "_", "-")), value)
		}
	}
	return m.with("request", "startup"), named && !c.lost
}
