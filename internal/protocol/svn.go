package protocol

import "bytes"

// svn greets with what it can do, in its own list form.
var svn = Protocol{
	Name: "svn", Title: "Subversion", Source: "Subversion, svn protocol, section 2.1", TCPOnly: true,
	Services: []string{"svn"},
	Usual:    []uint16{3690},
	Answer: func(s Said) (Match, bool) {
		rest, ok := bytes.CutPrefix(s.Data, []byte("( success ( "))
		if _, n := number(rest); !ok || n == 0 || !textual(s.Data) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: Banner, To: len(s.Data)}
		if !bytes.Contains(s.Data, []byte("edit-pipeline")) {
			m.Strength = Likely
		}
		return m, true
	},
	Opening: func(s Said) (Match, bool) {
		rest, ok := bytes.CutPrefix(s.Data, []byte("( 2 ( "))
		if !ok || !bytes.Contains(rest, []byte("edit-pipeline")) {
			return Match{}, false
		}
		url, _ := between(rest, "svn://", " ")
		return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("url", "svn://"+url), true
	},
}
