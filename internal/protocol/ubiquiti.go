package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// ubiquiti is the discovery of that maker's devices. An answer is many times
// the question, which is why it is asked at home only.
var ubiquiti = Protocol{
	Name: "ubiquiti-discovery", Title: "Ubiquiti discovery", Source: "packets as airOS, EdgeOS and UniFi devices send them",
	Usual:   []uint16{10001},
	Answer:  answerUbiquiti,
	Opening: openingUbiquiti,
	Questions: []Question{
		{Name: "ubiquiti-discovery", Transport: portolan.UDP, When: AtHome, Bytes: fixed("\x01\x00\x00\x00")},
	},
}

// The fields that are looked at.
const (
	ubiquitiMAC      = 0x01
	ubiquitiAddress  = 0x02
	ubiquitiFirmware = 0x03
	ubiquitiHost     = 0x0b
	ubiquitiModel    = 0x0c
	ubiquitiLong     = 0x14
)

// answerUbiquiti walks type, length and value to the last byte. A device names
// its hardware address and its firmware.
func answerUbiquiti(s Said) (Match, bool) {
	b := s.Data
	size, _ := be16(b, 2)
	if !datagram(s, 12) || b[0] != 1 && b[0] != 2 || b[0] == 1 && b[1] != 0 || b[0] == 2 && b[1] != 6 && b[1] != 9 && b[1] != 11 || size != len(b)-4 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	address := false
	for rest := b[4:]; len(rest) > 0; {
		n, ok := be16(rest, 1)
		if !ok || n > len(rest)-3 {
			return Match{}, false
		}
		value := rest[3 : 3+n]
		text := shown(bytes.TrimRight(value, "\x00"))
		switch kind := rest[0]; {
		case kind == ubiquitiMAC && n == 6 || kind == ubiquitiAddress && n == 10:
			address = true
		case kind == ubiquitiFirmware && m.Version == "":
			m.Version = text
		case (kind == ubiquitiModel || kind == ubiquitiLong && m.Product == "") && text != "":
			m.Product = text
		case kind == ubiquitiHost && m.Detail("host") == "":
			m = m.with("host", text)
		}
		rest = rest[3+n:]
	}
	return m, address && m.Version != ""
}

// openingUbiquiti recognises the question: a header that announces nothing.
func openingUbiquiti(s Said) (Match, bool) {
	if !datagram(s, 4) || string(s.Data) != "\x01\x00\x00\x00" && string(s.Data) != "\x02\x08\x00\x00" {
		return Match{}, false
	}
	return Match{Strength: Likely, Kind: Opening, To: 4}, true
}
