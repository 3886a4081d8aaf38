package protocol

import "strings"

// gopher answers a selector with a menu: lines of four fields, or of an error in
// the same form.
var gopher = Protocol{
	Name: "gopher", Title: "Gopher", Source: "RFC 1436, section 3",
	Services: []string{"gopher"},
	Usual:    []uint16{70},
	Answer:   answerGopher,
	Questions: []Question{
		{Name: "gopher-menu", When: AtHome, Rank: 83, InTLS: true, Bytes: fixed("\r\n")},
	},
}

// gopherTypes are those of the document, and what is used besides.
const gopherTypes = "0123456789+TgIisPdh;cMpXr"

func answerGopher(s Said) (Match, bool) {
	if !textual(s.Data) {
		return Match{}, false
	}
	lines := strings.Split(strings.ReplaceAll(string(s.Data), "\r\n", "\n"), "\n")
	items, ended := 0, false
	for _, l := range lines[:len(lines)-1] { // the last is empty, or cut short
		if ended = l == "."; ended {
			break
		}
		if l == "" && items > 0 {
			continue
		}
		if !isGopherItem(l) {
			return Match{}, false
		}
		items++
	}
	if items == 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if foreign(s) {
		m.Kind = ErrorText
	}
	if items == 1 && !ended && lines[0][0] != '3' {
		m.Strength = Likely
	}
	return m, true
}

// isGopherItem reports whether a line is a type, a title, a selector, a host and
// a port, with tabs between them.
func isGopherItem(line string) bool {
	fields := strings.Split(line, "\t")
	if len(fields) < 4 || len(fields) > 5 || fields[0] == "" || strings.IndexByte(gopherTypes, fields[0][0]) < 0 || fields[2] == "" {
		return false
	}
	port, n := number([]byte(fields[3]))
	return n > 0 && n == len(strings.TrimSpace(fields[3])) && port < 1<<16
}
