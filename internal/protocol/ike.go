package protocol

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// ike is offered a cipher for private use, which nobody has: the responder says
// NO_PROPOSAL_CHOSEN, or asks for a cookie first, and keeps nothing. On port 4500
// four zero bytes tell it from the packets of ESP (RFC 3948).
var ike = Protocol{
	Name: "ike", Title: "IKE", Source: "RFC 7296, sections 1.2 and 3; RFC 2408, section 3; RFC 3948, section 2.2",
	Services: []string{"isakmp", "ipsec-nat-t"},
	Usual:    []uint16{500, 4500},
	Answer:   answerIKE,
	Opening:  openingIKE,
	Questions: []Question{
		{Name: "ike-sa-init", Transport: portolan.UDP, When: Anywhere, Rank: 24, Bytes: ikeInit},
		{Name: "ike-sa-init-nat", Transport: portolan.UDP, When: AtHome, Bytes: func(a Ask) []byte {
			return append(make([]byte, ikeMarker), ikeInit(a)...)
		}},
	},
}

const (
	ikeHeader  = 28
	ikeMarker  = 4
	ikeSAInit  = 34
	ikeNotify  = 41
	ikeVendor  = 43
	ikeVendor1 = 13 // in version 1
	ikeNotify1 = 11
)

// ikeInit writes the first message: one proposal with a cipher for private use
// and key material that is our nonce, for no key is ever made of it.
func ikeInit(a Ask) []byte {
	const proposal = "\x22\x00\x00\x2c" + "\x00\x00\x00\x28\x01\x01\x00\x04" + // SA, then KE; IKE with four transforms
		"\x03\x00\x00\x08\x01\x00\xff\xfe" + // ENCR, private use
		"\x03\x00\x00\x08\x02\x00\x00\x05" + // PRF_HMAC_SHA2_256
		"\x03\x00\x00\x08\x03\x00\x00\x0c" + // AUTH_HMAC_SHA2_256_128
		"\x00\x00\x00\x08\x04\x00\x00\x1f" // Curve25519
	b := append(append([]byte{}, a.Nonce[:8]...), make([]byte, 8)...)
	b = append(b, 33, 0x20, ikeSAInit, 0x08, 0, 0, 0, 0, 0, 0, 0, 0)
	b = append(b, proposal...)
	b = append(b, "\x28\x00\x00\x28\x00\x1f\x00\x00"...) // KE, then the nonce
	b = append(append(b, a.Nonce[:]...), a.Nonce[:]...)
	b = append(b, 0, 0, 0, 4+NonceSize)
	b = append(b, a.Nonce[:]...)
	binary.BigEndian.PutUint32(b[24:], uint32(len(b)))
	return b
}

// ikeMessage returns a message whose length fits, without the marker.
func ikeMessage(s Said) (b []byte, from int, ok bool) {
	if !datagram(s, ikeHeader) {
		return nil, 0, false
	}
	if b = s.Data; zeros(b[:ikeMarker]) && len(b) >= ikeMarker+ikeHeader {
		b, from = b[ikeMarker:], ikeMarker
	}
	size, _ := be32(b, 24)
	return b, from, int64(size) == int64(len(b)) && (b[17] == 0x10 || b[17] == 0x20) && !zeros(b[:8])
}

// ikePayloads calls f with each payload; false where they do not fit.
func ikePayloads(b []byte, f func(kind byte, body []byte)) bool {
	kind := b[16]
	rest := b[ikeHeader:]
	for kind != 0 {
		size, ok := be16(rest, 2)
		if !ok || size < 4 || size > len(rest) || rest[1]&0x7f != 0 {
			return false
		}
		f(kind, rest[4:size])
		kind, rest = rest[0], rest[size:]
	}
	return len(rest) == 0
}

var ikeNotifies = map[int]string{
	1: "UNSUPPORTED_CRITICAL_PAYLOAD", 4: "INVALID_IKE_SPI", 5: "INVALID_MAJOR_VERSION", 7: "INVALID_SYNTAX",
	9: "INVALID_MESSAGE_ID", 11: "INVALID_SPI", 14: "NO_PROPOSAL_CHOSEN", 17: "INVALID_KE_PAYLOAD",
	24: "AUTHENTICATION_FAILED", 43: "TEMPORARY_FAILURE", 16388: "NAT_DETECTION_SOURCE_IP",
	16389: "NAT_DETECTION_DESTINATION_IP", 16390: "COOKIE", 16404: "MULTIPLE_AUTH_SUPPORTED",
	16407: "REDIRECT", 16430: "IKEV2_FRAGMENTATION_SUPPORTED", 16431: "SIGNATURE_HASH_ALGORITHMS",
}

// answerIKE: the responder repeats our SPI. One that speaks version 1 alone says
// so in a notification of its own.
func answerIKE(s Said) (Match, bool) {
	b, from, ok := ikeMessage(s)
	if !ok || !bytes.Equal(b[:8], s.Nonce[:8]) || b[17] == 0x20 && b[19]&0x28 != 0x20 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, From: from, To: len(s.Data)}
	if b[17] == 0x10 && b[18] != 2 && b[18] != 4 && b[18] != 5 || b[17] == 0x20 && b[18] != ikeSAInit && b[18] != 37 {
		return Match{}, false
	}
	return ikeSaid(m, b)
}

// ikeSaid adds version, notifications and vendors.
func ikeSaid(m Match, b []byte) (Match, bool) {
	var notes, vendors []string
	ok := ikePayloads(b, func(kind byte, body []byte) {
		switch {
		case kind == ikeNotify && len(body) >= 4 && len(notes) < 4:
			code, _ := be16(body, 2)
			notes = append(notes, known(ikeNotifies, code))
		case kind == ikeNotify1 && b[17] == 0x10 && len(body) >= 8 && len(notes) < 4:
			code, _ := be16(body, 6)
			notes = append(notes, known(ikeNotifies, code))
		case (kind == ikeVendor || kind == ikeVendor1 && b[17] == 0x10) && len(vendors) < 3:
			vendors = append(vendors, shown(body))
		}
	})
	m = m.with("version", strconv.Itoa(int(b[17]>>4))).with("notify", strings.Join(notes, ", "))
	return m.with("vendor", strings.Join(vendors, ", ")), ok
}

// openingIKE recognises an initiator's first message: the responder's SPI is
// still zero.
func openingIKE(s Said) (Match, bool) {
	b, from, ok := ikeMessage(s)
	if !ok || !zeros(b[8:16]) || !zeros(b[20:24]) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, From: from, To: len(s.Data)}
	switch {
	case b[17] == 0x20 && b[18] == ikeSAInit && b[19]&0x28 == 0x08:
		m = m.with("exchange", "IKE_SA_INIT")
	case b[17] == 0x10 && (b[18] == 2 || b[18] == 4) && b[16] == 1:
		m = m.with("exchange", [...]string{2: "main", 4: "aggressive"}[b[18]])
	default:
		return Match{}, false
	}
	return ikeSaid(m, b)
}
