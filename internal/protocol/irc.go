package protocol

import (
	"bytes"
	"strings"
)

// irc answers with lines that its own name begins, and refuses who is not
// registered with numeric 451.
var irc = Protocol{
	Name: "irc", Title: "IRC", Source: "RFC 2812, sections 2.3, 3.7 and 5; RFC 7194", TCPOnly: true,
	Services: []string{"irc", "ircu", "irc-serv"}, TLSServices: []string{"ircs-u", "ircs"},
	Usual:   []uint16{194, 6667, 6697, 7000},
	Answer:  answerIRC,
	Opening: openingIRC,
	Questions: []Question{
		// PING needs no name: it is answered, or refused with numeric 451. The line
		// behind it makes others who speak in lines say who they are.
		{Name: "irc-ping", When: Anywhere, Rank: 9, InTLS: true, Bytes: func(a Ask) []byte {
			return []byte("PING :" + textNonce(a.Nonce, 8) + "\r\nversion\r\n")
		}},
	},
}

func answerIRC(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || !textual(line) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: errorOrBanner(s), To: len(line)}
	if rest, ok := bytes.CutPrefix(line, []byte("ERROR :")); ok {
		if !ircRefuses(string(rest)) {
			m.Strength = Likely
		}
		m.Kind = ErrorText
		return m.with("text", string(rest)), len(rest) > 0
	}
	words := strings.SplitN(string(line), " ", 4)
	if words[0] == "NOTICE" {
		return m, len(words) > 2 && (words[1] == "AUTH" || words[1] == "*") && strings.HasPrefix(words[2], ":***")
	}
	if words[0] == "PONG" {
		m.Kind = Handshake
		return m, s.Question == "irc-ping" && strings.HasSuffix(string(line), textNonce(s.Nonce, 8))
	}
	if len(words) < 3 || len(words[0]) < 2 || words[0][0] != ':' || !isIRCServer(words[0][1:]) {
		return Match{}, false
	}
	m = m.with("host", words[0][1:])
	switch w := words[1]; {
	case w == "NOTICE":
		return m, len(words) == 4 && strings.HasPrefix(words[3], ":") && (strings.EqualFold(words[2], "AUTH") || words[2] == "*")
	case w == "PONG":
		m.Kind = Handshake
		return m, s.Question == "irc-ping" && strings.HasSuffix(string(line), textNonce(s.Nonce, 8))
	case ircNumeric(w):
		return m, len(words) == 4 && strings.Contains(words[3], ":")
	}
	return Match{}, false
}

// ircRefuses reports whether the text of ERROR is one that IRC's servers say.
func ircRefuses(text string) bool {
	return hasAny(text, "Closing Link", "Closing link", "Trying to reconnect too fast", "Your host is trying to (re)connect too fast", "This is IRC", "reconnecting too fast", "throttled", "Throttled", "not registered", "not authorized to connect", "K-Lined", "Z:Lined", "Z-Lined")
}

// ircNumeric reports whether a word is one of the refusals that are given to who
// is not registered.
func ircNumeric(w string) bool {
	switch w {
	case "020", "409", "410", "421", "432", "433", "439", "451", "461", "462", "463", "464", "465", "466":
		return true
	}
	return false
}

// isIRCServer reports whether s may be a server's name.
func isIRCServer(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isWord(c) && c != '.' && c != '-' && c != '_' && c != '*' && c != ':' {
			return false
		}
	}
	return s != ""
}

// openingIRC recognises how a client registers.
func openingIRC(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || !textual(line) || len(words) < 2 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(line)}
	switch strings.ToUpper(words[0]) {
	case "PING":
		m.Strength = Likely
		return m, len(words) == 2 && words[1][0] == ':'
	case "NICK":
		return m.with("nick", strings.TrimPrefix(words[1], ":")), len(words) == 2
	case "USER":
		return m.with("user", words[1]), len(words) >= 5
	case "CAP":
		return m.with("command", "CAP "+words[1]), words[1] == "LS" || words[1] == "REQ" || words[1] == "LIST"
	}
	return Match{}, false
}
