package protocol

import (
	"bytes"
	"strings"
)

// stomp speaks in frames: a command, headers, an empty line, a body, a zero byte.
var stomp = Protocol{
	Name: "stomp", Title: "STOMP", Source: "STOMP 1.2, sections Augmented BNF, CONNECTED and ERROR", TCPOnly: true,
	Usual:   []uint16{61613, 61614},
	Answer:  answerSTOMP,
	Opening: openingSTOMP,
	Questions: []Question{
		// A frame that no broker knows is refused in a frame.
		{Name: "stomp-unknown", When: AtHome, Rank: 92, InTLS: true, Bytes: fixed("PORTOLAN\n\n\x00")},
	},
}

func answerSTOMP(s Said) (Match, bool) {
	command, headers, body, ok := stompFrame(s.Data)
	m := Match{Strength: Certain, Kind: ErrorText, To: len(s.Data)}
	switch {
	case !ok:
	case command == "CONNECTED":
		server := textFieldOf(headers, "server")
		m.Kind = Handshake
		m.Product, m.Version, _ = strings.Cut(server, "/")
		m.Version, _, _ = strings.Cut(m.Version, " ")
		return m.with("protocol", textFieldOf(headers, "version")), server != "" || textFieldOf(headers, "version") != "" || textFieldOf(headers, "session") != ""
	case command == "ERROR":
		message := textFieldOf(headers, "message")
		return m.with("text", message), (message != "" || textFieldOf(headers, "content-type") != "") && bytes.IndexByte(body, 0) >= 0
	}
	return Match{}, false
}

// stompFrame parts a frame. Its headers are lines of "name:value", at least one.
func stompFrame(data []byte) (command string, headers []textField, body []byte, ok bool) {
	line, whole := firstLine(data)
	if !whole || len(line) > 16 || !textual(line) {
		return "", nil, nil, false
	}
	rest := data[bytes.IndexByte(data, '\n')+1:]
	headers, odd, size, ended := parseTextFields(rest)
	if !ended || odd > 0 || len(headers) == 0 {
		return "", nil, nil, false
	}
	return string(line), headers, rest[size:], true
}

func openingSTOMP(s Said) (Match, bool) {
	command, headers, _, ok := stompFrame(s.Data)
	if !ok || command != "CONNECT" && command != "STOMP" {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	return m.with("host", textFieldOf(headers, "host")).with("login", textFieldOf(headers, "login")), true
}
