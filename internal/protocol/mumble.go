package protocol

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/portolan/portolan"
)

// mumble says its version first, inside TLS; a question there would only count
// as one more connection, and servers ban who makes many. Over UDP it answers
// the ping that lists of servers are made with.
var mumble = Protocol{
	Name: "mumble", Title: "Mumble", Source: "Mumble protocol documentation, Establishing a connection; UDP ping",
	Usual:   []uint16{64738},
	Answer:  answerMumble,
	Opening: openingMumble,
	Questions: []Question{{Name: "mumble-ping", Transport: portolan.UDP, When: Anywhere, Rank: 50, Bytes: func(a Ask) []byte {
		return append([]byte{0, 0, 0, 0}, a.Nonce[:8]...)
	}}},
}

func answerMumble(s Said) (Match, bool) {
	if s.Transport == portolan.UDP {
		return mumblePong(s)
	}
	m, fields, ok := mumbleVersion(s)
	m.Kind = Banner
	release := fields[2]
	if i := strings.IndexAny(release, "0123456789"); i >= 0 { // most say the number alone
		m.Product, m.Version = strings.TrimSpace(release[:i]), release[i:]
	}
	return m.with("release", release).with("os", fields[3]).with("os-version", fields[4]), ok
}

// mumblePong reads the answer to a ping: the server's version, our number,
// users, their limit and the bandwidth for each.
func mumblePong(s Said) (Match, bool) {
	b := s.Data
	if !packet(s, 24) || len(b) != 24 || s.Question != "mumble-ping" || b[0] != 0 || !bytes.Equal(b[4:12], s.Nonce[:8]) {
		return Match{}, false
	}
	users, _ := be32(b, 12)
	limit, _ := be32(b, 16)
	m := Match{Strength: Certain, Kind: Handshake, To: len(b), Version: fmt.Sprintf("%d.%d.%d", b[1], b[2], b[3])}
	return m.with("users", fmt.Sprintf("%d of %d", users, limit)), true
}

// mumbleVersion reads a message of type 0: versions in numbers, and a release,
// an operating system and its version in text.
func mumbleVersion(s Said) (Match, map[int]string, bool) {
	n, ok := be32(s.Data, 2)
	if !ok || !stream(s) || !s.InTLS || s.Data[0] != 0 || s.Data[1] != 0 || n < 4 || n > 1000 || len(s.Data) < 6+int(n) {
		return Match{}, nil, false
	}
	fields, ok := protoFields(s.Data[6 : 6+n])
	if !ok || fields[2] == "" && fields[1] == "" && fields[5] == "" {
		return Match{}, nil, false
	}
	return Match{Strength: Certain, To: 6 + int(n)}, fields, true
}

// openingMumble recognises a client's version inside TLS, and a ping.
func openingMumble(s Said) (Match, bool) {
	if s.Transport == portolan.UDP {
		ok := packet(s, 12) && len(s.Data) == 12 && bytes.Equal(s.Data[:4], make([]byte, 4)) && !bytes.Equal(s.Data[4:], make([]byte, 8))
		return Match{Strength: Hint, Kind: Opening, To: len(s.Data)}, ok
	}
	m, fields, ok := mumbleVersion(s)
	m.Kind = Opening
	return m.with("release", fields[2]).with("os", fields[3]), ok
}

// protoFields reads the numbers and texts of a protocol buffer by their numbers;
// false where it is none, or has others.
func protoFields(b []byte) (map[int]string, bool) {
	all := map[int]string{}
	for len(b) > 0 {
		key, n := varint(b)
		if n == 0 || key>>3 == 0 || key>>3 > 20 {
			return nil, false
		}
		b = b[n:]
		switch key & 7 {
		case 0:
			n := 0 // a number of up to ten bytes, the last of them below 128
			for n < len(b) && n < 10 && b[n] >= 0x80 {
				n++
			}
			if n >= len(b) || n == 10 {
				return nil, false
			}
			all[key>>3], b = "number", b[n+1:]
		case 2:
			v, n := varint(b)
			if n == 0 || v > len(b)-n || v > 0 && !legible(b[n:n+v]) {
				return nil, false
			}
			all[key>>3], b = string(b[n:n+v]), b[n+v:]
		default:
			return nil, false
		}
	}
	return all, true
}
