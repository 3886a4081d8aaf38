package protocol

import "strings"

// plex refuses strangers at its root; who it is, it says to all.
var plex = Protocol{
	Name: "plex", Title: "Plex Media Server", Source: "Plex Media Server API, /identity",
	Over:     "http",
	Services: []string{"plex"},
	Usual:    []uint16{32400},
	Answer:   overHTTP(plexWords),
	Questions: []Question{
		{Name: "plex-identity", Rank: 8, InTLS: true, After: []string{"plex"}, Bytes: httpGet("/identity")},
	},
}

func plexWords(r textReply) (Match, bool) {
	m := Match{}
	if tag, ok := between(r.text(), "<MediaContainer ", ">"); ok && strings.Contains(tag, `machineIdentifier="`) {
		m.Version, _ = between([]byte(tag), ` version="`, `"`)
		return m, true
	}
	return m, r.has("X-Plex-Protocol")
}
