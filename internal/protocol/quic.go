package protocol

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// quic is asked in a version that is reserved to be refused (RFC 9000, section
// 15): the server lists its own and keeps nothing. It answers only what is as
// long as a first packet must be, so that nobody can be flooded by it. What is
// spoken inside stays unknown: HTTP/3 and DNS are what is registered for it.
var quic = Protocol{
	Name: "quic", Title: "QUIC", Source: "RFC 8999; RFC 9000, sections 6 and 17.2.1",
	Services: []string{"https", "domain-s"},
	Usual:    []uint16{443, 853, 784, 8443},
	Answer:   answerQUIC,
	Opening:  openingQUIC,
	Questions: []Question{
		{Name: "quic-version-negotiation", Transport: portolan.UDP, When: Anywhere, Rank: 22, Bytes: func(a Ask) []byte {
			b := make([]byte, quicInitial)
			copy(b, "\xc0\x5a\x6a\x7a\x8a\x08")
			copy(b[6:], a.Nonce[:8])
			b[14] = 8
			copy(b[15:], a.Nonce[8:])
			return b
		}},
	},
}

// quicInitial is the least size of a datagram with a client's first packet.
const quicInitial = 1200

// answerQUIC: Version Negotiation has the version 0, our connection ids the
// other way round, and versions up to its end.
func answerQUIC(s Said) (Match, bool) {
	b := s.Data
	const head = 1 + 4 + 1 + 8 + 1 + 8
	if !datagram(s, head+4) || b[0]&0x80 == 0 || !zeros(b[1:5]) || (len(b)-head)%4 != 0 {
		return Match{}, false
	}
	if b[5] != 8 || !bytes.Equal(b[6:14], s.Nonce[8:]) || b[14] != 8 || !bytes.Equal(b[15:23], s.Nonce[:8]) {
		return Match{}, false
	}
	var versions []string
	for i := head; i < len(b); i += 4 {
		if v, _ := be32(b, i); !quicReserved(v) {
			versions = append(versions, quicVersion(v))
		}
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	return m.with("versions", strings.Join(versions, ", ")), true
}

// quicReserved: versions 0x?a?a?a?a are offered to be refused.
func quicReserved(v uint32) bool { return v&0x0f0f0f0f == 0x0a0a0a0a }

func quicVersion(v uint32) string {
	switch {
	case v == 1:
		return "v1"
	case v == 0x6b3343cf:
		return "v2"
	case v>>8 == 0xff0000:
		return "draft-" + strconv.Itoa(int(v&0xff))
	case v>>24 == 'Q' || v>>24 == 'T':
		text := []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
		return shown(text)
	}
	return "0x" + strconv.FormatUint(uint64(v), 16)
}

// openingQUIC recognises a client's first packet: a long header of type Initial
// in a version that we know, or one that asks for the versions.
func openingQUIC(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 7) || b[0]&0xc0 != 0xc0 {
		return Match{}, false
	}
	v, _ := be32(b, 1)
	at, ok := quicIDs(b)
	if !ok || b[5] < 8 {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: at}.with("version", quicVersion(v))
	switch {
	case quicReserved(v):
		return m.with("asks", "versions"), len(b) >= quicInitial
	case !quicKnown(v) || b[0]>>4&3 != quicInitialType(v) || !quicFits(b[at:]):
		return Match{}, false
	}
	if len(b) >= quicInitial {
		m.Strength = Certain
	}
	return m, true
}

// quicIDs walks the two connection ids.
func quicIDs(b []byte) (at int, ok bool) {
	at = 5
	for range 2 {
		if at >= len(b) || b[at] > 20 {
			return 0, false
		}
		at += 1 + int(b[at])
	}
	return at, at < len(b)
}

func quicKnown(v uint32) bool { return v == 1 || v == 0x6b3343cf || v>>8 == 0xff0000 && v&0xff >= 17 }

// quicInitialType: version 2 numbers the types anew.
func quicInitialType(v uint32) byte {
	if v == 0x6b3343cf {
		return 1
	}
	return 0
}

// quicFits: the token and the packet have lengths that the datagram holds.
func quicFits(b []byte) bool {
	token, n := quicNumber(b)
	if n == 0 || token > len(b)-n {
		return false
	}
	b = b[n+token:]
	size, n := quicNumber(b)
	return n > 0 && size >= 20 && size <= len(b)-n
}

// quicNumber reads a number of one, two or four bytes; n is how many, 0 for none.
func quicNumber(b []byte) (v, n int) {
	if len(b) == 0 || b[0]>>6 == 3 || len(b) < 1<<(b[0]>>6) {
		return 0, 0
	}
	n = 1 << (b[0] >> 6)
	v = int(b[0] & 0x3f)
	for _, c := range b[1:n] {
		v = v<<8 | int(c)
	}
	return v, n
}
