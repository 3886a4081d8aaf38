package protocol

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/portolan/portolan"
)

// bolt is offered versions of the protocol, of which the server picks one. Since
// 5.1 it says who it is before any login, which became a message of its own.
var bolt = Protocol{
	Name: "neo4j-bolt", Title: "Neo4j (Bolt)", Source: "Bolt Protocol, Handshake and Message specifications",
	Services: []string{"bolt"},
	Usual:    []uint16{7687},
	Answer:   answerBolt,
	Opening:  openingBolt,
	Questions: []Question{
		// 5.0 to 5.8, 4.1 to 4.4, 3 and 1.
		{Name: "bolt-handshake", When: AtHome, Rank: 48, InTLS: true, Bytes: fixed(boltMagic + "\x00\x08\x08\x05\x00\x03\x04\x04\x00\x00\x00\x03\x00\x00\x00\x01")},
		{Name: "bolt-hello", After: []string{"neo4j-bolt"}, InTLS: true, Next: nextBolt,
			Bytes: fixed(boltMagic + "\x00\x07\x08\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")},
	},
}

const boltMagic = "\x60\x60\xb0\x17"

// nextBolt says HELLO where a version of 5.1 to 5.8 was agreed on.
func nextBolt(s Said, step int) []byte {
	if step != 1 || len(s.Data) != 4 || s.Data[3] != 5 || s.Data[2] == 0 {
		return nil
	}
	const hello = "\xb1\x01\xa2\x8auser_agent\x88portolan\x8abolt_agent\xa1\x87product\x88portolan"
	return append(append([]byte{0, byte(len(hello))}, hello...), 0, 0)
}

func answerBolt(s Said) (Match, bool) {
	b := s.Data
	if len(b) < 4 || s.Transport != portolan.TCP || b[0] != 0 || b[1] != 0 || s.Question != "bolt-handshake" && s.Question != "bolt-hello" {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Handshake, To: 4}
	switch major, minor := b[3], b[2]; {
	case major == 5 && minor <= 8, major == 4 && minor >= 1 && minor <= 4, (major == 3 || major == 1) && minor == 0:
		m = m.with("protocol", fmt.Sprintf("%d.%d", major, minor))
	case major == 0 && minor == 0: // none of those
		m.Strength = Hint
	default:
		return Match{}, false
	}
	if len(b) == 4 {
		return m, true
	}
	return boltServer(m, b[4:])
}

// boltServer reads a chunk with SUCCESS and what the server says of itself, or
// with FAILURE.
func boltServer(m Match, b []byte) (Match, bool) {
	c := cursor{b: b}
	body := c.part16()
	if c.lost || len(body) < 4 || body[0] != 0xb1 || body[1] != 0x70 && body[1] != 0x7f || body[2]&0xf0 != 0xa0 {
		return Match{}, false
	}
	m.Strength, m.To = Certain, 4+2+len(body)
	text := boltText(body, "server")
	product, rest, ok := strings.Cut(text, "/")
	if _, name, other := strings.Cut(text, " - "); other { // "Neo4j/v5.11.0 compatible graph database server - Memgraph"
		m.Product = name
	} else if ok {
		m.Product = product
		m.Version, _, _ = strings.Cut(rest, " ")
	}
	return m.with("server", text), true
}

// boltText returns the text behind a name in a map: both with their lengths.
func boltText(b []byte, name string) string {
	_, rest, ok := bytes.Cut(b, append([]byte{0x80 | byte(len(name))}, name...))
	c := cursor{b: rest}
	size := c.u8()
	if size == 0xd0 {
		size = c.u8()
	} else {
		size ^= 0x80
	}
	text := c.take(size)
	if !ok || c.lost || size > mostText || !printable(text) {
		return ""
	}
	return string(text)
}

func openingBolt(s Said) (Match, bool) {
	if len(s.Data) < 20 || s.Transport != portolan.TCP || !bytes.HasPrefix(s.Data, []byte(boltMagic)) {
		return Match{}, false
	}
	var offered []string
	for i := 4; i < 20; i += 4 {
		if v := s.Data[i : i+4]; v[3] != 0 {
			offered = append(offered, fmt.Sprintf("%d.%d", v[3], v[2]))
		}
	}
	return Match{Strength: Certain, Kind: Opening, To: 20}.with("offered", strings.Join(offered, " ")).with("user-agent", boltText(s.Data[20:], "user_agent")), true
}
