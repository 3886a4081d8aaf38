package protocol

import (
	"bytes"
	"strings"
)

// svn greets with what it can do, in its own form of lists.
var svn = Protocol{
	Name: "svn", Title: "Subversion", Source: "Subversion, ra_svn protocol, sections 1 and 2", TCPOnly: true,
	Services: []string{"svn"},
	Usual:    []uint16{3690},
	Answer:   answerSVN,
	Opening:  openingSVN,
}

// answerSVN knows the greeting "( success ( minver maxver mechs ( caps ) ) )" and
// the refusal "( failure ( ( apr-err message file line ) ) )".
func answerSVN(s Said) (Match, bool) {
	words := strings.Fields(string(s.Data[:min(len(s.Data), 512)]))
	if len(words) < 6 || !textual(s.Data) || words[0] != "(" || words[2] != "(" {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, To: len(s.Data)}
	switch words[1] {
	case "success":
		if !isDigits(words[3]) || !isDigits(words[4]) || words[5] != "(" {
			return Match{}, false
		}
		if !bytes.Contains(s.Data, []byte(" edit-pipeline ")) {
			m.Strength = Likely
		}
		return m.with("protocol", words[3]+" to "+words[4]), true
	case "failure":
		length, text, ok := strings.Cut(words[5], ":")
		if words[3] != "(" || !isDigits(words[4]) || !ok || !isDigits(length) || text == "" {
			return Match{}, false
		}
		m.Kind = ErrorText
		return m, true
	}
	return Match{}, false
}

// isDigits reports whether s is a number of at most nine digits.
func isDigits(s string) bool {
	_, n := number([]byte(s))
	return n > 0 && n == len(s)
}

// openingSVN recognises "( 2 ( edit-pipeline … ) 20:svn://192.0.2.1/repo …".
func openingSVN(s Said) (Match, bool) {
	rest, ok := bytes.CutPrefix(s.Data, []byte("( 2 ( "))
	if !ok || !bytes.Contains(rest, []byte("edit-pipeline ")) || !textual(s.Data) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	_, rest, _ = bytes.Cut(rest, []byte(" ) "))
	if n, k := number(rest); k > 0 && len(rest) > k+1+n && rest[k] == ':' {
		m = m.with("url", string(rest[k+1:k+1+n]))
		if _, rest, ok = bytes.Cut(rest[k+1+n:], []byte(":")); ok {
			agent, _, _ := bytes.Cut(rest, []byte(" "))
			m = m.with("agent", string(agent))
		}
	}
	return m, true
}
