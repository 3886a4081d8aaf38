package protocol

import (
	"bytes"
	"strings"
)

// epmd lists the Erlang nodes of its host behind its own port's number.
var epmd = Protocol{
	Name: "epmd", Title: "Erlang port mapper", Source: "Erlang, Distribution Protocol, NAMES_REQ", TCPOnly: true,
	Services: []string{"epmd"},
	Usual:    []uint16{4369},
	Answer: func(s Said) (Match, bool) {
		if s.Question != "epmd-names" || len(s.Data) < 4 {
			return Match{}, false
		}
		port, _ := be32(s.Data, 0)
		names := s.Data[4:]
		m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
		switch {
		case port == 0 || port > 65535:
			return Match{}, false
		case !bytes.HasPrefix(names, []byte("name ")) || !bytes.Contains(names, []byte(" at port ")) || !textual(names):
			return Match{}, false
		}
		return m.with("nodes", strings.TrimSpace(strings.ReplaceAll(string(names), "\n", "; "))), true
	},
	Opening: func(s Said) (Match, bool) {
		n, ok := be16(s.Data, 0)
		return Match{Strength: Likely, Kind: Opening, To: len(s.Data)}, ok && len(s.Data) == 2+n && n > 0 && (s.Data[2] == 'n' && n == 1 || s.Data[2] == 'z' || s.Data[2] == 'x' && n > 12)
	},
	Questions: []Question{{Name: "epmd-names", When: Anywhere, Rank: 76, Bytes: fixed("\x00\x01n")}},
}
