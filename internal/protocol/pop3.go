package protocol

import (
	"bytes"
	"strings"
)

// pop3 greets with +OK, and with APOP's timestamp where it may be used.
var pop3 = Protocol{
	Name: "pop3", Title: "POP3", Source: "RFC 1939, sections 3 and 7", TCPOnly: true,
	Services: []string{"pop3"}, TLSServices: []string{"pop3s"},
	Usual:  []uint16{110, 995},
	Answer: answerPOP3,
}

var pop3Products = []string{"Dovecot", "Cyrus POP3", "Courier", "Microsoft Exchange Server", "Qpopper", "hMailServer", "Teapop", "Solid-POP3d", "MailEnable", "MDaemon", "Kerio Connect", "Zimbra"}

func answerPOP3(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || !textual(line) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, To: len(line)}
	text := string(line)
	upper := strings.ToUpper(text)
	switch {
	case bytes.HasPrefix(line, []byte("+OK")) && (len(line) == 3 || line[3] == ' '):
		m.Product, m.Version, _ = named(text, pop3Products)
		stamp := strings.HasSuffix(text, ">") && strings.Contains(text, "<") && strings.Contains(text, "@")
		if !stamp && m.Product == "" && !strings.Contains(upper, "POP") {
			m.Strength = Hint
		}
		if stamp {
			m = m.with("apop", "offered")
		}
		return m, true
	case strings.HasPrefix(text, "-ERR ") && strings.Contains(upper, "POP3"):
		m.Kind = ErrorText
		return m, true
	}
	return Match{}, false
}
