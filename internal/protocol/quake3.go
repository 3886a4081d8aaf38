package protocol

import (
	"bytes"
	"encoding/hex"
	"strings"

	"github.com/portolan/portolan"
)

// quake3 is asked what lists of servers show, with a word that the answer
// repeats; the list of players, which is longer, is not asked for.
var quake3 = Protocol{
	Name: "quake3", Title: "Quake III and its kin", Source: "Quake III Arena source, code/server/sv_main.c, SVC_Info",
	Usual:   []uint16{27960, 27961, 26000, 44400},
	Answer:  answerQuake3,
	Opening: openingQuake3,
	Questions: []Question{{Name: "quake3-getinfo-udp", Transport: portolan.UDP, When: AtHome, Rank: 62, Bytes: func(a Ask) []byte {
		return []byte("\xff\xff\xff\xffgetinfo " + quake3Word(a.Nonce))
	}}},
}

const quake3Info = "\xff\xff\xff\xffinfoResponse\n\\"

// quake3Word is how our number is written.
func quake3Word(n Nonce) string { return hex.EncodeToString(n[:6]) }

// answerQuake3 reads names and values with backslashes between, our word among them.
func answerQuake3(s Said) (Match, bool) {
	text, ok := bytes.CutPrefix(s.Data, []byte(quake3Info))
	if !ok || !packet(s, 1) || s.Question != "quake3-getinfo-udp" {
		return Match{}, false
	}
	fields := map[string]string{}
	parts := strings.Split(strings.TrimRight(string(text), "\x00\n"), `\`)
	for i := 0; i+1 < len(parts) && i < 128; i += 2 {
		fields[parts[i]] = legibleText([]byte(parts[i+1]))
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	for _, name := range [...]string{"gamename", "game", "gameversion", "protocol", "hostname", "mapname"} {
		m = m.with(name, fields[name])
	}
	return m, fields["challenge"] == quake3Word(s.Nonce)
}

func openingQuake3(s Said) (Match, bool) {
	for _, word := range [...]string{"getinfo", "getstatus", "getchallenge", "getservers", "rcon"} {
		rest, ok := bytes.CutPrefix(s.Data, []byte("\xff\xff\xff\xff"+word))
		if ok && packet(s, 1) && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\n' || rest[0] == 0) {
			return Match{Strength: Certain, Kind: Opening, To: 4 + len(word)}.with("asked", word), true
		}
	}
	return Match{}, false
}
