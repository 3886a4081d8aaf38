package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// mysqlx is MySQL's newer protocol, in messages of Protocol Buffers. Since 8.0.14
// the server greets with a notice; its capabilities it tells before any login.
var mysqlx = Protocol{
	Name: "mysqlx", Title: "MySQL X Protocol", Source: "MySQL Internals, X Protocol, and its mysqlx.proto",
	Services: []string{"mysqlx"},
	Usual:    []uint16{33060},
	Answer:   answerMySQLX,
	Opening:  openingMySQLX,
	Questions: []Question{
		{Name: "mysqlx-capabilities", When: AtHome, Rank: 10, Bytes: fixed("\x01\x00\x00\x00\x01")},
	},
}

// mysqlxHello is the notice of the greeting, mysqlxError how each error begins:
// severity FATAL or ERROR, then its code.
const mysqlxHello = "\x05\x00\x00\x00\x0b\x08\x05\x1a\x00"

func answerMySQLX(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	rest, greeted := bytes.CutPrefix(s.Data, []byte(mysqlxHello))
	m := Match{Strength: Certain, Kind: Banner, To: len(s.Data) - len(rest)}
	kind, body, ok := mysqlxMessage(rest)
	if !ok {
		return m, greeted
	}
	switch {
	case kind == 1 && mysqlxError(body):
		m.Kind = ErrorText
		message, _ := between(body, "\x1a", "\"")
		m = m.with("message", message[min(1, len(message)):])
	case kind == 2 && bytes.Contains(body, []byte("authentication.mechanisms")):
		m.Kind = Handshake
	default:
		return m, greeted
	}
	m.To += 5 + len(body)
	return m, true
}

// mysqlxMessage takes a message: its length with the type's byte, the type, the rest.
func mysqlxMessage(b []byte) (kind int, body []byte, ok bool) {
	c := cursor{b: b}
	size := c.le32()
	kind = c.u8()
	body = c.sized(size - 1)
	return kind, body, !c.lost && size > 1
}

// mysqlxError reports whether b is a Mysqlx.Error: perhaps severity (1), then code
// (2), state (4) and message (3), in either order.
func mysqlxError(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("\x08\x01"))
	b = bytes.TrimPrefix(b, []byte("\x08\x00"))
	i := bytes.Index(b, []byte("\x22\x05"))
	return len(b) > 12 && b[0] == 0x10 && i > 0 && len(b) >= i+7 && isSQLState(string(b[i+2:i+7])) && bytes.IndexByte(b, 0x1a) > 0
}

// openingMySQLX recognises a client that asks for the capabilities or sets some.
func openingMySQLX(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(s.Data)}
	if string(s.Data) == "\x01\x00\x00\x00\x01" {
		return m.with("request", "capabilities"), true
	}
	kind, body, ok := mysqlxMessage(s.Data)
	m.Strength = Certain
	if ok && kind == 2 && bytes.HasPrefix(body, []byte("\x0a")) && (bytes.Contains(body, []byte("\x0a\x03tls")) || bytes.Contains(body, []byte("session_connect_attrs"))) {
		return m.with("request", "set capabilities"), true
	}
	return Match{}, false
}
