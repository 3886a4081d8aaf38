package protocol

import (
	"bytes"
	"strings"
)

// pop3 greets with +OK, and with APOP's timestamp where it may be used.
var pop3 = Protocol{
	Name: "pop3", Title: "POP3", Source: "RFC 1939, sections 3, 4 and 7; RFC 2449; RFC 3206", TCPOnly: true,
	Services: []string{"pop3"}, TLSServices: []string{"pop3s"},
	Usual:   []uint16{110, 995},
	Answer:  answerPOP3,
	Opening: openingPOP3,
	Questions: []Question{
		{Name: "pop3-capa", After: []string{"pop3"}, Waits: true, InTLS: true, Bytes: fixed("CAPA\r\n")},
	},
}

var pop3Products = []string{
	"Dovecot", "Cyrus POP3", "Courier", "Microsoft Exchange Server 2003", "Microsoft Exchange Server", "Microsoft Exchange", "Qpopper", "QPOP",
	"hMailServer", "Teapop", "Solid-POP3d", "MailEnable", "MDaemon", "Kerio Connect", "Kerio MailServer", "Zimbra", "CommuniGate Pro", "IceWarp",
	"Axigen", "Lotus Notes POP3 server", "GroupWise", "tpop3d", "vm-pop3d", "popa3d", "Gpop", "Stalwart", "Citadel", "UW POP3", "Twisted", "XMail",
}

func answerPOP3(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || !textual(s.Data) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: errorOrBanner(s), To: len(line)}
	text := string(line)
	switch {
	case bytes.HasPrefix(line, []byte("+OK")) && (len(line) == 3 || line[3] == ' '):
		if m, ok := pop3Abilities(s, m); ok {
			return m, true
		}
		return pop3Greeting(s, text, m)
	case strings.HasPrefix(text, "-ERR "):
		m.Kind = ErrorText
		m.Product, m.Version, _ = named(text, pop3Products)
		switch {
		case strings.HasPrefix(text, "-ERR [SYS/"), strings.HasPrefix(text, "-ERR [IN-USE]"), strings.HasPrefix(text, "-ERR [LOGIN-DELAY]"), hasWord(text, "POP3"):
			return m, true
		case foreign(s) && hasAny(strings.ToLower(text), "unknown command.", "invalid command", "unrecognized command", "bad command") && !strings.Contains(text, "'"):
			m.Strength = Likely
			return m, true
		}
	}
	return Match{}, false
}

// pop3Greeting knows a greeting by APOP's timestamp, a product's name or the
// protocol's. "+OK" and any text is a shape that others have.
func pop3Greeting(s Said, text string, m Match) (Match, bool) {
	m.Product, m.Version, _ = named(text, pop3Products)
	stamp := pop3Stamp(text)
	_, refuses := between(s.Data, "\n-ERR ", "\n")
	switch {
	case stamp:
		m = m.with("apop", "offered")
	case hasWord(text, "POP3", "POP") || m.Product != "":
	case len(text) < len("+OK x") || s.Question != "" && !foreign(s):
		return Match{}, false
	case refuses:
		m.Strength = Likely
	default:
		m.Strength = Hint
	}
	m.Kind = Banner
	return m, true
}

// pop3Stamp reports whether a greeting has a timestamp in it, which is a
// message's id: "<1896.697170952@dbc.mtview.ca.us>".
func pop3Stamp(text string) bool {
	inside, ok := between([]byte(text), "<", ">")
	left, right, at := strings.Cut(inside, "@")
	return ok && at && left != "" && right != "" && !strings.Contains(inside, " ") && strings.ContainsAny(left, "0123456789")
}

// pop3Abilities reads the answer to CAPA: a line each, and a dot.
func pop3Abilities(s Said, m Match) (Match, bool) {
	known := 0
	for _, l := range strings.Split(strings.ReplaceAll(string(s.Data), "\r", ""), "\n")[1:] {
		word, rest, _ := strings.Cut(l, " ")
		switch word {
		case "TOP", "UIDL", "RESP-CODES", "PIPELINING", "AUTH-RESP-CODE", "USER", "EXPIRE", "LOGIN-DELAY", "UTF8", "CAPA":
			known++
		case "STLS":
			known++
			m = m.with("starttls", "offered")
		case "SASL":
			known++
			m = m.with("auth", rest)
		case "IMPLEMENTATION":
			known++
			m.Product, m.Version = pop3Implementation(rest)
		}
		if known > 24 {
			break
		}
	}
	m.Kind, m.To = Handshake, len(s.Data)
	return m, known > 1
}

// pop3Implementation splits "Cyrus POP3 server v2.4.17" and "Dovecot".
func pop3Implementation(s string) (product, version string) {
	if p, v, ok := named(s, pop3Products); ok {
		return p, v
	}
	product, version, _ = strings.Cut(s, " ")
	if !isVersion(strings.TrimPrefix(version, "v")) {
		return s, ""
	}
	return product, strings.TrimPrefix(version, "v")
}

// openingPOP3 recognises a client that does not wait to be greeted.
func openingPOP3(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	command := strings.ToUpper(string(line))
	word, _, _ := strings.Cut(command, " ")
	if !whole || !printable(line) || command != "CAPA" && command != "STLS" && word != "APOP" {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: Opening, To: len(line)}.with("command", word), true
}
