package protocol

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// sourceQuery is asked for what lists of servers show. Most answer with a
// number first, that the question must be asked again with.
var sourceQuery = Protocol{
	Name: "source-query", Title: "Source server query (A2S)", Source: "Valve developer community, Server queries, A2S_INFO",
	Usual:   []uint16{27015, 27016, 2303, 7777},
	Answer:  answerA2S,
	Opening: openingA2S,
	Questions: []Question{{Name: "a2s-info-udp", Transport: portolan.UDP, When: AtHome, Rank: 61, Bytes: fixed(a2sInfo), Next: func(s Said, step int) []byte {
		if step != 1 || len(s.Data) != 9 || !bytes.HasPrefix(s.Data, []byte(a2sChallenge)) {
			return nil
		}
		return append([]byte(a2sInfo), s.Data[5:9]...)
	}}},
}

const (
	a2sInfo      = "\xff\xff\xff\xffTSource Engine Query\x00"
	a2sChallenge = "\xff\xff\xff\xffA"
	a2sAnswer    = "\xff\xff\xff\xffI"
	a2sOldAnswer = "\xff\xff\xff\xffm"
)

func answerA2S(s Said) (Match, bool) {
	if !packet(s, 9) || s.Question != "a2s-info-udp" {
		return Match{}, false
	}
	b := s.Data
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	if bytes.HasPrefix(b, []byte(a2sChallenge)) {
		if len(b) == 9 {
			m.Strength = Likely
			return m, true
		}
		b = b[9:] // what was said to the question with the number
	}
	switch {
	case bytes.HasPrefix(b, []byte(a2sAnswer)) && len(b) > 6:
		return a2sFacts(b[6:], m)
	case bytes.HasPrefix(b, []byte(a2sOldAnswer)):
		return a2sOldFacts(b[5:], m)
	}
	return Match{}, false
}

// a2sFacts reads four texts, the game's number, players, their limit, bots,
// five marks, and the game's version.
func a2sFacts(b []byte, m Match) (Match, bool) {
	var ok bool
	for _, name := range [...]string{"name", "map", "folder", "game"} {
		var text string
		if text, b, ok = cString(b); !ok {
			return Match{}, false
		}
		m = m.with(name, text)
	}
	if len(b) < 9 || !strings.ContainsRune("dDlLpP", rune(b[5])) {
		return Match{}, false
	}
	m = m.with("players", strconv.Itoa(int(b[2]))+" of "+strconv.Itoa(int(b[3])))
	version, b, ok := cString(b[9:])
	return m.with("game-version", version), ok && a2sExtra(b)
}

// a2sExtra walks what a byte of marks says is behind the version: port, number
// of the server, spectators' port and name, keywords, number of the game.
func a2sExtra(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	marks := b[0]
	b = b[1:]
	for _, part := range [...]struct {
		mark byte
		size int
		text bool
	}{{0x80, 2, false}, {0x10, 8, false}, {0x40, 2, true}, {0x20, 0, true}, {0x01, 8, false}} {
		if marks&part.mark == 0 {
			continue
		}
		if len(b) < part.size {
			return false
		}
		b = b[part.size:]
		if part.text {
			var ok bool
			if _, b, ok = cString(b); !ok {
				return false
			}
		}
	}
	return len(b) == 0
}

// a2sOldFacts reads the answer of servers before Source: an address, then the texts.
func a2sOldFacts(b []byte, m Match) (Match, bool) {
	_, b, ok := cString(b)
	for _, name := range [...]string{"name", "map", "folder", "game"} {
		var text string
		if !ok {
			return Match{}, false
		}
		text, b, ok = cString(b)
		m = m.with(name, text)
	}
	// Players, their limit, protocol, kind, system, password, whether the game is
	// changed, secured, bots; who changed it stands between.
	if !ok || len(b) < 9 || b[6] > 1 || b[6] == 0 && len(b) != 9 {
		return Match{}, false
	}
	return m.with("players", strconv.Itoa(int(b[0]))+" of "+strconv.Itoa(int(b[1]))), true
}

// openingA2S recognises the question, with the number or without.
func openingA2S(s Said) (Match, bool) {
	ok := packet(s, len(a2sInfo)) && bytes.HasPrefix(s.Data, []byte(a2sInfo)) && (len(s.Data) == len(a2sInfo) || len(s.Data) == len(a2sInfo)+4)
	return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}, ok
}
