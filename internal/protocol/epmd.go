package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// epmd lists the Erlang nodes of its host behind the number of its own port.
var epmd = Protocol{
	Name: "epmd", Title: "Erlang Port Mapper Daemon", Source: "Erlang, Distribution Protocol, EPMD protocol", TCPOnly: true,
	Services: []string{"epmd"},
	Usual:    []uint16{4369},
	Answer:   answerEPMD,
	Opening:  openingEPMD,
	Questions: []Question{
		{Name: "epmd-names", When: Anywhere, Rank: 76, Bytes: fixed("\x00\x01n")},
	},
}

// answerEPMD reads "\x00\x00\x11\x11name rabbit at port 25672\n".
func answerEPMD(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	port := c.be32()
	if c.lost || s.Transport != portolan.TCP || s.Question != "epmd-names" || port == 0 || port > 65535 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if len(c.b) == 0 { // no node is there: only the number of the usual port says something
		m.Strength = Likely
		return m, s.Closed && port == 4369
	}
	var nodes []string
	for rest := c.b; len(rest) > 0 && len(nodes) < 64; {
		line, whole := firstLine(rest)
		words := strings.Fields(string(line))
		if !printable(line) || len(words) != 5 || words[0] != "name" || words[2] != "at" || words[3] != "port" || !startsDigit(words[4]) {
			if !whole && len(nodes) > 0 {
				break
			}
			return Match{}, false
		}
		nodes = append(nodes, words[1]+":"+words[4])
		if !whole {
			break
		}
		rest = rest[bytes.IndexByte(rest, '\n')+1:]
	}
	return m.with("nodes", strings.Join(nodes, " ")), true
}

// openingEPMD recognises the requests that clients and nodes make.
func openingEPMD(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	body := c.part16()
	if c.lost || len(c.b) > 0 || len(body) == 0 || s.Transport != portolan.TCP {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(s.Data)}
	switch {
	case string(body) == "n":
		return m.with("request", "names"), true
	case body[0] == 'z' && len(body) > 1 && printable(body):
		return m.with("request", "port").with("node", string(body[1:])), true
	case body[0] == 'x':
		// ALIVE2: port, type, protocol, highest and lowest version, name, extra.
		c := cursor{b: body[1:]}
		c.take(2)
		kind, over := c.u8(), c.u8()
		high, low := c.be16(), c.be16()
		name := c.part16()
		c.part16()
		m.Strength = Certain
		return m.with("request", "alive").with("node", string(name)), !c.lost && (kind == 77 || kind == 72) && over == 0 && low <= high && high < 16 && printable(name)
	}
	return Match{}, false
}
