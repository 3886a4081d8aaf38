package protocol

import "strings"

// poppassd changes passwords and asks at once who it is for.
var poppassd = Protocol{
	Name: "poppassd", Title: "poppassd", Source: "poppassd(8)",
	Usual: []uint16{106},
	Answer: func(s Said) (Match, bool) {
		first, ok := greeting(s.Data)
		if !ok || first.code != 200 || !hasAny(strings.ToLower(first.text()), "hello, who are you?", "hello and welcome to poppassd", "poppassd") {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: Banner, To: lineEnd(s.Data)}
		m.Product, m.Version, _ = named(first.text(), []string{"poppassd", "courierpassd", "poppwd", "CommuniGate Pro", "Stalker Internet Password Server"})
		return m, true
	},
}
