package protocol

import (
	"bytes"
	"fmt"

	"github.com/portolan/portolan"
)

// mumble says its version first, inside TLS; over UDP it answers a ping that
// servers' lists are made with.
var mumble = Protocol{
	Name: "mumble", Title: "Mumble", Source: "Mumble protocol documentation, Establishing a connection and UDP ping",
	Usual: []uint16{64738},
	Answer: func(s Said) (Match, bool) {
		b := s.Data
		m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
		if s.Transport == portolan.UDP {
			if s.Question != "mumble-ping" || len(b) != 24 || !bytes.Equal(b[4:12], s.Nonce[:8]) || b[0] != 0 {
				return Match{}, false
			}
			m.Version = fmt.Sprintf("%d.%d.%d", b[1], b[2], b[3])
			return m, true
		}
		n, ok := be32(b, 2)
		if !ok || !s.InTLS || b[0] != 0 || b[1] != 0 || n < 4 || n > 1000 || len(b) < 6+int(n) {
			return Match{}, false
		}
		fields, ok := protoFields(b[6 : 6+n])
		if !ok || fields[2] == "" {
			return Match{}, false
		}
		m.Kind, m.To = Banner, 6+int(n)
		m.Version = versionAt(fields[2])
		return m.with("release", fields[2]).with("os", fields[3]), true
	},
	Questions: []Question{{Name: "mumble-ping", Transport: portolan.UDP, When: Anywhere, Rank: 50, Bytes: func(a Ask) []byte {
		return append([]byte{0, 0, 0, 0}, a.Nonce[:8]...)
	}}},
}

// protoFields reads the texts of a protocol buffer by their numbers; false where
// it is none.
func protoFields(b []byte) (map[int]string, bool) {
	all := map[int]string{}
	for len(b) > 0 {
		key, n := varint(b)
		if n == 0 || key>>3 == 0 || key>>3 > 20 {
			return nil, false
		}
		b = b[n:]
		v, n := varint(b)
		if n == 0 && key&7 == 0 && len(b) > 5 { // a number of up to ten bytes
			for n = 5; n < len(b) && n < 10 && b[n-1] >= 0x80; n++ {
			}
		}
		if n == 0 {
			return nil, false
		}
		b = b[n:]
		switch key & 7 {
		case 0:
		case 2:
			if v > len(b) || !textual(append([]byte{' '}, b[:v]...)) {
				return nil, false
			}
			all[key>>3], b = string(b[:v]), b[v:]
		default:
			return nil, false
		}
	}
	return all, true
}
