package protocol

import "strings"

// nut is the Network UPS Tools' server: it refuses in words of its own.
var nut = Protocol{
	Name: "nut", Title: "Network UPS Tools", Source: "RFC 9271, sections 4 and 5", TCPOnly: true,
	Services: []string{"nut"},
	Usual:    []uint16{3493},
	Answer:   answerNUT,
	Opening:  openingNUT,
	Questions: []Question{
		{Name: "nut-version", After: []string{"nut"}, InTLS: true, Bytes: fixed("VER\n")},
	},
}

func answerNUT(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: ErrorText, To: len(line)}
	if !whole || !printable(line) {
		return Match{}, false
	}
	const own = "Network UPS Tools upsd "
	switch text := string(line); {
	case text == "ERR UNKNOWN-COMMAND", text == "ERR ACCESS-DENIED", text == "ERR FEATURE-NOT-CONFIGURED", text == "ERR INVALID-ARGUMENT",
		text == "ERR UNKNOWN-UPS", text == "ERR USERNAME-REQUIRED", text == "ERR DRIVER-NOT-CONNECTED", text == "ERR DATA-STALE":
		return m, true
	case strings.HasPrefix(text, own) && versionAt(text[len(own):]) != "":
		m.Kind, m.Product, m.Version = Handshake, strings.TrimSpace(own), versionAt(text[len(own):])
		return m, true
	}
	return Match{}, false
}

func openingNUT(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || len(words) < 2 || !printable(line) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(line)}.with("command", words[0]+" "+words[1])
	switch words[0] + " " + words[1] {
	case "LIST UPS":
		return m, len(words) == 2
	case "GET VAR":
		return m, len(words) == 4
	case "LIST VAR", "GET UPSDESC", "GET NUMLOGINS", "LIST CLIENT":
		return m, len(words) == 3
	}
	return Match{}, false
}
