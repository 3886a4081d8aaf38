package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// teamspeak3 is asked for the first step of its handshake, which proves to the
// server that the client's address is its own, and binds nobody.
var teamspeak3 = Protocol{
	Name: "teamspeak3", Title: "TeamSpeak 3", Source: "TeamSpeak 3 protocol paper (ReSpeak), section 2.5, Low-Level Initialization",
	Usual:   []uint16{9987},
	Answer:  answerTeamSpeak3,
	Opening: openingTeamSpeak,
	Questions: []Question{{Name: "teamspeak3-init", Transport: portolan.UDP, When: AtHome, Rank: 60, Bytes: func(a Ask) []byte {
		b := append([]byte(teamspeakMagic), 0, 101, 0, 0, teamspeakInit)
		b = append(b, 0x06, 0x3b, 0xec, 0xe9, 0) // a client's build, step 0
		b = append(b, 0, 0, 0, 0)                // its time
		b = append(b, a.Nonce[:4]...)
		return append(b, make([]byte, 8)...)
	}}},
}

const (
	teamspeakMagic = "TS3INIT1"
	teamspeakInit  = 0x88 // the packet's type, and that it is not encrypted
)

// answerTeamSpeak3 reads step 1: 16 bytes of the server's and our four, turned
// round. Step 127 asks to begin again.
func answerTeamSpeak3(s Said) (Match, bool) {
	b := s.Data
	if !packet(s, 12) || !bytes.HasPrefix(b, []byte(teamspeakMagic+"\x00\x65\x88")) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	n := s.Nonce
	switch {
	case b[11] == 1 && len(b) == 32 && s.Question == "teamspeak3-init":
		return m, bytes.Equal(b[28:], []byte{n[3], n[2], n[1], n[0]})
	case b[11] == 127 && len(b) <= 32:
		return m, true
	}
	return Match{}, false
}

// openingTeamSpeak recognises a step of a client's.
func openingTeamSpeak(s Said) (Match, bool) {
	b := s.Data
	if !packet(s, 34) || !bytes.HasPrefix(b, []byte(teamspeakMagic+"\x00\x65")) || b[12] != teamspeakInit {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}
	switch b[17] { // steps 0, 2 and 4; the last has a puzzle and a text in it
	case 0:
		return m, len(b) == 34
	case 2:
		return m, len(b) == 38
	}
	m.Strength = Likely
	return m, b[17] == 4
}
