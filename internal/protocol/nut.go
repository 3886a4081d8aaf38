package protocol

import "strings"

// nut is the Network UPS Tools' server: it refuses in words of its own.
var nut = Protocol{
	Name: "nut", Title: "Network UPS Tools", Source: "RFC 9271, sections 4 and 5", TCPOnly: true,
	Services: []string{"nut", "ups"},
	Usual:    []uint16{3493},
	Answer: func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		m := Match{Strength: Certain, Kind: ErrorText, To: len(line)}
		switch text := string(line); {
		case !whole:
		case text == "ERR UNKNOWN-COMMAND", text == "ERR ACCESS-DENIED", text == "ERR FEATURE-NOT-CONFIGURED":
			return m, true
		case strings.HasPrefix(text, "Network UPS Tools upsd "):
			m.Kind, m.Product, m.Version = Handshake, "Network UPS Tools upsd", versionAt(text[len("Network UPS Tools upsd "):])
			return m, m.Version != ""
		}
		return Match{}, false
	},
	Questions: []Question{{Name: "nut-version", After: []string{"nut"}, InTLS: true, Bytes: fixed("VER\n")}},
}
