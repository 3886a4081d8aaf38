package protocol

import (
	"bytes"
	"strings"
)

// asteriskManager greets with its name and the version of its protocol, which is
// not that of the program.
var asteriskManager = Protocol{
	Name: "asterisk-manager", Title: "Asterisk Manager Interface", Source: "Asterisk documentation, AMI v2 Specification",
	Usual:   []uint16{5038, 5039},
	Answer:  answerAsterisk,
	Opening: openingAsterisk,
}

func answerAsterisk(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: Banner, To: len(line)}
	if !whole {
		return Match{}, false
	}
	for _, name := range []string{"Asterisk Call Manager/", "CallWeaver Call Manager/", "OpenPBX Call Manager/"} {
		if version, ok := strings.CutPrefix(string(line), name); ok && isVersion(version) {
			return m.with("protocol", version), true
		}
	}
	if string(line) == "Response: Error" && bytes.Contains(s.Data, []byte("\nMessage: Missing action in request\r\n")) {
		m.Kind = ErrorText
		return m, true
	}
	return Match{}, false
}

// openingAsterisk recognises an action: "Action: Login".
func openingAsterisk(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || !startsFold(line, "Action: ") || !printable(line) {
		return Match{}, false
	}
	action := string(line[len("Action: "):])
	user, _ := between(s.Data, "\nUsername: ", "\r\n")
	m := Match{Strength: Likely, Kind: Opening, To: len(line)}.with("action", action).with("user", user)
	switch strings.ToLower(action) {
	case "login", "challenge", "ping", "logoff":
		m.Strength = Certain
	}
	return m, action != ""
}
