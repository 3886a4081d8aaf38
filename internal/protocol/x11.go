package protocol

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

// x11 is asked to set up a connection in a version that is none, which it must
// refuse in its own.
var x11 = Protocol{
	Name: "x11", Title: "X11", Source: "X Window System Protocol, version 11, Connection Setup", TCPOnly: true,
	Services: []string{"x11"},
	Usual:    []uint16{6000, 6001, 6002, 6003, 6010, 6011},
	Answer:   answerX11,
	Opening:  openingX11,
	Questions: []Question{
		{Name: "x11-setup", When: Anywhere, Rank: 70, Bytes: fixed("l\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")},
		// Version 11 without an authorization: a display that is open says who made it,
		// any other refuses.
		{Name: "x11-vendor", After: []string{"x11"}, Bytes: fixed("l\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00")},
	},
}

// answerX11 reads Failed and Success; both questions ask for little endian, so
// that it is what is answered.
func answerX11(s Said) (Match, bool) {
	b := s.Data
	major, _ := le16(b, 2)
	words, ok := le16(b, 6)
	if !ok || !stream(s) || major != 11 || s.Question != "x11-setup" && s.Question != "x11-vendor" {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	switch b[0] {
	case 0:
		n := int(b[1])
		if len(b) != 8+4*words || n == 0 || (n+3)/4 != words {
			return Match{}, false
		}
		reason := bytes.TrimRight(b[8:8+n], "\r\n\x00 ")
		return m.with("refusal", string(reason)), legible(reason)
	case 1:
		n, ok := le16(b, 24)
		if !ok || len(b) < 40+n || words < 8+n/4 || len(b) > 8+4*words || !legible(b[40:40+n]) {
			return Match{}, false
		}
		release, _ := le32(b, 8)
		m = m.with("vendor", string(b[40:40+n])).with("release", strconv.FormatUint(uint64(release), 10))
		return m.with("access", "open"), true
	}
	return Match{}, false
}

// openingX11 recognises a setup in either byte order, with the name of an
// authorization and its data.
func openingX11(s Said) (Match, bool) {
	b := s.Data
	if !stream(s) || len(b) < 12 || b[1] != 0 || b[10] != 0 || b[11] != 0 {
		return Match{}, false
	}
	var order binary.ByteOrder
	switch b[0] {
	case 'l':
		order = le
	case 'B':
		order = be
	default:
		return Match{}, false
	}
	name, data := int(order.Uint16(b[6:])), int(order.Uint16(b[8:]))
	to := 12 + (name+3)&^3 + (data+3)&^3
	if v := order.Uint16(b[2:]); v != 11 && (v != 0 || len(b) != 12) || order.Uint16(b[4:]) != 0 || name > 256 || data > 1024 || len(b) < to {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: to}
	return m.with("auth", legibleText(b[12:12+name])), name == 0 || legible(b[12:12+name])
}
