package protocol

import "strings"

// torControl refuses commands before a controller has proved who it is, and
// hangs up. PROTOCOLINFO is what it answers before that.
var torControl = Protocol{
	Name: "tor-control", Title: "Tor control", Source: "Tor control protocol, sections 2.3 and 3.21", TCPOnly: true,
	Usual:    []uint16{9051},
	Outranks: []string{"http"},
	Answer: func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		m := Match{Strength: Certain, Kind: ErrorText, To: len(line)}
		switch text := string(line); {
		case !whole:
		case strings.HasPrefix(text, "514 Authentication required"):
			return m, true
		case strings.HasPrefix(text, "HTTP/1.0 501 Tor ControlPort is not an HTTP proxy"):
			m.Product = "Tor"
			return m, true
		case strings.HasPrefix(text, "250-PROTOCOLINFO 1"):
			version, _ := between(s.Data, `VERSION Tor="`, `"`)
			m.Kind, m.Product, m.Version = Handshake, "Tor", version
			return m, true
		}
		return Match{}, false
	},
	Opening: func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		text := string(line)
		return Match{Strength: Certain, Kind: Opening, To: len(line)}, whole && (strings.HasPrefix(text, "PROTOCOLINFO") || strings.HasPrefix(text, "AUTHENTICATE"))
	},
	Questions: []Question{{Name: "tor-protocolinfo", After: []string{"tor-control"}, Bytes: fixed("PROTOCOLINFO 1\r\n")}},
}
