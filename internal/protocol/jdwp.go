package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// jdwp shakes hands with the same words on both sides, as an echo would; so it is
// asked for its version too, and only the answer to that is one. A debugger is
// attached for so long, which is why it is asked at home alone.
var jdwp = Protocol{
	Name: "jdwp", Title: "Java Debug Wire Protocol", Source: "Java Debug Wire Protocol, Handshake, VirtualMachine Command Set",
	Usual:  []uint16{5005, 8787},
	Answer: answerJDWP,
	Opening: func(s Said) (Match, bool) {
		return Match{Strength: Certain, Kind: Opening, To: min(len(jdwpHello), len(s.Data))}, s.Transport == portolan.TCP && bytes.HasPrefix(s.Data, []byte(jdwpHello))
	},
	Questions: []Question{
		{Name: "jdwp-version", When: AtHome, Rank: 90, Bytes: fixed(jdwpHello), Next: func(s Said, step int) []byte {
			if step != 1 || string(s.Data) != jdwpHello {
				return nil
			}
			// A packet of 11 bytes, its number, a command: set 1, Version.
			return append(append([]byte{0, 0, 0, 11}, s.Nonce[:4]...), 0, 1, 1)
		}},
	},
}

const jdwpHello = "JDWP-Handshake"

// answerJDWP finds the reply to Version: its length, its number, the flag of a
// reply, no error; a text, the protocol's version, the machine's and its name.
// Events that the machine has stopped at may stand before it.
func answerJDWP(s Said) (Match, bool) {
	rest, ok := bytes.CutPrefix(s.Data, []byte(jdwpHello))
	if !ok || s.Transport != portolan.TCP || s.Question != "jdwp-version" {
		return Match{}, false
	}
	for c := (cursor{b: rest}); !c.lost && len(c.b) > 0; {
		size := c.be32()
		id := c.take(4)
		flags, code := c.u8(), c.be16()
		body := cursor{b: c.sized(size - 11)}
		if c.lost || flags != 0x80 || !bytes.Equal(id, s.Nonce[:4]) {
			continue
		}
		about := body.part32()
		body.take(8)
		version, name := body.part32(), body.part32()
		if body.lost || code != 0 || !sentence(about) || !printable(version) || !printable(name) {
			break
		}
		m := Match{Product: string(name), Version: string(version), Strength: Certain, Kind: Handshake, To: len(s.Data)}
		return m, true
	}
	return Match{}, false
}
