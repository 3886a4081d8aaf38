package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// ibmMQ begins with a channel's name, which a stranger cannot know, so it is not
// asked. What both sides say begins with a head of its own.
var ibmMQ = Protocol{
	Name: "ibm-mq", Title: "IBM MQ", Source: "IBM MQ channel protocol (TSH), as Wireshark's dissector documents it",
	Services: []string{"ibm-mqseries"},
	Usual:    []uint16{1414},
	Answer:   func(s Said) (Match, bool) { return mqSegment(s, Handshake) },
	Opening:  func(s Said) (Match, bool) { return mqSegment(s, Opening) },
}

// mqSegment reads the head: "TSH " in ASCII or EBCDIC, the length, the order of
// bytes, the type of segment; a client begins with initial data (1), which a
// server answers with its own or with a status (5).
func mqSegment(s Said, kind Kind) (Match, bool) {
	c := cursor{b: s.Data}
	magic, size := c.take(4), c.be32()
	order, segment := c.u8(), c.u8()
	c.take(18)
	if c.lost || s.Transport != portolan.TCP || int64(size) != int64(len(s.Data)) || order < 1 || order > 2 {
		return Match{}, false
	}
	if !bytes.Equal(magic, []byte("TSH ")) && !bytes.Equal(magic, []byte("\xe3\xe2\xc8\x40")) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: kind, To: len(s.Data)}
	switch {
	case segment == 1 && (bytes.HasPrefix(c.b, []byte("ID")) || bytes.HasPrefix(c.b, []byte("\xc9\xc4"))):
		return m.with("segment", "initial data"), true
	case segment == 5 && kind != Opening:
		return m.with("segment", "status"), true
	}
	return Match{}, false
}
