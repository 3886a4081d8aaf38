package protocol

import "strings"

// ident tells who owns a connection that comes from its host. The question names
// two ports that no connection has, and the answer repeats them.
var ident = Protocol{
	Name: "ident", Title: "Identification Protocol", Source: "RFC 1413, sections 4 and 6",
	Services: []string{"auth"},
	Usual:    []uint16{113},
	Answer:   answerIdent,
	Opening:  openingIdent,
	Questions: []Question{
		{Name: "ident-zero", When: AtHome, Rank: 82, Bytes: fixed("0 , 0\r\n")},
	},
}

// answerIdent reads "0 , 0 : ERROR : INVALID-PORT", with spaces as the server likes.
func answerIdent(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	parts := strings.Split(string(line), ":")
	if !whole || !printable(line) || len(parts) < 3 {
		return Match{}, false
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	ours, theirs, ok := identPorts(parts[0])
	m := Match{Strength: Certain, Kind: Handshake, To: len(line)}
	switch {
	case !ok:
	case parts[1] == "ERROR" && len(parts) == 3:
		if parts[2] != "INVALID-PORT" && parts[2] != "NO-USER" && parts[2] != "HIDDEN-USER" && parts[2] != "UNKNOWN-ERROR" && !strings.HasPrefix(parts[2], "X") {
			return Match{}, false
		}
		if s.Question != "ident-zero" || ours+theirs != 0 {
			m.Strength, m.Kind = Likely, ErrorText
		}
		return m.with("error", parts[2]), true
	case parts[1] == "USERID" && len(parts) > 3 && s.Question == "ident-zero" && ours+theirs == 0:
		return m.with("system", parts[2]), true
	}
	return Match{}, false
}

// identPorts reads "6193 , 23".
func identPorts(s string) (a, b int, ok bool) {
	left, right, ok := strings.Cut(s, ",")
	left, right = strings.TrimSpace(left), strings.TrimSpace(right)
	if !ok || !isDigits(left) || !isDigits(right) {
		return 0, 0, false
	}
	a, _ = number([]byte(left))
	b, _ = number([]byte(right))
	return a, b, a < 1<<16 && b < 1<<16
}

// openingIdent recognises a question, which is two numbers: others may say them.
func openingIdent(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if _, _, ok := identPorts(string(line)); !ok || !whole {
		return Match{}, false
	}
	return Match{Strength: Likely, Kind: Opening, To: len(line)}.with("ports", string(line)), true
}
