package protocol

import "strings"

// Mail, news and file servers greet alike: a status code or mark, then a text
// in which most name themselves. What they share is here.

// codedLine reads a line "220 text" or "220-text"; code is 0 where it is none.
func codedLine(b []byte) (code int, text string, more, whole bool) {
	line, whole := firstLine(b)
	v, n := number(line)
	if n != 3 || len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, "", false, false
	}
	more = len(line) > 3 && line[3] == '-'
	if len(line) > 4 {
		text = string(line[4:])
	}
	return v, text, more, whole
}

// named finds a product by its name in a text, and the version that stands
// right behind it: "ProFTPD 1.3.8", "vsFTPd 3.0.3", "Dovecot (Debian)".
func named(text string, products []string) (product, version string, ok bool) {
	for _, p := range products {
		i := strings.Index(text, p)
		if i < 0 || i > 0 && isWord(text[i-1]) {
			continue
		}
		rest := text[i+len(p):]
		if rest != "" && isWord(rest[0]) && rest[0] != '_' {
			continue
		}
		return p, versionAt(rest), true
	}
	return "", "", false
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
