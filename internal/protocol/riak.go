package protocol

import "github.com/portolan/portolan"

// riak is asked by its Protocol Buffers for the name and version of the node.
var riak = Protocol{
	Name: "riak", Title: "Riak", Source: "Riak KV documentation, PBC API, Server Info",
	Usual:  []uint16{8087},
	Answer: answerRiak,
	Opening: func(s Said) (Match, bool) {
		// RpbPingReq is 1, RpbGetServerInfoReq is 7, RpbStartTls is 255.
		request, ok := map[string]string{"\x00\x00\x00\x01\x01": "ping", "\x00\x00\x00\x01\x07": "server info", "\x00\x00\x00\x01\xff": "tls"}[string(s.Data)]
		return Match{Strength: Likely, Kind: Opening, To: len(s.Data)}.with("request", request), ok && s.Transport == portolan.TCP
	},
	Questions: []Question{
		{Name: "riak-serverinfo", When: AtHome, Rank: 10, Bytes: fixed("\x00\x00\x00\x01\x07")},
	},
}

// answerRiak reads RpbGetServerInfoResp (8): node, version; or RpbErrorResp (0),
// a text and a code.
func answerRiak(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	size, code := c.be32(), c.u8()
	if c.lost || s.Transport != portolan.TCP || s.Question != "riak-serverinfo" || int64(size) != int64(len(s.Data)-4) || c.u8() != 0x0a {
		return Match{}, false
	}
	first := c.take(c.u8())
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if next := c.u8(); code == 0 {
		m.Strength = Likely
		return m.with("message", string(first)), !c.lost && next == 0x10 && sentence(first)
	} else if code != 8 || next != 0x12 {
		return Match{}, false
	}
	version := c.take(c.u8())
	m.Version = string(version)
	return m.with("node", string(first)), !c.lost && len(c.b) == 0 && printable(first) && printable(version) && startsDigit(m.Version)
}
