package protocol

import (
	"bytes"
	"strings"
)

// rsync's daemon and its client greet alike: "@RSYNCD: 31.0 sha512 …".
var rsync = Protocol{
	Name: "rsync", Title: "rsync", Source: "rsyncd protocol, clientserver.c's greeting as documented in csprotocol.txt", TCPOnly: true,
	Services: []string{"rsync"},
	Usual:    []uint16{873},
	Answer:   rsyncLine(Banner),
	Opening:  rsyncLine(Opening),
}

func rsyncLine(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		rest, ok := bytes.CutPrefix(line, []byte("@RSYNCD: "))
		if _, n := number(rest); !ok || !whole || n == 0 || !printable(line) {
			return Match{}, false
		}
		protocol, digests, _ := strings.Cut(string(rest), " ")
		return Match{Strength: Certain, Kind: kind, To: len(line)}.with("protocol", protocol).with("digests", digests), true
	}
}
