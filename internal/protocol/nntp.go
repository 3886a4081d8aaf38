package protocol

import (
	"slices"
	"strings"
)

// nntp greets with 200 or 201, and refuses with 400, 480 or 502.
var nntp = Protocol{
	Name: "nntp", Title: "NNTP", Source: "RFC 3977, sections 3.2, 5.1 and 5.2", TCPOnly: true,
	Services: []string{"nntp", "nnsp"}, TLSServices: []string{"nntps"},
	Usual:   []uint16{119, 433, 563},
	Answer:  answerNNTP,
	Opening: openingNNTP,
	Questions: []Question{
		{Name: "nntp-capabilities", After: []string{"nntp"}, Waits: true, InTLS: true, Bytes: fixed("CAPABILITIES\r\n")},
	},
}

var nntpProducts = []string{
	"INN", "Leafnode NNTP Daemon", "Leafnode NNTP daemon", "Leafnode", "Diablo", "Typhoon", "DNEWS", "DNews", "Cyrus NNTP", "NNTP Service", "Papercut", "NewsPlex",
	"Cyclone", "Tornado", "Hamster-Classic", "Hamster", "sn", "CommuniGate Pro", "Lotus Domino NNTP Server", "NNTPCache", "XRN", "Synchronet", "WendzelNNTPd",
}

func answerNNTP(s Said) (Match, bool) {
	first, ok := greeting(s.Data)
	if !ok {
		return Match{}, false
	}
	text := first.text()
	m := Match{Strength: Certain, Kind: Banner, To: lineEnd(s.Data)}
	about := hasWord(text, "NNTP", "NNRP", "INTERNETNEWS", "USENET", "NNTPD") || hasAny(text, "posting ok", "posting allowed", "no posting", "posting prohibited", "posting not allowed", "Posting Allowed", "Posting Prohibited")
	switch first.code {
	case 101:
		return nntpCapabilities(s, m)
	case 200, 201:
		if !about {
			return Match{}, false
		}
	case 400, 480, 500, 501, 502, 503:
		m.Kind = ErrorText
		switch {
		case about && !hasWord(text, "SMTP", "ESMTP"):
		case first.code == 500 && text == "What?" && foreign(s): // INN's and no other's
		case first.code == 480 && strings.HasPrefix(text, "Authentication required"), first.code == 400 && strings.HasPrefix(text, "Too many connections"):
			m.Strength = Hint
		case first.code == 502 && (strings.HasPrefix(text, "You have no permission to talk") || strings.HasPrefix(text, "You are not in my access file") || strings.HasPrefix(text, "Access denied to your node")):
		default:
			return Match{}, false
		}
	default:
		return Match{}, false
	}
	m.Product, m.Version = nntpProduct(text)
	m = m.with("host", hostAt(text))
	switch first.code {
	case 200:
		m = m.with("posting", "allowed")
	case 201:
		m = m.with("posting", "refused")
	}
	return m, true
}

// nntpProduct finds who greets.
func nntpProduct(text string) (product, version string) {
	product, version, _ = named(text, nntpProducts)
	switch product { // words of a sentence as well
	case "NNTP Service", "sn", "Tornado", "Hamster":
		if version == "" {
			return "", ""
		}
	}
	return product, version
}

// nntpCapabilities reads "101 Capability list:", then a line each, and a dot.
func nntpCapabilities(s Said, m Match) (Match, bool) {
	lines := strings.Split(strings.ReplaceAll(string(s.Data), "\r", ""), "\n")[1:]
	if !slices.Contains(lines, "VERSION 2") {
		return Match{}, false
	}
	m.Kind, m.To = Handshake, len(s.Data)
	for _, l := range lines {
		word, rest, _ := strings.Cut(l, " ")
		switch word {
		case "IMPLEMENTATION":
			if m.Product, m.Version = nntpProduct(rest); m.Product == "" {
				m.Product = rest
			}
		case "STARTTLS":
			m = m.with("starttls", "offered")
		}
	}
	return m, true
}

// openingNNTP recognises a client that does not wait to be greeted.
func openingNNTP(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	switch text := strings.ToUpper(string(line)); {
	case !whole:
	case text == "MODE READER", text == "MODE STREAM", strings.HasPrefix(text, "AUTHINFO USER "), text == "CAPABILITIES":
		return Match{Strength: Certain, Kind: Opening, To: len(line)}.with("command", text[:min(len(text), 13)]), true
	}
	return Match{}, false
}
