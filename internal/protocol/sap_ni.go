package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// sapNI carries what SAP's servers say to each other, from the router to the
// dispatcher. Its own layer answers a ping, whatever is above it.
var sapNI = Protocol{
	Name: "sap-ni", Title: "SAP NI", Source: "SAP Network Interface and SAP Router protocols, as pysap documents them",
	Usual:  []uint16{3299, 3200, 3300, 3600},
	Answer: answerSAP,
	Opening: func(s Said) (Match, bool) {
		body, ok := sapBody(s)
		m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
		switch {
		case string(body) == "NI_PING\x00":
			return m.with("request", "ping"), ok
		case bytes.HasPrefix(body, []byte("NI_ROUTE\x00")):
			return m.with("request", "route"), ok
		}
		return Match{}, false
	},
	Questions: []Question{
		{Name: "sap-ni-ping", When: AtHome, Rank: 10, Bytes: fixed("\x00\x00\x00\x08NI_PING\x00")},
	},
}

// sapBody takes a message from behind its length.
func sapBody(s Said) ([]byte, bool) {
	size, ok := be32(s.Data, 0)
	if !ok || s.Transport != portolan.TCP || int64(size) != int64(len(s.Data)-4) {
		return nil, false
	}
	return s.Data[4:], true
}

// answerSAP recognises a pong, and the router's errors: version, code, a text of
// lines that end with zero bytes.
func answerSAP(s Said) (Match, bool) {
	body, ok := sapBody(s)
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if !ok || string(body) == "NI_PONG\x00" {
		return m, ok
	}
	rest, ok := bytes.CutPrefix(body, []byte("NI_RTERR\x00"))
	_, text, found := bytes.Cut(rest, []byte("*ERR*\x00"))
	lines := cursor{b: text}
	lines.zero()
	m.Kind = ErrorText
	return m.with("message", lines.zero()), ok && found && !lines.lost
}
