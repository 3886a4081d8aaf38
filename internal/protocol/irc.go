package protocol

import (
	"bytes"
	"strings"
)

// irc answers with lines that its own name begins, and refuses who is not
// registered with numeric 451.
var irc = Protocol{
	Name: "irc", Title: "IRC", Source: "RFC 2812, sections 2.3 and 5", TCPOnly: true,
	Services: []string{"irc", "ircu", "irc-serv"}, TLSServices: []string{"ircs-u", "ircs"},
	Usual:   []uint16{194, 6667, 6697, 7000},
	Answer:  answerIRC,
	Opening: openingIRC,
	Questions: []Question{
		// An answer to PING needs no name: most servers refuse it in numeric 451. The
		// line behind it makes others who speak in lines say who they are.
		{Name: "irc-ping", When: Anywhere, Rank: 9, InTLS: true, Bytes: func(a Ask) []byte { return []byte("PING :" + textNonce(a.Nonce, 8) + "\r\nversion\r\n") }},
	},
}

func answerIRC(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || !textual(line) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: ErrorText, To: len(line)}
	if s.Question == "" {
		m.Kind = Banner
	}
	if bytes.HasPrefix(line, []byte("ERROR :")) {
		if rest := line[len("ERROR :"):]; !bytes.HasPrefix(rest, []byte("Closing Link")) && !bytes.HasPrefix(rest, []byte("Trying to reconnect")) && !bytes.HasPrefix(rest, []byte("Your host is trying")) {
			m.Strength = Likely
		}
		return m, true
	}
	words := strings.SplitN(string(line), " ", 4)
	if words[0] == "NOTICE" {
		ok := len(words) > 2 && (words[1] == "AUTH" || words[1] == "*") && strings.HasPrefix(words[2], ":***")
		return m, ok
	}
	if len(words) < 3 || !strings.HasPrefix(words[0], ":") || len(words[0]) < 2 {
		return Match{}, false
	}
	m = m.with("host", words[0][1:])
	switch w := words[1]; {
	case w == "NOTICE" && (words[2] == "AUTH" || words[2] == "*" || words[2] == "Auth"):
	case w == "451" || w == "421" || w == "462" || w == "409" || w == "461":
	case w == "PONG":
	default:
		return Match{}, false
	}
	return m, true
}

func openingIRC(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || !printable(line) || len(words) < 2 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(line)}
	switch {
	case words[0] == "NICK" && len(words) == 2:
		return m.with("nick", words[1]), true
	case words[0] == "USER" && len(words) >= 5:
		return m.with("user", words[1]), true
	case words[0] == "CAP" && (words[1] == "LS" || words[1] == "REQ"):
		return m, true
	}
	return Match{}, false
}
