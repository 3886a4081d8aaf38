package protocol

import "strings"

// dict greets with 220, what it can do and a message's id, each in angle brackets.
var dict = Protocol{
	Name: "dict", Title: "DICT", Source: "RFC 2229, section 3.1",
	Services: []string{"dict"},
	Usual:    []uint16{2628},
	Answer:   answerDict,
	Opening:  openingDict,
}

func answerDict(s Said) (Match, bool) {
	first, ok := greeting(s.Data)
	if !ok || first.code != 220 {
		return Match{}, false
	}
	// "220 host dictd 1.13.0/rf on Linux 6.1 <auth.mime> <2.1.1795444434@host>"
	text := first.text()
	head, rest, opened := strings.Cut(text, " <")
	abilities, id, ended := strings.Cut(rest, "> <")
	local, host, at := strings.Cut(strings.TrimSuffix(id, ">"), "@")
	if !opened || !ended || !at || local == "" || host == "" || !strings.HasSuffix(id, ">") || strings.Trim(abilities, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, To: lineEnd(s.Data)}
	m.Product, m.Version, _ = named(head, []string{"dictd", "dico", "jdictd", "serpento", "Dictd"})
	m.Version, _, _ = strings.Cut(m.Version, "/")
	return m.with("abilities", abilities), true
}

func openingDict(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || !textual(line) || len(words) < 2 {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(line)}.with("command", words[0])
	switch strings.ToUpper(words[0]) {
	case "CLIENT":
		m.Strength = Certain
		return m.with("client", strings.Join(words[1:], " ")), true
	case "DEFINE":
		return m, len(words) == 3
	case "MATCH":
		return m, len(words) == 4
	case "SHOW":
		return m, len(words) == 2 && hasWord(words[1], "DB", "DATABASES", "STRAT", "STRATEGIES", "SERVER")
	}
	return Match{}, false
}
