package protocol

import "bytes"

// stomp speaks in frames: a command, headers, an empty line, a body, a zero byte.
var stomp = Protocol{
	Name: "stomp", Title: "STOMP", Source: "STOMP 1.2", TCPOnly: true,
	Usual: []uint16{61613, 61614},
	Answer: func(s Said) (Match, bool) {
		m := Match{Strength: Certain, Kind: ErrorText, To: len(s.Data)}
		head, body, ok := stompFrame(s.Data)
		switch {
		case !ok:
			return Match{}, false
		case bytes.HasPrefix(head, []byte("CONNECTED\n")):
			server, _ := between(append(bytes.Clone(head), '\n'), "\nserver:", "\n")
			product, version, _ := bytes.Cut([]byte(server), []byte("/"))
			m.Kind, m.Product, m.Version = Handshake, string(product), string(version)
		case !bytes.HasPrefix(head, []byte("ERROR\n")) || bytes.IndexByte(body, 0) < 0:
			return Match{}, false
		}
		return m, true
	},
	Opening: func(s Said) (Match, bool) {
		head, _, ok := stompFrame(s.Data)
		if !ok || !bytes.HasPrefix(head, []byte("CONNECT\n")) && !bytes.HasPrefix(head, []byte("STOMP\n")) {
			return Match{}, false
		}
		login, _ := between(append(head, '\n'), "\nlogin:", "\n")
		return Match{Strength: Certain, Kind: Opening, To: len(head)}.with("login", login), true
	},
	Questions: []Question{
		// A frame that no broker knows is refused in a frame.
		{Name: "stomp-unknown", When: AtHome, Rank: 92, InTLS: true, Bytes: fixed("PORTOLAN\n\n\x00")},
	},
}

// stompFrame parts a frame at its empty line. Its headers are lines of "name:value".
func stompFrame(data []byte) (head, body []byte, ok bool) {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	head, body, ok = bytes.Cut(data, []byte("\n\n"))
	if !ok || !textual(head) {
		return nil, nil, false
	}
	lines := bytes.Split(head, []byte("\n"))
	for _, l := range lines[1:] {
		if bytes.IndexByte(l, ':') < 1 {
			return nil, nil, false
		}
	}
	return append(bytes.Clone(head), '\n'), body, len(lines) > 1
}
