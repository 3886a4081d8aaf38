package sweep

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"net/netip"
)

// The flags of a TCP header that answers have (RFC 9293, section 3.1).
const (
	flagSYN = 0x02
	flagRST = 0x04
	flagACK = 0x10
)

const (
	protocolTCP = 6
	synLength   = 24 // a TCP header and one option
)

// cookies are sequence numbers that only this sweep can know, so that an answer
// proves that it saw the question, and nothing is kept per question. Each is a
// CBC-MAC under a random AES key over a text whose length never changes, which
// makes it a pseudo-random function (and AES is done by the processor).
type cookies struct{ block cipher.Block }

func newCookies(key [16]byte) (cookies, error) {
	b, err := aes.NewCipher(key[:])
	return cookies{b}, err
}

// of returns the sequence number of a SYN from one end to the other.
func (c cookies) of(from, to netip.AddrPort) uint32 {
	var text [48]byte
	a, b := from.Addr().As16(), to.Addr().As16()
	copy(text[:], a[:])
	copy(text[16:], b[:])
	binary.BigEndian.PutUint16(text[32:], from.Port())
	binary.BigEndian.PutUint16(text[34:], to.Port())
	mac := text[:16]
	c.block.Encrypt(mac, mac)
	for i := 16; i < len(text); i += 16 {
		for j := range mac {
			mac[j] ^= text[i+j]
		}
		c.block.Encrypt(mac, mac)
	}
	return binary.BigEndian.Uint32(mac)
}

// appendSYN appends a TCP SYN with its checksum. It offers the maximum segment
// size that every system offers: firewalls drop a SYN without.
func appendSYN(b []byte, from, to netip.AddrPort, seq uint32) []byte {
	start := len(b)
	b = binary.BigEndian.AppendUint16(b, from.Port())
	b = binary.BigEndian.AppendUint16(b, to.Port())
	b = binary.BigEndian.AppendUint32(b, seq)
	b = append(b, 0, 0, 0, 0, synLength/4<<4, flagSYN, 0xfa, 0xf0, 0, 0, 0, 0, 2, 4, 0x05, 0xb4)
	binary.BigEndian.PutUint16(b[start+16:], checksum(from.Addr(), to.Addr(), b[start:]))
	return b
}

// appendHeader4 appends the IPv4 header of a SYN. Its length, number and checksum
// are the kernel's to fill in.
func appendHeader4(b []byte, from, to netip.Addr) []byte {
	const dontFragment, hops = 0x40, 64
	b = append(b, 0x45, 0, 0, 20+synLength, 0, 0, dontFragment, 0, hops, protocolTCP, 0, 0)
	f, t := from.As4(), to.As4()
	return append(append(b, f[:]...), t[:]...)
}

// checksum is that of a TCP segment: over the pseudo header too (RFC 9293,
// section 3.1; RFC 8200, section 8.1).
func checksum(from, to netip.Addr, segment []byte) uint16 {
	var sum uint32
	add := func(b []byte) {
		for ; len(b) > 1; b = b[2:] {
			sum += uint32(b[0])<<8 | uint32(b[1])
		}
		if len(b) == 1 {
			sum += uint32(b[0]) << 8
		}
	}
	// An IPv4 address that is mapped into IPv6 would add its ffff.
	if from.Is4() {
		a, b := from.As4(), to.As4()
		add(a[:])
		add(b[:])
	} else {
		a, b := from.As16(), to.As16()
		add(a[:])
		add(b[:])
	}
	sum += protocolTCP + uint32(len(segment))
	add(segment)
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// segment is what a TCP header says of an answer.
type segment struct {
	from, to uint16
	ack      uint32
	flags    byte
}

func parseSegment(b []byte) (segment, bool) {
	if len(b) < 20 || b[12]>>4 < 5 {
		return segment{}, false
	}
	return segment{
		from:  binary.BigEndian.Uint16(b),
		to:    binary.BigEndian.Uint16(b[2:]),
		ack:   binary.BigEndian.Uint32(b[8:]),
		flags: b[13],
	}, true
}

// state is what the segment answers to a SYN; false where it answers none.
func (s segment) state() (State, string, bool) {
	switch {
	case s.flags&flagACK == 0:
		return "", "", false
	case s.flags&flagRST != 0:
		return Closed, "reset", true
	case s.flags&flagSYN != 0:
		return Open, "syn-ack", true
	}
	return "", "", false
}

// payload4 is what an IPv4 header carries, which may be cut short.
func payload4(b []byte) (from, to netip.Addr, protocol byte, payload []byte, ok bool) {
	if len(b) < 20 || b[0]>>4 != 4 {
		return
	}
	header := int(b[0]&15) * 4
	// What begins in the middle of a datagram begins with no header of TCP.
	if header < 20 || len(b) < header || binary.BigEndian.Uint16(b[6:])&0x1fff != 0 {
		return
	}
	return netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20])), b[9], b[header:], true
}

// payload6 is the same of IPv6. Headers between are not followed: we send none.
func payload6(b []byte) (from, to netip.Addr, protocol byte, payload []byte, ok bool) {
	if len(b) < 40 || b[0]>>4 != 6 {
		return
	}
	return netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40])), b[6], b[40:], true
}

// unreachable is an ICMP message about a SYN that it quotes.
type unreachable struct {
	from, to netip.AddrPort // of the SYN
	seq      uint32
	reason   string
}

// parseICMP4 reads an ICMP message: "destination unreachable" or "time exceeded"
// with a quoted TCP segment (RFC 792), of which eight bytes are enough.
func parseICMP4(b []byte) (unreachable, bool) {
	if len(b) < 8 {
		return unreachable{}, false
	}
	reason := reason4(b[0], b[1])
	from, to, protocol, quoted, ok := payload4(b[8:])
	return quotedSYN(from, to, protocol, quoted, reason, ok)
}

// parseICMP6 is parseICMP4 for IPv6 (RFC 4443).
func parseICMP6(b []byte) (unreachable, bool) {
	if len(b) < 8 {
		return unreachable{}, false
	}
	reason := reason6(b[0], b[1])
	from, to, protocol, quoted, ok := payload6(b[8:])
	return quotedSYN(from, to, protocol, quoted, reason, ok)
}

func quotedSYN(from, to netip.Addr, protocol byte, quoted []byte, reason string, ok bool) (unreachable, bool) {
	if !ok || reason == "" || protocol != protocolTCP || len(quoted) < 8 {
		return unreachable{}, false
	}
	return unreachable{
		from:   netip.AddrPortFrom(from, binary.BigEndian.Uint16(quoted)),
		to:     netip.AddrPortFrom(to, binary.BigEndian.Uint16(quoted[2:])),
		seq:    binary.BigEndian.Uint32(quoted[4:]),
		reason: reason,
	}, true
}

// The codes of "destination unreachable", as IANA names them.
var (
	codes4 = []string{
		"net-unreachable", "host-unreachable", "protocol-unreachable", "port-unreachable", "fragmentation-needed", "source-route-failed",
		"net-unknown", "host-unknown", "host-isolated", "net-prohibited", "host-prohibited", "net-tos-unreachable", "host-tos-unreachable",
		"admin-prohibited", "host-precedence-violation", "precedence-cutoff",
	}
	codes6 = []string{
		"no-route", "admin-prohibited", "beyond-scope", "address-unreachable", "port-unreachable", "source-policy-failed", "reject-route",
		"source-routing-header", "headers-too-long",
	}
)

// reason4 is "" for a message that is no answer to a SYN.
func reason4(kind, code byte) string {
	switch {
	case kind == 3 && code == 4:
		return "" // about the size of a packet; a SYN is never too large
	case kind == 3 && int(code) < len(codes4):
		return "icmp " + codes4[code]
	case kind == 3:
		return "icmp unreachable"
	case kind == 11:
		return "icmp time-exceeded"
	}
	return ""
}

func reason6(kind, code byte) string {
	switch {
	case kind == 1 && int(code) < len(codes6):
		return "icmp " + codes6[code]
	case kind == 1:
		return "icmp unreachable"
	case kind == 3:
		return "icmp time-exceeded"
	}
	return ""
}
