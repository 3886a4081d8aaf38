package visit

import (
	"bytes"
	"regexp"
	"slices"
)

const (
	// mostPreview is how long a preview is, in characters.
	mostPreview = 512
	mask        = "***"
)

// secretForm finds what is not to be shown: every group is masked. It is looked
// for only where one of the words is, in any case, since nearly nothing that is
// heard has any.
type secretForm struct {
	words []string
	form  *regexp.Regexp
}

// secretForms are those of protocols in which clients say passwords. They look for
// letters of ASCII alone, so that bytes that are no UTF-8 do no harm.
var secretForms = []secretForm{
	// HTTP (RFC 9110, section 11), RTSP and SIP; the scheme stays.
	{[]string{"authorization"}, regexp.MustCompile(`(?im)^(?:proxy-)?authorization:[ \t]*(?:(?:basic|bearer|digest|ntlm|negotiate)[ \t]+)?([^\r\n]+)`)},
	// FTP (RFC 959), POP3 (RFC 1939), IRC.
	{[]string{"pass"}, regexp.MustCompile(`(?im)^PASS[ \t]+([^\r\n]+)`)},
	{[]string{"apop"}, regexp.MustCompile(`(?im)^APOP[ \t]+[^ \t\r\n]+[ \t]+([^\r\n]+)`)},
	// IMAP (RFC 9051, sections 6.2.2 and 6.2.3), with literals too.
	{[]string{"login"}, regexp.MustCompile(`(?im)^[^ \t\r\n]+[ \t]+LOGIN[ \t]+(?:"(?:[^"\\\r\n]|\\.)*"|[^ \t\r\n{]+)[ \t]+(\{[0-9]+\+?\}\r?\n[^\r\n]*|[^\r\n]+)`)},
	{[]string{"login"}, regexp.MustCompile(`(?im)^[^ \t\r\n]+[ \t]+LOGIN[ \t]+\{[0-9]+\+?\}\r?\n((?s:.*))`)},
	// SMTP (RFC 4954), POP3 (RFC 5034), IMAP; and Redis, which has no mechanism.
	{[]string{"auth"}, regexp.MustCompile(`(?im)^AUTH[ \t]+(?:(?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2|OAUTHBEARER|NTLM|TLS|SSL)(?:[ \t]+|\r?$))?([^\r\n]*)`)},
	{[]string{"authenticate"}, regexp.MustCompile(`(?im)^[^ \t\r\n]+[ \t]+AUTHENTICATE[ \t]+[^ \t\r\n]+[ \t]+([^\r\n]+)`)},
	{[]string{"auth"}, regexp.MustCompile(`(?im)^(?:[^ \t\r\n]+[ \t]+AUTHENTICATE|AUTH)[ \t]+(?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2|OAUTHBEARER|NTLM)[^\r\n]*\r?\n([^\r\n]+)(?:\r?\n([^\r\n]+))?`)},
	// Redis as RESP, and in HELLO.
	{[]string{"auth"}, regexp.MustCompile(`(?i)\$4\r\nAUTH\r\n\$[0-9]+\r\n([^\r\n]*)(?:\r\n\$[0-9]+\r\n([^\r\n]*))?`)},
	{[]string{"hello"}, regexp.MustCompile(`(?im)^HELLO[ \t]+[0-9]+[ \t]+AUTH[ \t]+([^\r\n]+)`)},
	{[]string{"requirepass", "masterauth"}, regexp.MustCompile(`(?i)(?:requirepass|masterauth)(?:[ \t]+|\r\n\$[0-9]+\r\n)([^\r\n]+)`)},
	// Forms, JSON, and addresses with a user.
	{[]string{"="}, regexp.MustCompile(`(?i)(?:pass|passwd|password|passphrase|pwd|psw|secret|token|api_?key)=([^&\s;"']+)`)},
	{[]string{":"}, regexp.MustCompile(`(?i)"(?:pass|passwd|password|pwd|secret|token|api_?key)"\s*:\s*"((?:[^"\\]|\\.)*)`)},
	{[]string{"://"}, regexp.MustCompile(`://[^/\s:@]*:([^/\s@]+)@`)},
}

// span is part of a text.
type span struct{ from, to int }

// secrets returns what is not to be shown, in order. In a login's lines it is
// the second one, behind the user's name.
func secrets(b []byte, login bool) []span {
	var all []span
	low := lower(b)
	for _, f := range secretForms {
		if !slices.ContainsFunc(f.words, func(w string) bool { return bytes.Contains(low, []byte(w)) }) {
			continue
		}
		for _, at := range f.form.FindAllSubmatchIndex(b, -1) {
			for i := 2; i+1 < len(at); i += 2 {
				if at[i] >= 0 && at[i+1] > at[i] {
					all = append(all, span{at[i], at[i+1]})
				}
			}
		}
	}
	if login {
		all = append(all, passwordLines(b)...)
	}
	slices.SortFunc(all, func(a, b span) int { return a.from - b.from })
	return all
}

// lower turns ASCII letters into small ones; bytes.ToLower would change others.
func lower(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}

// passwordLines are the lines of text behind the first: what follows a name is
// its password, and after a refusal comes another pair. Commands behind a login
// are masked with it: which line is which can't be told.
func passwordLines(b []byte) (all []span) {
	text, from := 0, -1
	flush := func(end int) {
		if from >= 0 {
			if text++; text > 1 {
				all = append(all, span{from, end})
			}
		}
		from = -1
	}
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == iac && i+1 < len(b):
			i = negotiationEnd(b, i) - 1
		case c == '\r' || c == '\n' || c == 0:
			flush(i)
		case from < 0:
			from = i
		}
	}
	flush(len(b))
	return all
}

// Redact masks passwords in what was said: those of HTTP, FTP, POP3, IMAP, SMTP
// and Redis, and what is named so in forms and JSON. login says that it is a
// dialogue of lines, as TELNET's, where all behind the first line is masked.
func Redact(b []byte, login bool) []byte {
	var out []byte
	at := 0
	for _, s := range secrets(b, login) {
		if s.to <= at {
			continue
		}
		if s.from >= at {
			out = append(append(out, b[at:s.from]...), mask...)
		}
		at = s.to
	}
	return append(out, b[at:]...)
}

// Preview shows bytes from outside to people: passwords masked, everything that
// is not printable ASCII escaped, at most most characters.
func Preview(b []byte, most int) string { return preview(b, most, bytes.HasPrefix(b, []byte{iac})) }

func preview(b []byte, most int, login bool) string {
	const dots, hex = "...", "0123456789abcdef"
	// What is cut off inside a password leaves the rest of it to be masked.
	b = b[:min(len(b), 2*most)]
	out := make([]byte, 0, min(most, len(b)+16))
	for _, c := range Redact(b, login) {
		var e string
		switch {
		case c == '\r':
			e = `\r`
		case c == '\n':
			e = `\n`
		case c == '\t':
			e = `\t`
		case c == '\\':
			e = `\\`
		case c < 0x20 || c > 0x7e:
			e = `\x` + string([]byte{hex[c>>4], hex[c&15]})
		default:
			e = string(rune(c))
		}
		if len(out)+len(e)+len(dots) > most {
			return string(append(out, dots[:min(len(dots), max(0, most-len(out)))]...))
		}
		out = append(out, e...)
	}
	return string(out)
}
