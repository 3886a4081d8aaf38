package protocol

import "bytes"

// qbittorrent asks for a login under its own title.
var qbittorrent = Protocol{
	Name: "qbittorrent", Title: "qBittorrent", Source: "qBittorrent WebUI documentation",
	Over:   "http",
	Usual:  []uint16{8080},
	Answer: overHTTP(qbittorrentWords),
}

func qbittorrentWords(r textReply) (Match, bool) {
	switch r.title() {
	case "qBittorrent Web UI", "qBittorrent WebUI", "qBittorrent":
	default:
		return Match{}, false
	}
	if bytes.Contains(r.text(), []byte("images/qbittorrent")) {
		return Match{}, true
	}
	return Match{Strength: Likely}, true
}
