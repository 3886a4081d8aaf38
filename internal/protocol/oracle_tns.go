package protocol

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// oracleTNS is asked for the listener's version, which it gives or refuses before
// any database is named. The packets are not published by their maker.
var oracleTNS = Protocol{
	Name: "oracle-tns", Title: "Oracle TNS listener", Source: "Oracle Net Services, TNS packets, as Wireshark's dissector and python-oracledb write them down", TCPOnly: true,
	Usual:   []uint16{1521, 1526, 1522},
	Answer:  answerTNS,
	Opening: openingTNS,
	Questions: []Question{
		// A listener may ask to be told again.
		{Name: "oracle-tns-connect", When: AtHome, Rank: 34, Bytes: askTNS, Next: func(s Said, step int) []byte {
			if step == 1 && string(s.Data) == tnsResend {
				return s.Asked[:min(len(s.Asked), 1400)]
			}
			return nil
		}},
	},
}

const tnsResend = "\x00\x08\x00\x00\x0b\x00\x00\x00"

// askTNS is a CONNECT packet in version 310, compatible with 300, sizes of 2048
// and 32767, the usual properties, and the descriptor at byte 58.
func askTNS(Ask) []byte {
	const descriptor = "(CONNECT_DATA=(COMMAND=VERSION))"
	const head = "\x01\x00\x00\x00" + "\x01\x36\x01\x2c\x00\x00\x08\x00\x7f\xff\x7f\x08\x00\x00\x00\x01"
	b := []byte{0, 58 + byte(len(descriptor)), 0, 0}
	b = append(b, head...)
	b = append(b, 0, byte(len(descriptor)), 0, 58)
	b = append(b, make([]byte, 58-len(b))...)
	return append(b, descriptor...)
}

// tnsPacket takes a packet: length, checksum, type, flags, checksum of the head.
func tnsPacket(c *cursor) (kind int, body []byte, ok bool) {
	size := c.be16()
	check := c.be16()
	kind = c.u8()
	flags := c.u8()
	headCheck := c.be16()
	body = c.take(size - 8)
	return kind, body, !c.lost && check == 0 && headCheck == 0 && flags < 0x40
}

func answerTNS(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	rest, again := bytes.CutPrefix(s.Data, []byte(tnsResend))
	m := Match{Kind: Handshake, To: len(s.Data)}
	if again && len(rest) == 0 {
		m.Strength = Likely
		return m, s.Question == "oracle-tns-connect"
	}
	c := cursor{b: rest}
	kind, body, ok := tnsPacket(&c)
	if !ok {
		return Match{}, false
	}
	m.To -= len(c.b)
	m.Strength = Certain
	switch kind {
	case 2:
		return tnsAccept(m, body, c)
	case 4: // REFUSE: two reasons, then why
		b := cursor{b: body}
		b.take(2)
		return tnsVersion(m, b.part16(), !b.lost && len(b.b) == 0)
	case 5: // REDIRECT: where to
		b := cursor{b: body}
		to := b.part16()
		return m, !b.lost && (bytes.HasPrefix(to, []byte("(ADDRESS=")) || bytes.HasPrefix(to, []byte("(DESCRIPTION=")))
	}
	return Match{}, false
}

// tnsVersion reads "(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=0)…)".
func tnsVersion(m Match, text []byte, ok bool) (Match, bool) {
	if !ok || !bytes.HasPrefix(text, []byte("(DESCRIPTION=")) || !sentence(text) {
		return Match{}, false
	}
	number, _ := between(text, "(VSNNUM=", ")")
	if v, err := strconv.ParseUint(number, 10, 32); err == nil {
		m.Version = tnsNumber(uint32(v))
	}
	code, _ := between(text, "(ERR=", ")")
	alias, _ := between(text, "(ALIAS=", ")")
	return m.with("vsnnum", number).with("error", code).with("alias", alias), true
}

// tnsNumber writes a version number as Oracle does; with 18 its parts moved.
func tnsNumber(v uint32) string {
	if v>>24 >= 18 {
		return fmt.Sprintf("%d.%d.%d.%d.%d", v>>24, v>>16&0xff, v>>12&15, v>>4&0xff, v&15)
	}
	return fmt.Sprintf("%d.%d.%d.%d.%d", v>>24, v>>20&15, v>>12&0xff, v>>8&15, v&0xff)
}

// tnsAccept reads an ACCEPT and the packet of data behind it: "TNSLSNR for Linux:
// Version 11.2.0.4.0 - Production".
func tnsAccept(m Match, body []byte, c cursor) (Match, bool) {
	b := cursor{b: body}
	version := b.be16()
	b.take(8)
	size, from := b.be16(), b.be16()
	if b.lost || version < 300 || version > 340 || size > 0 && from+size > len(body)+8 {
		return Match{}, false
	}
	m = m.with("protocol", strconv.Itoa(version))
	text := body[min(max(from-8, 0), len(body)):]
	if kind, data, ok := tnsPacket(&c); ok && kind == 6 {
		m.To += 8 + len(data)
		text = data
	}
	if i := bytes.Index(text, []byte("TNSLSNR for ")); i >= 0 {
		m.Product = "TNSLSNR"
		m.Version, _ = between(text[i:], ": Version ", " ")
	} else {
		m.Strength = Likely
	}
	if !printable([]byte(m.Version)) {
		m.Version = ""
	}
	return m, true
}

// openingTNS recognises a CONNECT packet. A long descriptor comes behind it.
func openingTNS(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	kind, body, ok := tnsPacket(&c)
	b := cursor{b: body}
	version, compatible := b.be16(), b.be16()
	b.take(12)
	size, from := b.be16(), b.be16()
	if !ok || b.lost || s.Transport != portolan.TCP || kind != 1 || version < 300 || version > 340 || compatible > version || from < 34 || from > len(s.Data) {
		return Match{}, false
	}
	text := s.Data[from:min(from+size, len(s.Data))]
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("protocol", strconv.Itoa(version))
	if len(c.b) > 0 { // the length, the data flags, the text
		text = c.b
	}
	if !bytes.Contains(text, []byte("(CONNECT_DATA=")) {
		m.Strength = Likely
		return m, len(text) == 0
	}
	for _, name := range []string{"SERVICE_NAME", "SID", "COMMAND", "PROGRAM", "USER"} {
		value, _ := between(text, "("+name+"=", ")")
		m = m.with(strings.ToLower(strings.TrimSuffix(name, "_NAME")), value)
	}
	return m, true
}
