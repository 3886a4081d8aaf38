package protocol

import (
	"bytes"
	"strconv"
	"strings"
)

// afp is asked for what every client may know before it logs in: the machine,
// its name, and the versions that it speaks.
var afp = Protocol{
	Name: "afp", Title: "AFP", Source: "Apple Filing Protocol Programming Guide, DSI header and FPGetSrvrInfo",
	Services:  []string{"afpovertcp"},
	Usual:     []uint16{548},
	Answer:    answerAFP,
	Opening:   openingAFP,
	Questions: []Question{{Name: "afp-dsi-getstatus", When: AtHome, Rank: 76, Bytes: askAFP}},
}

const (
	afpHeader = 16
	afpStatus = 3
	afpOpen   = 4
)

func askAFP(a Ask) []byte {
	b := make([]byte, afpHeader)
	b[1] = afpStatus
	copy(b[2:4], a.Nonce[:2])
	return b
}

// afpMessage checks a header of DSI: whose turn it is, command, our number,
// no error, length, nothing.
func afpMessage(s Said, turn byte) (command byte, body []byte, ok bool) {
	b := s.Data
	n, _ := be32(b, 8)
	if !stream(s) || len(b) < afpHeader || b[0] != turn || int64(len(b)) != afpHeader+int64(n) || !bytes.Equal(b[12:16], make([]byte, 4)) {
		return 0, nil, false
	}
	return b[1], b[afpHeader:], true
}

// answerAFP reads the server's information: where machine, versions and ways to
// log in stand, flags, and its name.
func answerAFP(s Said) (Match, bool) {
	command, b, ok := afpMessage(s, 1)
	if !ok || command != afpStatus || s.Question != "afp-dsi-getstatus" || !bytes.Equal(s.Data[2:4], s.Nonce[:2]) || !bytes.Equal(s.Data[4:8], make([]byte, 4)) {
		return Match{}, false
	}
	machine := afpStrings(b, 0, 1)
	versions := afpStrings(b, 2, 0)
	name, ok := afpString(b, 10)
	if !ok || len(machine) != 1 || len(versions) == 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if v, ok := strings.CutPrefix(machine[0], "Netatalk"); ok { // the only one that says its own version there
		m.Product, m.Version = "Netatalk", strings.TrimSpace(v)
	}
	m = m.with("machine", machine[0]).with("name", name).with("versions", strings.Join(versions, ", "))
	return m.with("auth", strings.Join(afpStrings(b, 4, 0), ", ")), true
}

// afpString reads a text behind its length.
func afpString(b []byte, at int) (string, bool) {
	if at >= len(b) || at+1+int(b[at]) > len(b) {
		return "", false
	}
	text := b[at+1 : at+1+int(b[at])]
	return string(text), legible(text)
}

// afpStrings reads the texts whose place stands at an offset: one, or as many as
// the byte there says.
func afpStrings(b []byte, at, count int) (all []string) {
	at, ok := be16(b, at)
	if !ok || at >= len(b) {
		return nil
	}
	if count == 0 {
		count, at = min(int(b[at]), 16), at+1
	}
	for ; count > 0; count-- {
		text, ok := afpString(b, at)
		if !ok {
			return nil
		}
		all, at = append(all, text), at+1+len(text)
	}
	return all
}

// openingAFP recognises the two commands that a client may begin with.
func openingAFP(s Said) (Match, bool) {
	command, b, ok := afpMessage(s, 0)
	if !ok {
		return Match{}, false
	}
	number, _ := be16(s.Data, 2)
	m := Match{Strength: Likely, Kind: Opening, To: len(s.Data)}.with("number", strconv.Itoa(number))
	switch {
	case command == afpStatus && len(b) == 0 && bytes.Equal(s.Data[4:8], make([]byte, 4)):
		return m.with("asked", "status"), true
	case command == afpOpen && len(b) == 6 && b[0] == 1 && b[1] == 4: // the size of its buffer
		return m.with("asked", "session"), true
	}
	return Match{}, false
}
