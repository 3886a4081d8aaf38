package protocol

import (
	"bytes"
	"encoding/hex"
)

// bittorrent greets with its name, the torrent that is wanted and who wants it,
// on both sides alike.
var bittorrent = Protocol{
	Name: "bittorrent", Title: "BitTorrent", Source: "BEP 3, peer protocol; BEP 20",
	Usual:   []uint16{6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 51413},
	Answer:  bittorrentHandshake(Banner),
	Opening: bittorrentHandshake(Opening),
	Silent:  "a peer answers only who names a torrent that it has",
}

const bittorrentMagic = "\x13BitTorrent protocol"

func bittorrentHandshake(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		if !stream(s) || len(s.Data) < 48 || !bytes.HasPrefix(s.Data, []byte(bittorrentMagic)) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: kind, To: min(68, len(s.Data))}
		m = m.with("torrent", hex.EncodeToString(s.Data[28:48]))
		if len(s.Data) >= 56 && s.Data[48] == '-' && s.Data[55] == '-' { // a client's two letters and its version
			m = m.with("client", legibleText(s.Data[49:55]))
		}
		return m, true
	}
}
