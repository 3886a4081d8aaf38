package protocol

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"github.com/portolan/portolan"
)

// What the binary protocols share: lengths that must fit, numbers that have
// names, and texts that end with a zero.

// stream reports whether s was said over TCP.
func stream(s Said) bool { return s.Transport == portolan.TCP }

// packet reports whether s is one whole datagram of at least n bytes.
func packet(s Said, n int) bool { return s.Transport == portolan.UDP && !s.Cut && len(s.Data) >= n }

// le and be write numbers of 16 and 32 bits.
var (
	le = binary.LittleEndian
	be = binary.BigEndian
)

// legible reports whether b is text in ASCII or UTF-8 without control
// characters, and not empty.
func legible(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return len(b) > 0
}

// legibleText returns b where it is legible, "" otherwise.
func legibleText(b []byte) string {
	if !legible(b) {
		return ""
	}
	return string(b)
}

// cString takes a text that ends with a zero off b.
func cString(b []byte) (text string, rest []byte, ok bool) {
	i := bytes.IndexByte(b, 0)
	if i < 0 || i > 0 && !legible(b[:i]) {
		return "", nil, false
	}
	return string(b[:i]), b[i+1:], true
}

// padded returns the text of a field that is filled up with zeros; false where
// anything but zeros stands behind it, or control characters in it.
func padded(b []byte) (string, bool) {
	text, rest, _ := bytes.Cut(b, []byte{0})
	return string(text), (len(text) == 0 || legible(text)) && len(bytes.Trim(rest, "\x00")) == 0
}

// worded returns the name of a number, or its digits where it has none.
func worded(names map[int]string, n int) string {
	if name, ok := names[n]; ok {
		return name
	}
	return strconv.Itoa(n)
}

// utf16Text reads text of two bytes a character as ASCII; what is not ASCII
// becomes a question mark. It ends at the first zero.
func utf16Text(b []byte, order binary.ByteOrder) string {
	var text []byte
	for ; len(b) >= 2 && len(text) < mostText; b = b[2:] {
		c := order.Uint16(b)
		switch {
		case c == 0:
			return string(text)
		case c < ' ' || c > '~':
			c = '?'
		}
		text = append(text, byte(c))
	}
	return string(text)
}
