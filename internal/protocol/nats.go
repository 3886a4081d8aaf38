package protocol

import (
	"bytes"
	"encoding/json"
)

// nats greets with INFO and a JSON object that says who it is.
var nats = Protocol{
	Name: "nats", Title: "NATS", Source: "NATS documentation, Client Protocol, INFO", TCPOnly: true,
	Services: []string{"nats"},
	Usual:    []uint16{4222},
	Answer:   answerNATS,
	Opening: func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		rest, ok := bytes.CutPrefix(line, []byte("CONNECT {"))
		if !whole || !ok || !bytes.Contains(rest, []byte(`"verbose"`)) {
			return Match{}, false
		}
		lang, _ := between(rest, `"lang":"`, `"`)
		return Match{Strength: Certain, Kind: Opening, To: len(line)}.with("client", lang), true
	},
}

func answerNATS(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	text, ok := bytes.CutPrefix(line, []byte("INFO "))
	if !ok || !whole {
		return Match{}, false
	}
	var info struct {
		ServerID    string `json:"server_id"`
		Version     string `json:"version"`
		MaxPayload  int    `json:"max_payload"`
		TLSRequired bool   `json:"tls_required"`
		Auth        bool   `json:"auth_required"`
	}
	if json.Unmarshal(text, &info) != nil || info.ServerID == "" || info.MaxPayload == 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, Version: info.Version, To: len(line)}
	if info.Auth {
		m = m.with("auth", "required")
	}
	if info.TLSRequired {
		m = m.with("tls", "required")
	}
	return m, true
}
