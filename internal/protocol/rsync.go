package protocol

import (
	"bytes"
	"strings"
)

// rsync's daemon and its client greet alike, "@RSYNCD: 31.0 sha512 …"; errors have
// a mark of their own.
var rsync = Protocol{
	Name: "rsync", Title: "rsync", Source: "rsync, csprotocol.txt and rsyncd.conf(5)", TCPOnly: true,
	Services: []string{"rsync"},
	Usual:    []uint16{873},
	Answer: func(s Said) (Match, bool) {
		if m, ok := rsyncGreeting(s, Banner); ok {
			return m, true
		}
		line, whole := firstLine(s.Data)
		text, ok := strings.CutPrefix(string(line), "@ERROR: ")
		if !ok || !whole || !textual(line) {
			return Match{}, false
		}
		return Match{Strength: Certain, Kind: ErrorText, To: len(line)}.with("text", text), true
	},
	Opening: func(s Said) (Match, bool) { return rsyncGreeting(s, Opening) },
}

func rsyncGreeting(s Said, kind Kind) (Match, bool) {
	line, whole := firstLine(s.Data)
	rest, ok := bytes.CutPrefix(line, []byte("@RSYNCD: "))
	if _, n := number(rest); !ok || !whole || n == 0 || n > 3 || !printable(line) {
		return Match{}, false
	}
	version, digests, _ := strings.Cut(string(rest), " ")
	if !isVersion(version) {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: kind, To: len(line)}.with("protocol", version).with("digests", digests), true
}
