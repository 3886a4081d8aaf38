package protocol

import (
	"bytes"
	"fmt"

	"github.com/portolan/portolan"
)

// zmtp greets on both sides: ten bytes that begin with 0xff and end with 0x7f,
// then version, mechanism and zeros. With them the server waits until it has
// ours, and says behind them what kind of socket it is.
var zmtp = Protocol{
	Name: "zmtp", Title: "ZeroMQ", Source: "ZMTP 3.1 (ZeroMQ RFC 37), sections 3.1 to 3.4",
	Answer:  answerZMTP,
	Opening: func(s Said) (Match, bool) { return zmtpGreeting(s, Opening) },
	Questions: []Question{
		{Name: "zmtp-greeting", After: []string{"zmtp"}, Bytes: fixed("\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f" + "\x03\x00NULL" + zmtpZeros)},
	},
}

// zmtpZeros are 16 of the mechanism, one for who is the server, 31 to fill up.
const zmtpZeros = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00" +
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

func answerZMTP(s Said) (Match, bool) {
	if bytes.Equal(s.Data, s.Asked) {
		return Match{}, false
	}
	return zmtpGreeting(s, Banner)
}

func zmtpGreeting(s Said, kind Kind) (Match, bool) {
	c := cursor{b: s.Data}
	signature := c.take(10)
	if c.lost || s.Transport != portolan.TCP || signature[0] != 0xff || signature[9] != 0x7f || bytes.Count(signature[1:8], []byte{0}) != 7 {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: kind, To: 10}
	major, minor := c.u8(), c.u8()
	if c.lost {
		return m, len(s.Data) == 10 || len(s.Data) == 11 && major <= 3
	}
	if major < 3 { // ZMTP 2.0 has a kind of socket where 3.0 has its own minor version
		return m.with("protocol", fmt.Sprint(major)), major > 0 && minor < 11
	}
	mechanism, filler := c.take(20), c.take(1+31)
	m = m.with("protocol", fmt.Sprintf("%d.%d", major, minor))
	if c.lost {
		return m, major == 3 && minor < 10
	}
	name := bytes.TrimRight(mechanism, "\x00")
	if major != 3 || len(name) < 4 || !printable(name) || filler[0] > 1 || bytes.Count(filler[1:], []byte{0}) != 31 {
		return Match{}, false
	}
	m.Strength, m.To = Certain, 64
	if _, rest, ok := bytes.Cut(c.b, []byte("\x05READY\x0bSocket-Type")); ok {
		value := cursor{b: rest}
		if socket := value.part32(); printable(socket) {
			m = m.with("socket", string(socket))
		}
	}
	return m.with("mechanism", string(name)), true
}
