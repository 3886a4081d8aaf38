package protocol

import "bytes"

// homeAssistant says its name in its page, and no version.
var homeAssistant = Protocol{
	Name: "home-assistant", Title: "Home Assistant", Source: "Home Assistant frontend, index page",
	Over:   "http",
	Usual:  []uint16{8123},
	Answer: overHTTP(homeAssistantWords),
}

func homeAssistantWords(r textReply) (Match, bool) {
	if r.title() != "Home Assistant" {
		return Match{}, false
	}
	if page := r.text(); bytes.Contains(page, []byte("/frontend_latest/")) || bytes.Contains(page, []byte("<home-assistant")) {
		return Match{}, true
	}
	return Match{Strength: Likely}, true
}
