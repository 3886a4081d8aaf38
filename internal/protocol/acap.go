package protocol

import (
	"bytes"
	"strings"
)

// acap greets as IMAP does, with a word of its own and in quoted strings.
var acap = Protocol{
	Name: "acap", Title: "ACAP", Source: "RFC 2244, section 6.2.5",
	Services: []string{"acap"},
	Usual:    []uint16{674},
	Answer: func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		if !whole || !textual(line) || !bytes.HasPrefix(line, []byte("* ACAP (")) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: Banner, To: len(line)}
		who, _ := between(line, `IMPLEMENTATION "`, `"`)
		m.Product, m.Version = who, ""
		if i := strings.LastIndexByte(who, ' '); i > 0 && isVersion(strings.TrimPrefix(who[i+1:], "v")) {
			m.Product, m.Version = who[:i], strings.TrimPrefix(who[i+1:], "v")
		}
		return m, true
	},
}
