package protocol

import (
	"bytes"
	"strings"
)

// cvsPserver names itself in what it says to a foreign first line. Its own would
// be a login.
var cvsPserver = Protocol{
	Name: "cvs-pserver", Title: "CVS password server", Source: "CVS client/server protocol, Connection and Authentication",
	Services: []string{"cvspserver"},
	Usual:    []uint16{2401},
	Answer: func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		text := string(line)
		ok := whole && textual(line) && (strings.HasPrefix(text, "cvs [pserver aborted]: ") || strings.HasPrefix(text, "cvs [server aborted]: ") ||
			strings.HasPrefix(text, "error 0 cvs [pserver aborted]: ") || strings.HasPrefix(text, "cvs pserver: "))
		return Match{Strength: Certain, Kind: errorOrBanner(s), To: len(line)}, ok
	},
	Opening: func(s Said) (Match, bool) {
		for _, begin := range []string{"BEGIN AUTH REQUEST\n", "BEGIN VERIFICATION REQUEST\n", "BEGIN GSSAPI REQUEST\n"} {
			if rest, ok := bytes.CutPrefix(s.Data, []byte(begin)); ok {
				root, _ := firstLine(rest)
				return Match{Strength: Certain, Kind: Opening, To: len(begin)}.with("root", string(root)), true
			}
		}
		return Match{}, false
	},
}
