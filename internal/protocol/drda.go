package protocol

import (
	"strings"

	"github.com/portolan/portolan"
)

// drda is what Db2 and Derby speak. EXCSAT exchanges what both sides can before
// any login. Its letters are EBCDIC. Derby does not repeat the number of a request,
// so that its answer is known by its code points alone.
var drda = Protocol{
	Name: "drda", Title: "DRDA (Db2, Derby)", Source: "DRDA version 5, volume 3 (DDM), EXCSAT and EXCSATRD",
	Services: []string{"ddm-rdb"}, TLSServices: []string{"db2c-tls", "ddm-ssl"},
	Usual:   []uint16{50000, 446, 1527},
	Answer:  answerDRDA,
	Opening: openingDRDA,
	Questions: []Question{
		{Name: "drda-excsat", When: AtHome, Rank: 10, InTLS: true, Bytes: askDRDA},
	},
}

// The code points of DDM that are used here.
const (
	ddmEXCSAT   = 0x1041
	ddmEXCSATRD = 0x1443
	ddmEXTNAM   = 0x115e
	ddmMGRLVLLS = 0x1404
	ddmSRVCLSNM = 0x1147
	ddmSRVNAM   = 0x116d
	ddmSRVRLSLV = 0x115a
	ddmSVRCOD   = 0x1149
	ddmSYNERRCD = 0x114a
	ddmSYNTAXRM = 0x124c
)

// askDRDA is a request with who asks, what is asked for (AGENT in level 3, SQLAM
// in level 3), and no more.
func askDRDA(Ask) []byte {
	const body = "\x00\x0c\x11\x5e" + "\x97\x96\x99\xa3\x96\x93\x81\x95" + // EXTNAM "portolan"
		"\x00\x0c\x14\x04" + "\x14\x03\x00\x03" + "\x24\x07\x00\x03"
	n := byte(len(body) + 4)
	b := []byte{0, n + 6, 0xd0, 0x01, 0, 1, 0, n, ddmEXCSAT >> 8, ddmEXCSAT & 0xff}
	return append(b, body...)
}

// drdaObject takes the first object of a message: its length, 0xd0, what kind it
// is, its number, the object's length and code point, its parameters.
func drdaObject(b []byte) (point int, parameters map[int][]byte, size int, ok bool) {
	c := cursor{b: b}
	size = c.be16()
	magic := c.u8()
	c.take(1 + 2)
	inner := c.be16()
	point = c.be16()
	body := cursor{b: c.take(inner - 4)}
	if c.lost || magic != 0xd0 || size != inner+6 {
		return 0, nil, 0, false
	}
	parameters = map[int][]byte{}
	for len(body.b) > 0 {
		n := body.be16()
		at := body.be16()
		parameters[at] = body.take(n - 4)
	}
	return point, parameters, size, !body.lost
}

func answerDRDA(s Said) (Match, bool) {
	point, parameters, size, ok := drdaObject(s.Data)
	if !ok || s.Transport != portolan.TCP {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: size}
	switch point {
	case ddmEXCSATRD:
		m.Product, m.Version = ebcdic(parameters[ddmSRVCLSNM]), ebcdic(parameters[ddmSRVRLSLV])
		if _, v, ok := strings.Cut(m.Version, "/"); ok { // "CSS10140/10.14.2.0 - (1828579)"
			m.Version, _, _ = strings.Cut(v, " ")
		}
		return m.with("server", ebcdic(parameters[ddmSRVNAM])), parameters[ddmSRVCLSNM] != nil || parameters[ddmMGRLVLLS] != nil
	case ddmSYNTAXRM: // how bad it is, and what is wrong
		m.Kind = ErrorText
		return m.with("error", "SYNTAXRM"), len(parameters[ddmSVRCOD]) == 2 && len(parameters[ddmSYNERRCD]) == 1
	}
	return Match{}, false
}

func openingDRDA(s Said) (Match, bool) {
	point, parameters, size, ok := drdaObject(s.Data)
	if !ok || s.Transport != portolan.TCP || point != ddmEXCSAT {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: size}
	m = m.with("client", ebcdic(parameters[ddmEXTNAM])).with("host", ebcdic(parameters[ddmSRVNAM]))
	return m.with("client-class", ebcdic(parameters[ddmSRVCLSNM])), parameters[ddmMGRLVLLS] != nil
}

// ebcdicRows are the printable characters of code page 500 by the first halves of
// their codes; '~' stands where ASCII has none.
var ebcdicRows = map[byte]string{
	0x4: " ~~~~~~~~~[.<(+!", 0x5: "&~~~~~~~~~]$*);^", 0x6: "-/~~~~~~~~|,%_>?", 0x7: "~~~~~~~~~`:#@'=\"",
	0x8: "~abcdefghi~~~~~~", 0x9: "~jklmnopqr~~~~~~", 0xa: "~~stuvwxyz~~~~~~",
	0xc: "{ABCDEFGHI~~~~~~", 0xd: "}JKLMNOPQR~~~~~~", 0xe: "\\~STUVWXYZ~~~~~~", 0xf: "0123456789~~~~~~",
}

// ebcdic reads a text; "" where it holds what no text does.
func ebcdic(b []byte) string {
	var text strings.Builder
	for _, c := range b[:min(len(b), mostText)] {
		row := ebcdicRows[c>>4]
		if row == "" || row[c&15] == '~' {
			return ""
		}
		text.WriteByte(row[c&15])
	}
	return strings.TrimSpace(text.String())
}
