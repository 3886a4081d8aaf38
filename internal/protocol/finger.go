package protocol

import (
	"bytes"
	"strings"
)

// finger tells of a user. It is asked, at home alone, for one that no host has.
var finger = Protocol{
	Name: "finger", Title: "Finger", Source: "RFC 1288, sections 2.1 and 2.3",
	Services: []string{"finger"},
	Usual:    []uint16{79},
	Answer:   answerFinger,
	Questions: []Question{
		{Name: "finger-nobody", When: AtHome, Rank: 84, Bytes: func(a Ask) []byte { return []byte(fingerName(a.Nonce) + "\r\n") }},
	},
}

func answerFinger(s Said) (Match, bool) {
	if !textual(s.Data) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	// A request of HTTP is taken for three users.
	if foreign(s) && bytes.HasPrefix(s.Data, []byte("finger: GET: no such user")) {
		m.Kind = ErrorText
		return m, true
	}
	name := fingerName(s.Nonce)
	_, rest, echoed := bytes.Cut(s.Data, []byte(name))
	ok := echoed && hasAny(strings.ToLower(string(rest)), "no such user", "in real life: ???", "unknown user", "user not found", "not known", "no one by that name")
	return m, ok && s.Question == "finger-nobody"
}

func fingerName(n Nonce) string { return "portolan" + textNonce(n, 4) }
