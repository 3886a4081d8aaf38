package protocol

import (
	"bytes"
	"strings"
)

// imap greets with an untagged OK, PREAUTH or BYE.
var imap = Protocol{
	Name: "imap", Title: "IMAP", Source: "RFC 9051, section 7.1", TCPOnly: true,
	Services: []string{"imap", "imap3"}, TLSServices: []string{"imaps"},
	Usual:   []uint16{143, 993},
	Answer:  answerIMAP,
	Opening: openingIMAP,
}

var imapProducts = []string{"Dovecot", "Cyrus IMAP", "Courier-IMAP", "Microsoft Exchange Server", "Zimbra IMAP4rev1 server", "hMailServer", "Gimap", "Kerio Connect", "MailEnable", "Lotus Domino", "UW IMAP"}

func answerIMAP(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || !textual(line) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, To: len(line)}
	rest, ok := bytes.CutPrefix(line, []byte("* "))
	word, text, _ := bytes.Cut(rest, []byte(" "))
	status := string(word)
	if !ok || status != "OK" && status != "PREAUTH" && status != "BYE" && status != "BAD" {
		return Match{}, false
	}
	m.Product, m.Version, _ = named(string(text), imapProducts)
	capability, has := between(text, "[CAPABILITY ", "]")
	upper := strings.ToUpper(string(text))
	switch {
	case has && strings.Contains(capability, "IMAP4"):
		m = m.with("capability", capability)
	case m.Product != "", strings.Contains(upper, "IMAP"):
	case status == "BYE" || status == "BAD":
		m.Strength, m.Kind = Likely, ErrorText
	case status == "OK":
		m.Strength = Likely
	default:
		return Match{}, false
	}
	return m, true
}

// openingIMAP recognises a tagged command.
func openingIMAP(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || !printable(line) || len(words) < 2 || len(words[0]) > 12 {
		return Match{}, false
	}
	switch strings.ToUpper(words[1]) {
	case "CAPABILITY", "STARTTLS", "LOGIN", "AUTHENTICATE", "ID":
		return Match{Strength: Certain, Kind: Opening, To: len(line)}.with("command", strings.ToUpper(words[1])), true
	}
	return Match{}, false
}
