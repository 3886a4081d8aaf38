package protocol

import (
	"bytes"
	"fmt"

	"github.com/portolan/portolan"
)

// netbiosNS is asked for its node status: the names that it has taken. The
// answer is four to five times as long as the question, so that it is asked for
// at home alone.
var netbiosNS = Protocol{
	Name: "netbios-ns", Title: "NetBIOS name service", Source: "RFC 1002, sections 4.2.1, 4.2.17 and 4.2.18",
	Services: []string{"netbios-ns"},
	Usual:    []uint16{137},
	Answer:   answerNBNS,
	Opening:  openingNBNS,
	Questions: []Question{{
		Name: "netbios-nbstat", Transport: portolan.UDP, When: AtHome, Rank: 40,
		Bytes: func(a Ask) []byte {
			b := append([]byte{}, a.Nonce[:2]...)
			b = append(b, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
			return append(netbiosName(b, nbnsAnybody), 0, nbnsStatus, 0, 1)
		},
	}},
}

// nbnsAnybody is the name that every node answers a status request for.
const nbnsAnybody = "*\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// The types of questions.
const (
	nbnsName   = 0x20
	nbnsStatus = 0x21
)

// answerNBNS reads a node status: one answer, with the name that was asked
// for, and 18 bytes for each name in it.
func answerNBNS(s Said) (Match, bool) {
	b := s.Data
	if !packet(s, 57) || s.Question != "netbios-nbstat" || !bytes.Equal(b[:2], s.Nonce[:2]) {
		return Match{}, false
	}
	// A response to a query, authoritative, without an error, with one answer.
	if b[2]&0xfc != 0x84 || b[3]&0x0f != 0 || !bytes.Equal(b[4:12], []byte{0, 0, 0, 1, 0, 0, 0, 0}) {
		return Match{}, false
	}
	if !bytes.Equal(b[12:46], netbiosName(nil, nbnsAnybody)) || !bytes.Equal(b[46:50], []byte{0, nbnsStatus, 0, 1}) {
		return Match{}, false
	}
	size, _ := be16(b, 54)
	count := int(b[56])
	if 56+size != len(b) || 57+18*count > len(b) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	m = nbnsNames(m, b[57:57+18*count])
	if mac := b[57+18*count:]; len(mac) >= 6 && !bytes.Equal(mac[:6], make([]byte, 6)) {
		m = m.with("mac", fmt.Sprintf("% x", mac[:6]))
	}
	return m, true
}

// nbnsNames adds what the names say: the 16th byte of each says who took it.
func nbnsNames(m Match, b []byte) Match {
	for ; len(b) >= 18 && len(m.Details) < 8; b = b[18:] {
		name := legibleText(bytes.TrimRight(b[:15], " \x00"))
		group := b[16]&0x80 != 0
		switch {
		case name == "":
		case b[15] == 0x00 && !group && m.Detail("name") == "":
			m = m.with("name", name)
		case b[15] == 0x00 && group && m.Detail("workgroup") == "":
			m = m.with("workgroup", name)
		case b[15] == 0x20 && m.Detail("file-server") == "":
			m = m.with("file-server", name)
		case b[15] == 0x1c && group && m.Detail("domain") == "":
			m = m.with("domain", name)
		}
	}
	return m
}

// openingNBNS recognises a query, and a name that is registered, refreshed or
// given up: all of them ask one question with an encoded name.
func openingNBNS(s Said) (Match, bool) {
	b := s.Data
	if !packet(s, 50) || b[2]&0x80 != 0 || !bytes.Equal(b[4:10], []byte{0, 1, 0, 0, 0, 0}) {
		return Match{}, false
	}
	// Behind a query is nothing; who takes a name says for which address.
	if more := b[11]; b[10] != 0 || more > 1 || len(b) != 50+18*int(more) {
		return Match{}, false
	}
	kind, _ := be16(b, 46)
	class, _ := be16(b, 48)
	if b[12] != 32 || kind != nbnsName && kind != nbnsStatus || class != 1 {
		return Match{}, false
	}
	name, _, ok := netbiosNamed(b[12:])
	asked := map[byte]string{0: "query", 5: "registration", 6: "release", 8: "refresh", 9: "refresh"}[b[2]>>3&15]
	if kind == nbnsStatus {
		asked = "status"
	}
	return Match{Strength: Certain, Kind: Opening, To: len(b)}.with("asked", asked).with("name", name), ok && asked != ""
}
