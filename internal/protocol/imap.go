package protocol

import (
	"bytes"
	"strings"
)

// imap greets with an untagged OK, PREAUTH or BYE, and repeats a command's tag in
// what it says to it: "GET BAD Error in IMAP command".
var imap = Protocol{
	Name: "imap", Title: "IMAP", Source: "RFC 9051, sections 7.1 and 7.2; RFC 2971", TCPOnly: true,
	Services: []string{"imap", "imap3"}, TLSServices: []string{"imaps"},
	Usual:   []uint16{143, 993},
	Answer:  answerIMAP,
	Opening: openingIMAP,
	Questions: []Question{
		// ID tells who the server is before any login, and is told nothing of us.
		{Name: "imap-id", After: []string{"imap"}, Waits: true, InTLS: true, Bytes: func(a Ask) []byte {
			return []byte(imapTag(a.Nonce) + " ID NIL\r\n")
		}},
	},
}

// imapTag is what the server must begin its answer with.
func imapTag(n Nonce) string { return "p" + textNonce(n, 4) }

var imapProducts = []string{
	"Dovecot", "Cyrus IMAP4", "Cyrus IMAP", "Courier-IMAP", "Microsoft Exchange Server 2003", "Microsoft Exchange Server", "Microsoft Exchange", "Zimbra",
	"hMailServer", "Gimap", "Kerio Connect", "Kerio MailServer", "MailEnable Service", "MailEnable", "MDaemon", "Domino IMAP4 Server", "CommuniGate Pro",
	"IceWarp", "Axigen", "GroupWise", "Stalwart", "Maddy", "JAMES IMAP4rev1", "Citadel", "Twisted", "SurgeMail", "Panda IMAP", "UW IMAP", "greenmail",
}

func answerIMAP(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || !textual(line) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: errorOrBanner(s), To: len(line)}
	tag, rest, ok := bytes.Cut(line, []byte(" "))
	word, text, _ := bytes.Cut(rest, []byte(" "))
	status := string(word)
	switch {
	case !ok:
		return Match{}, false
	case s.Question == "imap-id" && (string(tag) == "*" && status == "ID" || string(tag) == imapTag(s.Nonce)):
		return imapID(s, m)
	case string(tag) != "*":
		return imapTagged(s, string(tag), status, text, m)
	}
	return imapUntagged(status, text, m)
}

// imapUntagged knows a greeting by its list of abilities, a product or the
// protocol's name, a refusal by its form.
func imapUntagged(status string, text []byte, m Match) (Match, bool) {
	if status != "OK" && status != "PREAUTH" && status != "BYE" && status != "BAD" {
		return Match{}, false
	}
	m.Product, m.Version, _ = named(string(text), imapProducts)
	capability, has := between(text, "[CAPABILITY ", "]")
	switch {
	case has && strings.Contains(strings.ToUpper(capability), "IMAP4"):
		m = m.with("capability", capability)
	case strings.Contains(strings.ToUpper(string(text)), "IMAP"):
	case m.Product != "":
		m.Strength = Likely
	case len(text) == 0 || text[0] == '"' || text[0] == '(':
		return Match{}, false // ACAP's, which quotes what it says
	case status == "BYE", status == "BAD":
		m.Strength, m.Kind = Likely, ErrorText
	case status == "OK":
		m.Strength = Hint
	default:
		return Match{}, false
	}
	return m, true
}

// imapTagged knows a refusal of a line that was sent for a command: it begins
// with that line's first word.
func imapTagged(s Said, tag, status string, text []byte, m Match) (Match, bool) {
	if status != "BAD" && status != "NO" || tag != "GET" || !foreign(s) || len(text) == 0 || text[0] == '"' {
		return Match{}, false
	}
	if !hasAny(strings.ToUpper(string(text)), "IMAP", "COMMAND") {
		m.Strength = Likely
	}
	m.Kind = ErrorText
	return m, true
}

// imapID reads `* ID ("name" "Dovecot" "version" "2.3")`; a server without it
// refuses, in our tag's name.
func imapID(s Said, m Match) (Match, bool) {
	m.Kind = Handshake
	if rest, ok := bytes.CutPrefix(s.Data, []byte("* ID (")); ok {
		words := imapQuoted(rest)
		for i := 0; i+1 < len(words); i += 2 {
			switch strings.ToLower(words[i]) {
			case "name":
				m.Product = words[i+1]
			case "version":
				m.Version = words[i+1]
			case "vendor", "support-url", "os":
				m = m.with(strings.ToLower(words[i]), words[i+1])
			}
		}
		return m, true
	}
	for _, begin := range []string{"* ID NIL", imapTag(s.Nonce) + " OK", imapTag(s.Nonce) + " NO", imapTag(s.Nonce) + " BAD"} {
		if bytes.HasPrefix(s.Data, []byte(begin)) {
			return m, true
		}
	}
	return Match{}, false
}

// imapQuoted reads quoted strings up to a closing bracket, at most 60.
func imapQuoted(b []byte) (words []string) {
	for len(words) < 60 {
		b = bytes.TrimLeft(b, " ")
		if len(b) == 0 || b[0] != '"' {
			return words
		}
		end := bytes.IndexByte(b[1:], '"')
		if end < 0 {
			return words
		}
		words = append(words, string(b[1:1+end]))
		b = b[end+2:]
	}
	return words
}

// openingIMAP recognises a tagged command.
func openingIMAP(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || !printable(line) || len(words) < 2 || len(words[0]) > 12 || !isWord(words[0][len(words[0])-1]) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(line)}
	command := strings.ToUpper(words[1])
	switch command {
	case "CAPABILITY", "STARTTLS":
		if len(words) != 2 {
			return Match{}, false
		}
	case "LOGIN", "AUTHENTICATE", "ID":
		if len(words) < 3 {
			return Match{}, false
		}
	default:
		return Match{}, false
	}
	if command == "STARTTLS" { // ACAP's clients say so too
		m.Strength = Likely
	}
	return m.with("command", command), true
}
