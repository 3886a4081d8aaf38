package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// coap is asked nothing but whether it is there: an empty message that wants to
// be confirmed is refused by a reset with the same id (RFC 7252, section 4.3),
// four bytes for four bytes. A GET of what it has can be answered by ever so much.
var coap = Protocol{
	Name: "coap", Title: "CoAP", Source: "RFC 7252, sections 3 and 4.3",
	Services: []string{"coap"},
	Usual:    []uint16{5683},
	Answer:   answerCoAP,
	Opening:  openingCoAP,
	Questions: []Question{
		{Name: "coap-ping", Transport: portolan.UDP, When: Anywhere, Rank: 28, Bytes: func(a Ask) []byte {
			return []byte{0x40, 0, a.Nonce[0], a.Nonce[1]}
		}},
	},
}

// answerCoAP: a reset is a header alone.
func answerCoAP(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 4) || len(b) != 4 || b[0] != 0x70 || b[1] != 0 || !bytes.Equal(b[2:4], s.Nonce[:2]) || s.Question != "coap-ping" {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: Handshake, To: 4}, true
}

var coapMethods = [...]string{"ping", "GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"}

// openingCoAP recognises a request, its options walked to the payload.
func openingCoAP(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 4) || b[0]>>6 != 1 || b[0]>>4&3 > 1 || b[0]&15 > 8 || int(b[1]) >= len(coapMethods) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}.with("method", coapMethods[b[1]])
	if b[1] == 0 {
		return m, len(b) == 4 && b[0] == 0x40
	}
	if len(b) < 4+int(b[0]&15) {
		return Match{}, false
	}
	var path []string
	host := ""
	ok := coapOptions(b[4+int(b[0]&15):], func(number int, value []byte) {
		switch {
		case number == 3:
			host = shown(value)
		case number == 11 && len(path) < 16:
			path = append(path, shown(value))
		}
	})
	if len(path) > 0 {
		m.Strength = Certain
	}
	return m.with("path", "/"+strings.Join(path, "/")).with("host", host), ok
}

// coapOptions calls f with each option; false where one does not fit.
func coapOptions(b []byte, f func(number int, value []byte)) bool {
	number := 0
	for len(b) > 0 {
		if b[0] == 0xff {
			return len(b) > 1
		}
		delta, size := int(b[0]>>4), int(b[0]&15)
		b = b[1:]
		for _, v := range []*int{&delta, &size} {
			switch {
			case *v == 13 && len(b) >= 1:
				*v, b = 13+int(b[0]), b[1:]
			case *v == 14 && len(b) >= 2:
				*v, b = 269+int(b[0])<<8+int(b[1]), b[2:]
			case *v >= 13:
				return false
			}
		}
		if number += delta; number > 65535 || size > len(b) {
			return false
		}
		f(number, b[:size])
		b = b[size:]
	}
	return true
}
