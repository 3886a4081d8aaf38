package protocol

import "bytes"

// chargen says all printable characters in turn, in lines of 72 that each begin
// one further on.
var chargen = Protocol{
	Name: "chargen", Title: "Character Generator", Source: "RFC 864",
	Services: []string{"chargen"},
	Usual:    []uint16{19},
	Answer: func(s Said) (Match, bool) {
		first, rest, _ := bytes.Cut(s.Data, []byte("\r\n"))
		second, _, _ := bytes.Cut(rest, []byte("\r\n"))
		if len(first) != chargenLine || len(second) < chargenLine-1 || !chargenRuns(first) || !chargenRuns(second) || first[1] != second[0] {
			return Match{}, false
		}
		return Match{Strength: Certain, Kind: errorOrBanner(s), To: chargenLine + 2 + chargenLine - 1}, true
	},
}

const chargenLine = 72

// chargenRuns reports whether each character follows the one before it. Some
// leave out the space between the last and the first.
func chargenRuns(b []byte) bool {
	for i := 1; i < len(b); i++ {
		a, c := b[i-1], b[i]
		if c != a+1 && (a < '}' || c > '!') || c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
