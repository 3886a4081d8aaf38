package protocol

import (
	"bytes"
	"strconv"

	"github.com/portolan/portolan"
)

// openwire says on both sides first which format of wire it has (OpenWire's
// WireFormatInfo), with its name and version among the properties.
var openwire = Protocol{
	Name: "openwire", Title: "ActiveMQ (OpenWire)", Source: "Apache ActiveMQ, OpenWire version 2 specification, WireFormatInfo",
	Usual:   []uint16{61616, 61617},
	Answer:  func(s Said) (Match, bool) { return openWire(s, Banner) },
	Opening: func(s Said) (Match, bool) { return openWire(s, Opening) },
}

// openWire reads length, type 1, "ActiveMQ", version, and a map of properties.
func openWire(s Said, kind Kind) (Match, bool) {
	c := cursor{b: s.Data}
	size := c.be32()
	if c.u8() != 1 || string(c.take(8)) != "ActiveMQ" || s.Transport != portolan.TCP {
		return Match{}, false
	}
	version := c.be32()
	if c.lost || version == 0 || version > 64 || size < 14 || size > 1<<16 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: kind, To: min(len(s.Data), 4+int(size))}.with("protocol", strconv.Itoa(int(version)))
	if len(s.Data) < 4+int(size) {
		m.Strength = Likely
	}
	properties := s.Data[:m.To]
	m.Product, m.Version = openWireText(properties, "ProviderName"), openWireText(properties, "ProviderVersion")
	return m.with("platform", openWireText(properties, "PlatformDetails")), true
}

// openWireText returns the text of a property: its name with its length, type 9,
// the text with its length.
func openWireText(b []byte, name string) string {
	_, rest, ok := bytes.Cut(b, append([]byte{0, byte(len(name))}, name+"\x09"...))
	c := cursor{b: rest}
	text := c.part16()
	if !ok || c.lost || !printable(text) {
		return ""
	}
	return string(text)
}
