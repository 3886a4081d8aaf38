package protocol

import (
	"bytes"
	"strings"
)

// Mail, news, file and many smaller servers greet alike: a status code or a mark,
// then a text in which most name themselves. What they share is here.

// mostReplies is how many replies of one answer are looked at.
const mostReplies = 32

// reply is one numbered reply: "220 text", or "220-text" and what follows up to
// the line that ends it.
type reply struct {
	code  int
	lines []string // without the code
}

// text is the reply's first line.
func (r reply) text() string { return r.lines[0] }

// all is the reply's whole text.
func (r reply) all() string { return strings.Join(r.lines, "\n") }

// replies reads the numbered replies that data begins with. A reply whose end is
// missing counts with the lines that are there; a line cut short does not.
func replies(data []byte) []reply {
	var found []reply
	open := false
	for len(found) <= mostReplies {
		line, whole := firstLine(data)
		if !whole {
			break
		}
		data = data[bytes.IndexByte(data, '\n')+1:]
		code, text, more, ok := codedLine(append(bytes.Clone(line), '\n'))
		last := len(found) - 1
		switch {
		case open && ok && code == found[last].code:
			found[last].lines = append(found[last].lines, text)
			open = more
		case open: // FTP lets a reply's lines in between begin as they like.
			found[last].lines = append(found[last].lines, string(line))
		case ok && code > 0:
			found, open = append(found, reply{code, []string{text}}), more
		default:
			return found
		}
	}
	return found
}

// greeting is the first reply of data, and whether all of data is text.
func greeting(data []byte) (reply, bool) {
	rs := replies(data)
	if len(rs) == 0 || !textual(data) {
		return reply{}, false
	}
	return rs[0], true
}

// codedLine reads a line "220 text" or "220-text"; code is 0 where it is none.
func codedLine(b []byte) (code int, text string, more, whole bool) {
	line, whole := firstLine(b)
	v, n := number(line)
	if n != 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, "", false, false
	}
	more = len(line) > 3 && line[3] == '-'
	if len(line) > 4 {
		text = string(line[4:])
	}
	return v, text, more, whole
}

// named finds the first of some products that a text names, and the version that
// stands right behind it: "ProFTPD 1.3.8", "vsFTPd 3.0.3", "Dovecot (Debian)".
func named(text string, products []string) (product, version string, ok bool) {
	for _, p := range products {
		if i := wordAt(text, p); i >= 0 {
			return p, versionAt(text[i+len(p):]), true
		}
	}
	return "", "", false
}

// wordAt returns where a word stands in a text by itself, not as part of a longer
// one or of a host's name; -1 where it does not.
func wordAt(text, word string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(word)
		before := i == 0 || !isWord(text[i-1]) && text[i-1] != '.' && text[i-1] != '-' && text[i-1] != '@'
		after := end == len(text) || !isWord(text[end]) && text[end] != '-' &&
			(text[end] != '.' || end+1 == len(text) || !isWord(text[end+1]))
		if before && after {
			return i
		}
		from = end
	}
}

// hasWord reports whether a text holds one of some words by itself, in any case.
// The words are written in capitals.
func hasWord(text string, words ...string) bool {
	upper := strings.ToUpper(text)
	for _, w := range words {
		if wordAt(upper, w) >= 0 {
			return true
		}
	}
	return false
}

// hasAny reports whether a text holds one of some phrases as they are written.
func hasAny(text string, phrases ...string) bool {
	for _, p := range phrases {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// versionAt returns the version that a text begins with, behind one separator
// and the words and marks that stand before versions.
func versionAt(s string) string {
	s = strings.TrimLeft(s, " (/-_:,")
	for _, w := range []string{"Server ", "server ", "version ", "Version ", "FTP server ", "v"} {
		s = strings.TrimPrefix(s, w)
	}
	if s == "" || s[0] < '0' || s[0] > '9' {
		return ""
	}
	end := strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune("),;<>[]\"'", r) })
	if end < 0 {
		end = len(s)
	}
	return strings.TrimRight(s[:end], ".")
}

// isVersion reports whether a text is a version and nothing else.
func isVersion(s string) bool { return s != "" && versionAt(s) == s }

// hostAt returns the host's name or address that a greeting begins with; "" where
// its first word is none.
func hostAt(text string) string {
	host, _, _ := strings.Cut(text, " ")
	letters := 0
	for i := range len(host) {
		c := host[i]
		if !isWord(c) && strings.IndexByte(".-_:[]", c) < 0 {
			return ""
		}
		if isWord(c) && c > '9' {
			letters++
		}
	}
	host = strings.Trim(host, ".:")
	if host != "localhost" && !strings.ContainsAny(host, ".:") || letters == 0 && strings.Count(host, ".") != 3 { // "5.5.1" is a status
		return ""
	}
	return host
}

// textual reports whether data is lines of printable text, with tabs and UTF-8
// as people write them, and no control characters.
func textual(data []byte) bool {
	for _, c := range data {
		if c < ' ' && c != '\r' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return len(data) > 0
}

// startsFold reports whether b begins with a text, in any case.
func startsFold(b []byte, text string) bool {
	return len(b) >= len(text) && bytes.EqualFold(b[:len(text)], []byte(text))
}

// lineEnd is where the first line of data ends, its end left out.
func lineEnd(data []byte) int {
	line, _ := firstLine(data)
	return len(line)
}

// errorOrBanner is the kind of what a server says in its own words, asked or not.
func errorOrBanner(s Said) Kind {
	if s.Question == "" {
		return Banner
	}
	return ErrorText
}

// foreign reports whether the question was another protocol's, so that an answer
// to it is an error.
func foreign(s Said) bool {
	return s.Question == "http-get" || bytes.Contains(s.Asked, []byte(" HTTP/1."))
}
