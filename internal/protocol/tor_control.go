package protocol

import (
	"bytes"
	"strings"
)

// torControl refuses commands before a controller has proved who it is, and
// hangs up; a GET it refuses as a page. PROTOCOLINFO is what it answers before that.
var torControl = Protocol{
	Name: "tor-control", Title: "Tor control", Source: "Tor control protocol, sections 2.3, 3.21 and 4", TCPOnly: true,
	Outranks: []string{"http", "http-proxy"},
	Usual:    []uint16{9051, 9151},
	Answer:   answerTorControl,
	Opening:  openingTorControl,
	Questions: []Question{
		{Name: "tor-protocolinfo", After: []string{"tor-control"}, Bytes: fixed("PROTOCOLINFO 1\r\n")},
	},
}

func answerTorControl(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: ErrorText, To: len(line)}
	switch text := string(line); {
	case !whole:
	case text == "514 Authentication required.":
		return m, true
	case text == "HTTP/1.0 501 Tor ControlPort is not an HTTP proxy":
		m.Product = "Tor"
		return m, true
	case text == "250-PROTOCOLINFO 1":
		version, _ := between(s.Data, `250-VERSION Tor="`, `"`)
		auth, _ := between(s.Data, "250-AUTH METHODS=", "\r\n")
		auth, _, _ = strings.Cut(auth, " ")
		m.Kind, m.To = Handshake, len(s.Data)
		if version != "" {
			m.Product, m.Version = "Tor", version
		}
		return m.with("auth", auth), true
	}
	return Match{}, false
}

func openingTorControl(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	word, _, _ := bytes.Cut(line, []byte(" "))
	if !whole || !printable(line) {
		return Match{}, false
	}
	switch string(word) {
	case "PROTOCOLINFO", "AUTHCHALLENGE":
		return Match{Strength: Certain, Kind: Opening, To: len(line)}.with("command", string(word)), true
	case "AUTHENTICATE": // IMAP's has a tag before it, ManageSieve's a quoted word behind it
		rest := line[len(word):]
		ok := len(rest) == 0 || len(rest) > 2 && rest[1] != '"'
		return Match{Strength: Likely, Kind: Opening, To: len(line)}.with("command", string(word)), ok
	}
	return Match{}, false
}
