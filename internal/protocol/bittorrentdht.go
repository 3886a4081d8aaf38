package protocol

import (
	"bytes"
	"encoding/hex"

	"github.com/portolan/portolan"
)

// bittorrentDHT is asked as a node that only reads (BEP 43), which nobody puts
// into a routing table.
var bittorrentDHT = Protocol{
	Name: "bittorrent-dht", Title: "BitTorrent DHT", Source: "BEP 5; BEP 43",
	Usual:   []uint16{6881, 6882, 6883, 51413},
	Answer:  answerDHT,
	Opening: openingDHT,
	Questions: []Question{
		{Name: "dht-ping", Transport: portolan.UDP, When: AtHome, Bytes: func(a Ask) []byte {
			id := hex.EncodeToString(a.Nonce[:10])
			return []byte("d1:ad2:id20:" + id + "e1:q4:ping2:roi1e1:t4:" + string(a.Nonce[10:14]) + "1:y1:qe")
		}},
	},
}

// dhtDeepest is how deep values may stand in each other.
const dhtDeepest = 8

// dhtEnd returns the byte behind the bencoded value at an offset; -1 where it is broken.
func dhtEnd(b []byte, at, depth int) int {
	if at >= len(b) || depth > dhtDeepest {
		return -1
	}
	switch c := b[at]; {
	case c == 'i':
		i := bytes.IndexByte(b[at:], 'e')
		if i < 2 || i > 21 {
			return -1
		}
		return at + i + 1
	case c == 'l' || c == 'd':
		for at++; at < len(b) && b[at] != 'e'; {
			if at = dhtEnd(b, at, depth+1); at < 0 {
				return -1
			}
		}
		if at >= len(b) {
			return -1
		}
		return at + 1
	}
	_, end := dhtString(b, at)
	return end
}

// dhtString reads "4:ping".
func dhtString(b []byte, at int) (value []byte, end int) {
	if at >= len(b) {
		return nil, -1
	}
	size, n := number(b[at:])
	at += n
	if n == 0 || at >= len(b) || b[at] != ':' || size > len(b)-at-1 {
		return nil, -1
	}
	return b[at+1 : at+1+size], at + 1 + size
}

// dhtPairs returns the values of a dictionary, still bencoded, by their keys;
// false where it does not end with the data.
func dhtPairs(b []byte) (map[string][]byte, bool) {
	if len(b) < 2 || b[0] != 'd' {
		return nil, false
	}
	pairs, at := map[string][]byte{}, 1
	for at < len(b) && b[at] != 'e' {
		key, value := dhtString(b, at)
		if value < 0 {
			return nil, false
		}
		if at = dhtEnd(b, value, 0); at < 0 {
			return nil, false
		}
		pairs[string(key)] = b[value:at]
	}
	return pairs, at == len(b)-1
}

// dhtValue returns the string that a value is; "" where it is none.
func dhtValue(b []byte) string {
	v, end := dhtString(b, 0)
	if end != len(b) {
		return ""
	}
	return string(v)
}

func answerDHT(s Said) (Match, bool) {
	pairs, ok := dhtPairs(s.Data)
	if !ok || !datagram(s, 12) || dhtValue(pairs["t"]) != string(s.Nonce[10:14]) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	switch dhtValue(pairs["y"]) {
	case "r":
		reply, ok := dhtPairs(pairs["r"])
		if !ok || len(dhtValue(reply["id"])) != 20 {
			return Match{}, false
		}
	case "e":
		if len(pairs["e"]) < 2 || pairs["e"][0] != 'l' {
			return Match{}, false
		}
		m = m.with("error", "yes")
	default:
		return Match{}, false
	}
	return m.with("client", shown([]byte(dhtValue(pairs["v"])))), true
}

func openingDHT(s Said) (Match, bool) {
	pairs, ok := dhtPairs(s.Data)
	if !ok || !datagram(s, 12) || dhtValue(pairs["y"]) != "q" || dhtValue(pairs["q"]) == "" || dhtValue(pairs["t"]) == "" {
		return Match{}, false
	}
	asked, ok := dhtPairs(pairs["a"])
	if !ok || len(dhtValue(asked["id"])) != 20 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	return m.with("query", shown([]byte(dhtValue(pairs["q"])))).with("client", shown([]byte(dhtValue(pairs["v"])))), true
}
