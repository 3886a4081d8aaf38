package protocol

import (
	"bytes"
	"strings"
)

// teamspeakQuery greets with three letters and a welcome; lines end in "\n\r",
// and every command's answer ends in one that begins with "error id=".
var teamspeakQuery = Protocol{
	Name: "teamspeak-query", Title: "TeamSpeak ServerQuery", Source: "TeamSpeak 3 Server Query Manual",
	Usual:  []uint16{10011, 25639},
	Answer: answerTeamSpeak,
	Questions: []Question{
		{Name: "teamspeak-version", After: []string{"teamspeak-query"}, Waits: true, Bytes: fixed("version\n")},
	},
}

func answerTeamSpeak(s Said) (Match, bool) {
	b := s.Data
	m := Match{Strength: Certain, Kind: Banner, To: len(b)}
	if !textual(b) {
		return Match{}, false
	}
	welcomes := [][]byte{[]byte("TS3\n\rWelcome to the TeamSpeak "), []byte("TS3\r\nWelcome to the TeamSpeak "), []byte("TS3 Client\n\r")}
	for _, w := range welcomes {
		if bytes.HasPrefix(b, w) {
			return m, true
		}
	}
	if string(b) == "TS3\n\r" || string(b) == "TS3\r\n" {
		m.Strength = Likely
		return m, true
	}
	id, ok := between(b, "error id=", " msg=")
	switch {
	case !ok || !isDigits(id) || !bytes.HasSuffix(b, []byte("\n\r")):
		return Match{}, false
	case bytes.HasPrefix(b, []byte("version=")):
		m.Kind = Handshake
		m.Version, _ = between(b, "version=", " ")
		platform, _ := between(b, " platform=", "\n")
		return m.with("platform", strings.TrimSpace(platform)), isVersion(m.Version)
	case bytes.HasPrefix(b, []byte("error id=")):
		m.Kind = ErrorText
		return m, true
	}
	return Match{}, false
}
