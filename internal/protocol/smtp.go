package protocol

import (
	"bytes"
	"strings"
)

// smtp greets with 220 and its host's name, then says ESMTP or who it is.
var smtp = Protocol{
	Name: "smtp", Title: "SMTP", Source: "RFC 5321, sections 3.1 and 4.2", TCPOnly: true,
	Services: []string{"smtp", "submission"}, TLSServices: []string{"submissions", "smtps"},
	Usual:   []uint16{25, 465, 587, 2525},
	Answer:  answerSMTP,
	Opening: openingSMTP,
}

var smtpProducts = []string{
	"Postfix", "Exim", "Sendmail", "OpenSMTPD", "Microsoft ESMTP MAIL Service", "hMailServer", "Haraka", "MailEnable", "MDaemon", "Kerio Connect",
	"Lotus Domino", "IceWarp", "CommuniGate Pro", "qpsmtpd", "Courier", "Zimbra", "James SMTP Server", "MailHog", "aiosmtpd", "nullmailer", "dma",
}

func answerSMTP(s Said) (Match, bool) {
	code, text, _, whole := codedLine(s.Data)
	if !whole || code != 220 && code != 554 && code != 421 && code != 521 || !textual(s.Data) {
		return Match{}, false
	}
	line, _ := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: Banner, To: len(line)}
	words := strings.Fields(text)
	upper := strings.ToUpper(text)
	m.Product, m.Version, _ = named(text, smtpProducts)
	switch {
	case strings.Contains(upper, "LMTP"):
		m = m.with("variant", "lmtp")
	case code == 220 && len(words) > 1 && (strings.Contains(upper, "ESMTP") || strings.Contains(upper, " SMTP")):
	case code == 220 && m.Product != "" && !strings.Contains(upper, "FTP"):
	case code != 220 && (strings.Contains(upper, "SMTP") || m.Product != ""):
		m.Kind = ErrorText
	case code == 554 && strings.HasPrefix(text, "5.7."), code == 421 && strings.HasPrefix(text, "4."):
		m.Kind, m.Strength = ErrorText, Likely
	default:
		return Match{}, false
	}
	if len(words) > 0 && strings.Contains(words[0], ".") {
		m = m.with("host", words[0])
	}
	return m, true
}

// openingSMTP recognises a client that does not wait to be greeted.
func openingSMTP(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	word, rest, _ := bytes.Cut(line, []byte(" "))
	if !whole || len(rest) == 0 || !printable(line) {
		return Match{}, false
	}
	switch strings.ToUpper(string(word)) {
	case "EHLO", "HELO", "LHLO":
		return Match{Strength: Certain, Kind: Opening, To: len(line)}.with("host", string(rest)), true
	}
	return Match{}, false
}
