package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// clickhouseNative would be asked with a user's name, so it is not: it tells
// who speaks HTTP to it where HTTP is to be had.
var clickhouseNative = Protocol{
	Name: "clickhouse-native", Title: "ClickHouse native protocol", Source: "ClickHouse documentation, native protocol, client and server packets",
	Outranks: []string{"http"},
	Usual:    []uint16{9000, 9440},
	Answer:   answerClickhouse,
	Opening:  openingClickhouse,
}

// answerClickhouse knows "Port 9000 is for clickhouse-client program".
func answerClickhouse(s Said) (Match, bool) {
	r, ok := parseTextReply(s.Data, "HTTP/1.")
	if !ok || s.Transport != portolan.TCP || r.status != 400 {
		return Match{}, false
	}
	if words, ok := bytes.CutPrefix(r.body, []byte("Port ")); ok {
		if _, n := number(words); n > 0 && bytes.HasPrefix(words[n:], []byte(" is for clickhouse-client program")) {
			return Match{Strength: Certain, Kind: ErrorText, To: len(s.Data)}, true
		}
	}
	return Match{}, false
}

// openingClickhouse recognises a client's Hello: a zero, its name, three numbers
// of variable length, then database, user and password. The password is not kept.
func openingClickhouse(s Said) (Match, bool) {
	if s.Transport != portolan.TCP || s.Data[0] != 0 {
		return Match{}, false
	}
	name, rest, ok := clickhouseString(s.Data[1:])
	if !ok || !strings.Contains(strings.ToLower(name), "clickhouse") {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening}.with("client", name)
	for range 3 {
		if _, n := clickhouseNumber(rest); n > 0 {
			rest = rest[n:]
		}
	}
	database, rest, ok := clickhouseString(rest)
	user, rest, known := clickhouseString(rest)
	if ok && known {
		m.Strength = Certain
		m = m.with("database", database).with("user", user)
	}
	m.To = max(1, len(s.Data)-len(rest))
	return m, true
}

// clickhouseString takes a text with its length in front; false where it is no
// printable one, or not whole.
func clickhouseString(b []byte) (text string, rest []byte, ok bool) {
	size, n := clickhouseNumber(b)
	if n == 0 || size > len(b)-n || !printable(b[n:n+size]) {
		return "", b, false
	}
	return string(b[n : n+size]), b[n+size:], true
}

// clickhouseNumber takes a number of seven bits a byte, the lowest first; n is how many
// bytes it has, 0 where it is none of at most four.
func clickhouseNumber(b []byte) (v, n int) {
	for i := 0; i < len(b) && i < 4; i++ {
		v |= int(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
