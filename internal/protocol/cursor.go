package protocol

import (
	"bytes"
	"encoding/binary"
)

// cursor walks through a message whose parts have fixed sizes or their lengths
// in front. Once a part is missing, all behind it are, so that one look at lost
// at the end tells whether everything was there.
type cursor struct {
	b    []byte // what is left
	lost bool
}

// take returns the next n bytes; nil where they are not there.
func (c *cursor) take(n int) []byte {
	if c.lost || n < 0 || n > len(c.b) {
		c.b, c.lost = nil, true
		return nil
	}
	part := c.b[:n]
	c.b = c.b[n:]
	return part
}

func (c *cursor) u8() int {
	if b := c.take(1); b != nil {
		return int(b[0])
	}
	return 0
}

func (c *cursor) be16() int {
	v, _ := be16(c.take(2), 0)
	return v
}

func (c *cursor) be32() uint32 {
	v, _ := be32(c.take(4), 0)
	return v
}

func (c *cursor) le16() int {
	v, _ := le16(c.take(2), 0)
	return v
}

func (c *cursor) le32() uint32 {
	v, _ := le32(c.take(4), 0)
	return v
}

// part16 and part32 return a part with its length in front, in network order.
func (c *cursor) part16() []byte { return c.take(c.be16()) }

func (c *cursor) part32() []byte { return c.sized(c.be32()) }

// sized returns the next n bytes, where n was said by a peer.
func (c *cursor) sized(n uint32) []byte {
	if n > MostKept {
		return c.take(-1)
	}
	return c.take(int(n))
}

// zero returns a text that ends with a zero byte, without it.
func (c *cursor) zero() string {
	text, rest, ok := bytes.Cut(c.b, []byte{0})
	if c.lost || !ok {
		c.b, c.lost = nil, true
		return ""
	}
	c.b = rest
	return string(text)
}

// bigEndian appends numbers of four bytes in network order.
func bigEndian(b []byte, numbers ...uint32) []byte {
	for _, v := range numbers {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// sentence reports whether b is a text for people: something, in any language,
// without control characters but breaks.
func sentence(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return len(b) > 0
}

// startsDigit reports whether s begins with a decimal digit, as versions do.
func startsDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
