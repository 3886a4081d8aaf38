package protocol

import (
	"bytes"
	"strings"
)

// mpd greets with "OK MPD" and the version of its protocol, which is not that of
// the program.
var mpd = Protocol{
	Name: "mpd", Title: "Music Player Daemon", Source: "MPD protocol, Protocol overview and Failure responses", TCPOnly: true,
	Usual:   []uint16{6600},
	Answer:  answerMPD,
	Opening: openingMPD,
}

func answerMPD(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: Banner, To: len(line)}
	text := string(line)
	if !whole || !textual(line) {
		return Match{}, false
	}
	if version, ok := strings.CutPrefix(text, "OK MPD "); ok && isVersion(version) {
		return m.with("protocol", version), true
	}
	// "ACK [5@0] {} unknown command \"GET\""
	rest, ok := strings.CutPrefix(text, "ACK [")
	code, rest, at := strings.Cut(rest, "@")
	index, rest, ended := strings.Cut(rest, "] {")
	if !ok || !at || !ended || !isDigits(code) || !isDigits(index) || !strings.Contains(rest, "} ") {
		return Match{}, false
	}
	m.Kind = ErrorText
	return m, true
}

func openingMPD(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	switch word, _, _ := bytes.Cut(line, []byte(" ")); string(word) {
	case "currentsong", "command_list_begin", "command_list_ok_begin", "playlistinfo", "listplaylists", "lsinfo":
		return Match{Strength: Certain, Kind: Opening, To: len(line)}.with("command", string(word)), whole && printable(line)
	}
	return Match{}, false
}
