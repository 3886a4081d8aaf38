package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// bacnet is asked for one property of the device itself, whatever its number;
// the answer repeats the number of the call and the property.
var bacnet = Protocol{
	Name: "bacnet", Title: "BACnet/IP", Source: "ASHRAE 135, clauses 6.2, 15.5, 20.1 and annex J",
	Services: []string{"bacnet"},
	Usual:    []uint16{47808},
	Answer:   answerBACnet,
	Opening:  openingBACnet,
	Questions: []Question{
		{Name: "bacnet-vendor", Transport: portolan.UDP, When: OnRequest, Rank: 2, Bytes: askBACnet(121)},
		{Name: "bacnet-model", Transport: portolan.UDP, After: []string{"bacnet"}, When: OnRequest, Bytes: askBACnet(70)},
		{Name: "bacnet-firmware", Transport: portolan.UDP, After: []string{"bacnet"}, When: OnRequest, Bytes: askBACnet(44)},
	},
}

// bacnetProperties are the properties that our questions read.
var bacnetProperties = map[string]byte{"bacnet-vendor": 121, "bacnet-model": 70, "bacnet-firmware": 44}

// The kinds of messages, in the upper half of their first byte.
const (
	bacnetConfirmed   = 0
	bacnetUnconfirmed = 1
	bacnetComplexAck  = 3
	bacnetError       = 5
	bacnetReject      = 6
	bacnetAbort       = 7

	bacnetReadProperty = 12
)

// askBACnet reads a property of the device object 4194303, which is any.
func askBACnet(property byte) func(Ask) []byte {
	return func(a Ask) []byte {
		return []byte{
			0x81, 0x0a, 0, 17, // unicast, and the length of all
			1, 4, // version 1, an answer is expected
			bacnetConfirmed, 5, a.Nonce[0], bacnetReadProperty,
			0x0c, 0x02, 0x3f, 0xff, 0xff, 0x19, property,
		}
	}
}

// bacnetMessage takes the headers away: the length of the datagram, and the
// way back to networks behind a router.
func bacnetMessage(s Said) ([]byte, bool) {
	b := s.Data
	n, _ := be16(b, 2)
	if !packet(s, 8) || b[0] != 0x81 || n != len(b) {
		return nil, false
	}
	switch b[1] {
	case 0x0a, 0x0b, 0x09: // unicast, broadcast, and broadcast for others
		b = b[4:]
	case 0x04: // passed on for another, whose address is here
		b = b[min(10, len(b)):]
	default:
		return nil, false
	}
	if len(b) < 4 || b[0] != 1 || b[1]&0x80 != 0 {
		return nil, false
	}
	control := b[1]
	b = b[2:]
	for _, bit := range [...]byte{0x20, 0x08} { // the networks of who is asked and of who asks
		if control&bit != 0 {
			if len(b) < 3 || len(b) < 3+int(b[2]) {
				return nil, false
			}
			b = b[3+int(b[2]):]
		}
	}
	if control&0x20 != 0 && len(b) > 0 {
		b = b[1:] // hops
	}
	return b, len(b) >= 2
}

func answerBACnet(s Said) (Match, bool) {
	b, ok := bacnetMessage(s)
	property := bacnetProperties[s.Question]
	if !ok || property == 0 || b[1] != s.Nonce[0] || len(b) < 3 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	switch b[0] >> 4 {
	case bacnetComplexAck:
		return bacnetValue(b, property, m)
	case bacnetError:
		return m.with("refusal", "error"), b[0]&15 == 0 && b[2] == bacnetReadProperty && len(b) == 7 && b[3] == 0x91 && b[5] == 0x91
	case bacnetReject:
		return m.with("refusal", "rejected"), b[0]&15 == 0 && len(b) == 3 && b[2] <= 9
	case bacnetAbort:
		return m.with("refusal", "aborted"), b[0]&14 == 0 && len(b) == 3 && b[2] <= 11
	}
	return Match{}, false
}

// bacnetValue reads the object, the property and a text.
func bacnetValue(b []byte, property byte, m Match) (Match, bool) {
	if len(b) < 14 || b[0]&15 != 0 || b[2] != bacnetReadProperty || b[3] != 0x0c || b[4] != 2 || !bytes.Equal(b[8:11], []byte{0x19, property, 0x3e}) {
		return Match{}, false
	}
	text, ok := bacnetText(b[11:])
	if !ok {
		return Match{}, false
	}
	switch property {
	case 121:
		return m.with("vendor", text), true
	case 70:
		m.Product = text
	case 44:
		m.Version = text
	}
	return m, true
}

// bacnetText reads a character string to the closing tag behind it.
func bacnetText(b []byte) (string, bool) {
	n, at := int(b[0]&7), 1
	if n == 5 {
		n, at = int(b[1]), 2
	}
	if b[0]&0xf8 != 0x70 || n < 1 || n > 253 || len(b) != at+n+1 || b[at+n] != 0x3f {
		return "", false
	}
	text := b[at+1 : at+n]
	if b[at] == 4 {
		return utf16Text(text, be), true
	}
	return strings.TrimSpace(legibleText(text)), b[at] <= 5
}

// openingBACnet recognises Who-Is, which looks for devices, and calls.
func openingBACnet(s Said) (Match, bool) {
	b, ok := bacnetMessage(s)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	switch {
	case b[0] == bacnetUnconfirmed<<4 && b[1] == 8:
		return m.with("asked", "who is"), true
	case b[0] == bacnetUnconfirmed<<4 && b[1] == 7:
		return m.with("asked", "who has"), true
	case b[0]&0xf1 == bacnetConfirmed && len(b) >= 4:
		asked := map[byte]string{12: "read property", 14: "read properties", 15: "write property", 20: "reinitialize device"}[b[3]]
		return m.with("asked", asked), asked != ""
	}
	return Match{}, false
}
