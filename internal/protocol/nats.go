package protocol

import (
	"bytes"
	"encoding/json"
)

// nats greets with INFO and a JSON object that says who it is.
var nats = Protocol{
	Name: "nats", Title: "NATS", Source: "NATS documentation, Client Protocol", TCPOnly: true,
	Usual:   []uint16{4222},
	Answer:  answerNATS,
	Opening: openingNATS,
}

func answerNATS(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: ErrorText, To: len(line)}
	if !whole {
		return Match{}, false
	}
	switch string(line) {
	case "-ERR 'Unknown Protocol Operation'", "-ERR 'Authorization Violation'", "-ERR 'Authentication Timeout'", "-ERR 'Secure Connection - TLS Required'",
		"-ERR 'maximum connections exceeded'", "-ERR 'Stale Connection'", "-ERR 'Parser Error'", "-ERR 'Maximum Control Line Exceeded'":
		return m, true
	}
	text, ok := bytes.CutPrefix(line, []byte("INFO "))
	if !ok {
		return Match{}, false
	}
	var info struct {
		ServerID    string `json:"server_id"`
		ServerName  string `json:"server_name"`
		Version     string `json:"version"`
		MaxPayload  int    `json:"max_payload"`
		TLSRequired bool   `json:"tls_required"`
		Auth        bool   `json:"auth_required"`
		Cluster     string `json:"cluster"`
	}
	if json.Unmarshal(text, &info) != nil || info.ServerID == "" || info.MaxPayload == 0 {
		return Match{}, false
	}
	m.Kind, m.Version = Banner, info.Version
	m = m.with("server", info.ServerName).with("cluster", info.Cluster)
	if info.Auth {
		m = m.with("auth", "required")
	}
	if info.TLSRequired {
		m = m.with("tls", "required")
	}
	return m, true
}

func openingNATS(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	text, ok := bytes.CutPrefix(line, []byte("CONNECT {"))
	if !whole || !ok {
		return Match{}, false
	}
	var c struct {
		Verbose *bool  `json:"verbose"`
		Lang    string `json:"lang"`
		Version string `json:"version"`
		Name    string `json:"name"`
		User    string `json:"user"`
	}
	if json.Unmarshal(line[len(line)-len(text)-1:], &c) != nil || c.Verbose == nil && c.Lang == "" {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(line)}
	return m.with("client", c.Lang).with("version", c.Version).with("name", c.Name).with("user", c.User), true
}
