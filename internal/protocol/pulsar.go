package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// pulsar wants a client's CONNECT first, which is its login, so it is not asked.
// What both sides then say is known.
var pulsar = Protocol{
	Name: "pulsar", Title: "Apache Pulsar", Source: "Pulsar binary protocol specification, and its PulsarApi.proto",
	Usual:   []uint16{6650, 6651},
	Answer:  answerPulsar,
	Opening: openingPulsar,
}

// pulsarCommand takes a command: the size of all, its own, its type as field 1,
// the same number's field.
func pulsarCommand(s Said, head string) ([]byte, bool) {
	c := cursor{b: s.Data}
	size, own := c.be32(), c.be32()
	body := c.b
	if c.lost || s.Transport != portolan.TCP || size != own+4 || int64(own) != int64(len(body)) || !bytes.HasPrefix(body, []byte(head)) {
		return nil, false
	}
	return body[len(head):], true
}

// pulsarVersion reads field 1 of a command, behind the command's own length: the
// version of who speaks, a text.
func pulsarVersion(b []byte) (string, bool) {
	c := cursor{b: b}
	size := c.u8()
	if size >= 0x80 {
		size = size&0x7f | c.u8()<<7
	}
	if size != len(c.b) || c.u8() != 0x0a {
		return "", false
	}
	text := c.take(c.u8())
	return string(text), !c.lost && len(text) > 0 && printable(text)
}

// answerPulsar recognises CONNECTED (3): "Pulsar Server2.10.0".
func answerPulsar(s Said) (Match, bool) {
	body, ok := pulsarCommand(s, "\x08\x03\x1a")
	text, known := pulsarVersion(body)
	if !ok || !known {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if v, ok := strings.CutPrefix(text, "Pulsar Server"); ok {
		m.Product, m.Version = "Pulsar Server", strings.TrimSpace(v)
	}
	return m.with("server", text), true
}

// openingPulsar recognises CONNECT (2).
func openingPulsar(s Said) (Match, bool) {
	body, ok := pulsarCommand(s, "\x08\x02\x12")
	text, known := pulsarVersion(body)
	return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("client", text), ok && known
}
