package protocol

import "strings"

// mpd greets with "OK MPD" and the version of its protocol, which is not that of
// the program.
var mpd = Protocol{
	Name: "mpd", Title: "Music Player Daemon", Source: "MPD protocol, Initial handshake", TCPOnly: true,
	Usual: []uint16{6600},
	Answer: func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		version, ok := strings.CutPrefix(string(line), "OK MPD ")
		if !whole || !ok || versionAt(version) != version || version == "" {
			return Match{}, false
		}
		return Match{Strength: Certain, Kind: Banner, To: len(line)}.with("protocol", version), true
	},
}
