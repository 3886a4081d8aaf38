package protocol

import (
	"bytes"
	"strings"
)

// smtp greets with 220 and its host's name, then says ESMTP or who it is.
var smtp = Protocol{
	Name: "smtp", Title: "SMTP", Source: "RFC 5321, sections 3.1 and 4.2; RFC 2034", TCPOnly: true,
	Services: []string{"smtp", "submission"}, TLSServices: []string{"submissions", "smtps"},
	Usual:   []uint16{25, 465, 587, 2525},
	Answer:  answerSMTP,
	Opening: openingMail("EHLO", "HELO"),
	Questions: []Question{
		// What a server can do it says to who greets back; no mail is begun.
		{Name: "smtp-ehlo", After: []string{"smtp"}, Waits: true, InTLS: true, Bytes: fixed(ehlo)},
		// Dovecot's greeting does not say whether it is one of SMTP or of LMTP.
		{Name: "smtp-ehlo-home", When: AtHome, Rank: 89, Waits: true, InTLS: true, Bytes: fixed(ehlo)},
	},
}

// ehlo greets a server of SMTP, and names nobody.
const ehlo = "EHLO [127.0.0.1]\r\n"

// mailProducts are how servers of SMTP and LMTP call themselves in their greeting.
var mailProducts = []string{
	"Postfix", "Exim", "Sendmail", "OpenSMTPD", "Microsoft ESMTP MAIL Service", "Microsoft Exchange Internet Mail Service", "hMailServer", "Haraka",
	"MailEnable Service", "MailEnable", "MDaemon", "Kerio Connect", "Kerio MailServer", "Lotus Domino", "IBM Domino", "HCL Domino", "IceWarp",
	"CommuniGate Pro", "qpsmtpd", "Courier", "Zimbra", "JAMES SMTP Server", "JAMES Mail Server", "MailHog", "Mailpit", "Python SMTP", "nullmailer",
	"Cyrus LMTP", "Cyrus", "Dovecot", "Stalwart", "Maddy", "gsmtp", "Smail", "Mercury/32", "ArGoSoft Mail Server", "GroupWise Internet Agent", "SurgeSMTP",
	"Twisted", "netqmail", "qmail", "ecelerity", "PowerMTA", "Barracuda", "Symantec Messaging Gateway", "Axigen", "CMailServer", "Merak", "XMail",
	"Citadel", "WinRoute", "Trend Micro", "SonicWall", "Proxmox", "Rspamd", "ZoneMTA", "KumoMTA", "MailMarshal", "Mirapoint", "Sun Java System Messaging Server",
}

func answerSMTP(s Said) (Match, bool) { return mailAnswer(s, false) }

// mailAnswer recognises SMTP, or LMTP, which differs in the word and in little else.
func mailAnswer(s Said, lmtp bool) (Match, bool) {
	first, ok := greeting(s.Data)
	if !ok {
		return Match{}, false
	}
	if isLMTP(s) != lmtp {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: errorOrBanner(s), To: lineEnd(s.Data)}.with("host", hostAt(first.text()))
	switch first.code {
	case 220:
		return mailGreeting(first, m)
	case 250:
		return mailAbilities(s, first, m)
	case 221, 421, 450, 451, 454, 500, 501, 502, 503, 521, 530, 550, 554:
		return mailRefusal(s, first, m)
	}
	return Match{}, false
}

// isLMTP reports whether a server says that it is one of LMTP, or takes its
// greeting for one.
func isLMTP(s Said) bool {
	return hasWord(string(s.Data), "LMTP", "LHLO") || string(s.Asked) == lhlo && bytes.HasPrefix(s.Data, []byte("250"))
}

// mailGreeting knows "220 host ESMTP Postfix" and "220 host Dovecot ready.".
func mailGreeting(r reply, m Match) (Match, bool) {
	m.Kind = Banner
	all := r.all()
	said := hasWord(all, "ESMTP", "SMTP", "LMTP", "ESMTPS")
	product, version, ok := named(all, mailProducts)
	m.Product, m.Version = product, version
	switch product {
	case "Microsoft ESMTP MAIL Service":
		m.Version = versionBehind(all, "Version: ")
	case "Sendmail": // "8.17.1/8.17.1": the program's, then its configuration's
		m.Version, _, _ = strings.Cut(version, "/")
	}
	switch greets, _ := ftpGreeting(r); {
	case said:
		return m, true
	case ok && !greets:
		if product == "Dovecot" { // greets alike on its ports of SMTP and LMTP
			m.Strength = Hint
		}
		return m, true
	}
	return Match{}, false
}

// versionBehind is the version behind a mark anywhere in a text.
func versionBehind(text, mark string) string {
	if _, rest, ok := strings.Cut(text, mark); ok {
		return versionAt(rest)
	}
	return ""
}

// mailRefusal knows a refusal by the protocol's name in it, by the words that RFC
// 5321 has for a connection, or by an enhanced status code of the same class.
func mailRefusal(s Said, r reply, m Match) (Match, bool) {
	text := r.text()
	m.Kind = ErrorText
	m.Product, m.Version, _ = named(text, mailProducts)
	switch {
	case hasWord(text, "SMTP", "ESMTP", "LMTP"), hasAny(text, "transmission channel", "send HELO", "send EHLO", "polite people say"):
	case r.code == 500 && strings.HasPrefix(text, "Error: command \"") && strings.HasSuffix(text, "\" not recognized"):
		m.Strength = Likely
	case !enhanced(r):
		return Match{}, false
	case hasAny(text, "Error: command not recognized", "I can break rules", "Client host", "reverse hostname", "block list", "too many connections"):
	case s.Question == "":
		m.Strength = Likely
	default:
		m.Strength = Hint // LMTP has these codes too
	}
	return m.with("text", text), true
}

// enhanced reports whether a reply begins with an enhanced status code of RFC 2034
// that fits it: "554 5.7.1 …". A host's name or address may stand before it.
func enhanced(r reply) bool {
	text := r.text()
	if host := hostAt(text); host != "" && strings.HasPrefix(text, host+" ") {
		text = text[len(host)+1:]
	}
	if len(text) < 5 || int(text[0]-'0') != r.code/100 || text[1] != '.' {
		return false
	}
	subject, n := number([]byte(text[2:]))
	rest := text[2+n:]
	if n == 0 || subject > 7 || rest == "" || rest[0] != '.' {
		return false
	}
	_, k := number([]byte(rest[1:]))
	return k > 0 && k < 4 && (len(rest) == 1+k || rest[1+k] == ' ')
}

// mailAbilities reads the answer to EHLO or LHLO.
func mailAbilities(s Said, r reply, m Match) (Match, bool) {
	known := 0
	starttls, auth := "", ""
	for _, line := range r.lines[1:] {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "PIPELINING", "SIZE", "8BITMIME", "ENHANCEDSTATUSCODES", "DSN", "SMTPUTF8", "CHUNKING", "ETRN", "VRFY", "EXPN", "HELP", "DELIVERBY", "BINARYMIME":
			known++
		case "STARTTLS":
			known, starttls = known+1, "offered"
		case "AUTH":
			known, auth = known+1, rest
		}
	}
	if known == 0 || hostAt(r.text()) == "" {
		return Match{}, false
	}
	m.Kind, m.To = Handshake, len(s.Data)
	if known == 1 {
		m.Strength = Likely
	}
	return m.with("starttls", starttls).with("auth", auth), true
}

// openingMail recognises a client that does not wait to be greeted.
func openingMail(words ...string) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		word, host, _ := bytes.Cut(line, []byte(" "))
		if !whole || len(host) == 0 || !printable(line) {
			return Match{}, false
		}
		for _, w := range words {
			if strings.EqualFold(string(word), w) {
				return Match{Strength: Certain, Kind: Opening, To: len(line)}.with("host", string(host)), true
			}
		}
		return Match{}, false
	}
}
