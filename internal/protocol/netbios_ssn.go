package protocol

import (
	"bytes"
	"strings"
)

// netbiosSSN is asked for a session with a name that no host has; it refuses in
// five bytes that say why. Servers that do not look at names agree in four.
var netbiosSSN = Protocol{
	Name: "netbios-ssn", Title: "NetBIOS session service", Source: "RFC 1002, sections 4.3.1 to 4.3.5", TCPOnly: true,
	Services: []string{"netbios-ssn"},
	Usual:    []uint16{139},
	Answer:   answerNetBIOS,
	Opening:  openingNetBIOS,
	Questions: []Question{{Name: "netbios-session-request", When: AtHome, Rank: 68, Bytes: func(Ask) []byte {
		b := []byte{0x81, 0, 0, 68}
		for range 2 {
			b = netbiosName(b, "PORTOLAN NOBODY ")
		}
		return b
	}}},
}

// netbiosRefusals are the reasons of a negative response.
var netbiosRefusals = map[byte]string{
	0x80: "not listening on called name", 0x81: "not listening for calling name",
	0x82: "called name not present", 0x83: "insufficient resources", 0x8f: "unspecified error",
}

// netbiosName writes a name of 16 bytes in the first level encoding: a letter
// from A to P for each half byte.
func netbiosName(b []byte, name string) []byte {
	b = append(b, 32)
	for i := range 16 {
		b = append(b, 'A'+name[i]>>4, 'A'+name[i]&15)
	}
	return append(b, 0)
}

// netbiosNamed reads a name in the first level encoding, with its length before
// it and a zero behind it; kind is its 16th byte.
func netbiosNamed(b []byte) (name string, kind byte, ok bool) {
	if len(b) < 34 || b[0] != 32 || b[33] != 0 {
		return "", 0, false
	}
	var raw [16]byte
	for i := range raw {
		hi, lo := b[1+2*i]-'A', b[2+2*i]-'A'
		if hi > 15 || lo > 15 {
			return "", 0, false
		}
		raw[i] = hi<<4 | lo
	}
	name = strings.TrimRight(string(raw[:15]), " \x00")
	return name, raw[15], legible([]byte(name))
}

func answerNetBIOS(s Said) (Match, bool) {
	b := s.Data
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	if !stream(s) || s.Question != "netbios-session-request" {
		return Match{}, false
	}
	switch {
	case len(b) == 5 && bytes.HasPrefix(b, []byte{0x83, 0, 0, 1}):
		why := netbiosRefusals[b[4]]
		return m.with("refusal", why), why != ""
	case len(b) == 10 && bytes.HasPrefix(b, []byte{0x84, 0, 0, 6}):
		m.Strength = Likely
		return m.with("refusal", "ask elsewhere"), true
	case bytes.Equal(b, []byte{0x82, 0, 0, 0}):
		m.Strength = Likely
		return m.with("session", "granted"), true
	}
	return Match{}, false
}

// openingNetBIOS recognises a session request; what follows it is another's.
func openingNetBIOS(s Said) (Match, bool) {
	if !stream(s) || len(s.Data) < 72 || !bytes.HasPrefix(s.Data, []byte{0x81, 0, 0, 68}) {
		return Match{}, false
	}
	called, _, ok1 := netbiosNamed(s.Data[4:])
	calling, _, ok2 := netbiosNamed(s.Data[38:])
	m := Match{Strength: Certain, Kind: Opening, To: 72}
	return m.with("called", called).with("calling", calling), ok1 && ok2
}
