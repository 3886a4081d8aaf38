package protocol

import (
	"encoding/hex"
	"strconv"

	"github.com/portolan/portolan"
)

// What the protocols of datagrams share. A datagram comes whole or not at all,
// so its lengths must fit to the byte.

// datagram reports whether s is one whole datagram of at least n bytes.
func datagram(s Said, n int) bool {
	return s.Transport == portolan.UDP && !s.Cut && len(s.Data) >= n
}

// zeros reports whether b holds nothing but zero bytes.
func zeros(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// words reports whether b is text that people read: printable, and not empty.
func words(b []byte) bool { return len(b) > 0 && printable(b) }

// shown returns b where it is printable, its hexadecimal digits otherwise.
func shown(b []byte) string {
	if printable(b) {
		return string(b)
	}
	return hexed(b)
}

// hexed returns the hexadecimal digits of b, as many as a detail may have.
func hexed(b []byte) string { return hex.EncodeToString(b[:min(len(b), mostText/2)]) }

// dotted writes four bytes as an IPv4 address.
func dotted(b []byte) string {
	s := ""
	for i, c := range b {
		if i > 0 {
			s += "."
		}
		s += strconv.Itoa(int(c))
	}
	return s
}

// known returns the name of a number, or the number itself.
func known(names map[int]string, n int) string {
	if name, ok := names[n]; ok {
		return name
	}
	return strconv.Itoa(n)
}

// startsVersion reports whether s begins as a version does: "4.6", "v0.4".
func startsVersion(s string) bool {
	if len(s) > 1 && (s[0] == 'v' || s[0] == 'V') {
		s = s[1:]
	}
	return s != "" && s[0] >= '0' && s[0] <= '9'
}
