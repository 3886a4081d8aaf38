package protocol

import (
	"bytes"
	"fmt"
	"unicode/utf16"

	"github.com/portolan/portolan"
)

// mssql is asked for its PRELOGIN, which comes before any login and states the
// version of the server.
var mssql = Protocol{
	Name: "mssql", Title: "Microsoft SQL Server (TDS)", Source: "MS-TDS, sections 2.2.3.1, 2.2.6.4 and 2.2.6.5", TCPOnly: true,
	Services: []string{"ms-sql-s"},
	Usual:    []uint16{1433},
	Answer:   answerTDS,
	Opening:  openingTDS,
	Questions: []Question{
		{Name: "mssql-prelogin", When: Anywhere, Rank: 26, Bytes: fixed("\x12\x01\x00\x1a\x00\x00\x01\x00" + // a whole packet of 26 bytes
			"\x00\x00\x0b\x00\x06" + "\x01\x00\x11\x00\x01" + "\xff" + // VERSION, ENCRYPTION
			"\x00\x00\x00\x00\x00\x00" + "\x02")}, // no version of ours; no encryption here
	},
}

// tdsOptions returns the options of a PRELOGIN message by their numbers; false
// where the packet, its table or its lengths are not in order.
func tdsOptions(b []byte, kind int) (map[int][]byte, bool) {
	c := cursor{b: b}
	if c.u8() != kind || c.u8() != 1 || c.be16() != len(b) {
		return nil, false
	}
	c.take(4)
	body, all := c.b, map[int][]byte{}
	for !c.lost {
		option := c.u8()
		if option == 0xff {
			return all, !c.lost && len(all[0]) == 6
		}
		from, size := c.be16(), c.be16()
		if c.lost || option > 32 || from+size > len(body) {
			break
		}
		all[option] = body[from : from+size]
	}
	return nil, false
}

// tdsEncryption are the values of the ENCRYPTION option.
var tdsEncryption = map[byte]string{0: "off", 1: "on", 2: "not supported", 3: "required"}

func answerTDS(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	options, ok := tdsOptions(s.Data, 0x04)
	if !ok {
		return Match{}, false
	}
	v := options[0]
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	m.Version = fmt.Sprintf("%d.%d.%d", v[0], v[1], int(v[2])<<8|int(v[3]))
	if e := options[1]; len(e) == 1 {
		m = m.with("encryption", tdsEncryption[e[0]])
	}
	return m, true
}

// openingTDS recognises a client's PRELOGIN or its login.
func openingTDS(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	if options, ok := tdsOptions(s.Data, 0x12); ok {
		instance, _, _ := bytes.Cut(options[2], []byte{0})
		return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("request", "prelogin").with("instance", string(instance)), true
	}
	return tdsLogin(s)
}

// tdsLogin reads LOGIN7: a head of 36 bytes, then where each text stands and how
// many letters it has. The password is not looked at.
func tdsLogin(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	kind, status, size := c.u8(), c.u8(), c.be16()
	c.take(4)
	body := c.b
	length, version := c.le32(), c.le32()
	if c.lost || kind != 0x10 || status > 1 || size < len(s.Data) || int64(length) > int64(size)-8 || version>>24 < 0x70 || version>>24 > 0x74 || len(body) < 94 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("request", "login")
	for _, field := range []struct {
		name string
		at   int
	}{{"host", 36}, {"user", 40}, {"application", 48}, {"server", 52}, {"library", 60}, {"database", 68}} {
		m = m.with(field.name, tdsText(body, field.at))
	}
	return m, true
}

// tdsText returns the text whose place and number of letters stand at at.
func tdsText(body []byte, at int) string {
	from, _ := le16(body, at)
	letters, ok := le16(body, at+2)
	if !ok || letters > mostText || from+2*letters > len(body) {
		return ""
	}
	units := make([]uint16, letters)
	for i := range units {
		units[i] = uint16(body[from+2*i]) | uint16(body[from+2*i+1])<<8
	}
	return string(utf16.Decode(units))
}
