package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// kerberos is asked for a ticket in a realm that cannot be: the error names the
// protocol, its version and its kind.
var kerberos = Protocol{
	Name: "kerberos", Title: "Kerberos", Source: "RFC 4120, sections 5.4.1, 5.9.1 and 7.2.2",
	Services: []string{"kerberos"},
	Usual:    []uint16{88, 750},
	Answer: func(s Said) (Match, bool) {
		b, at, ok := kerberosBody(s)
		if !ok || !krbMessage(b, 0x7e, 30) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: Handshake, To: at + len(b)}
		if bytes.Contains(b, []byte("PORTOLAN.INVALID")) {
			m = m.with("realm", "PORTOLAN.INVALID refused")
		}
		return m, true
	},
	Opening: func(s Said) (Match, bool) {
		b, at, ok := kerberosBody(s)
		if !ok || !krbMessage(b, 0x6a, 10) && !krbMessage(b, 0x6c, 12) {
			return Match{}, false
		}
		return Match{Strength: Certain, Kind: Opening, To: at + len(b)}, true
	},
	Questions: []Question{
		{Name: "kerberos-as-req-udp", Transport: portolan.UDP, When: Anywhere, Rank: 30, Bytes: askKerberos},
		{Name: "kerberos-as-req-tcp", When: Anywhere, Rank: 64, Bytes: func(a Ask) []byte {
			b := askKerberos(a)
			return append([]byte{0, 0, byte(len(b) >> 8), byte(len(b))}, b...)
		}},
	},
}

// kerberosBody takes the length away that stands before a message over TCP.
func kerberosBody(s Said) (b []byte, at int, ok bool) {
	if s.Transport == portolan.UDP {
		return s.Data, 0, len(s.Data) > 10
	}
	n, ok := be32(s.Data, 0)
	if !ok || n < 10 || int64(len(s.Data)) != 4+int64(n) {
		return nil, 0, false
	}
	return s.Data[4:], 4, true
}

// krbMessage reports whether b is one message of a kind: its tag, a sequence,
// pvno 5 and msg-type.
func krbMessage(b []byte, tag, kind byte) bool {
	t, from, to, ok := berTLV(b, 0)
	if !ok || t != tag || to != len(b) {
		return false
	}
	t, from, _, ok = berTLV(b, from)
	if !ok || t != 0x30 {
		return false
	}
	first := byte(0xa0) // KRB-ERROR counts its fields from 0, KDC-REQ from 1
	if kind != 30 {
		first = 0xa1
	}
	want := []byte{first, 3, 2, 1, 5, first + 1, 3, 2, 1, kind}
	return bytes.HasPrefix(b[from:], want)
}

func askKerberos(a Ask) []byte {
	name := func(kind byte, parts ...string) []byte {
		var all [][]byte
		for _, p := range parts {
			all = append(all, ber(0x1b, []byte(p)))
		}
		return ber(0x30, ber(0xa0, ber(0x02, []byte{kind})), ber(0xa1, ber(0x30, all...)))
	}
	const realm = "PORTOLAN.INVALID"
	body := ber(0x30,
		ber(0xa0, ber(0x03, []byte{0, 0, 0, 0, 0})),
		ber(0xa1, name(1, "portolan-probe")),
		ber(0xa2, ber(0x1b, []byte(realm))),
		ber(0xa3, name(2, "krbtgt", realm)),
		ber(0xa5, ber(0x18, []byte("19700101000000Z"))),
		ber(0xa7, ber(0x02, []byte{a.Nonce[0] & 0x7f, a.Nonce[1], a.Nonce[2], a.Nonce[3]})),
		ber(0xa8, ber(0x30, ber(0x02, []byte{18}), ber(0x02, []byte{17}))))
	return ber(0x6a, ber(0x30, ber(0xa1, ber(0x02, []byte{5})), ber(0xa2, ber(0x02, []byte{10})), ber(0xa4, body)))
}
