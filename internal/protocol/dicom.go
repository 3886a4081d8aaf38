package protocol

import (
	"strings"

	"github.com/portolan/portolan"
)

// dicom is asked for an association about something that no application speaks
// about, which it rejects; or takes, and has nothing to do then.
var dicom = Protocol{
	Name: "dicom", Title: "DICOM", Source: "DICOM PS3.8, sections 9.3.1 to 9.3.8",
	Services: []string{"dicom", "acr-nema"}, TLSServices: []string{"dicom-tls"},
	Usual:   []uint16{104, 11112, 4242},
	Answer:  answerDICOM,
	Opening: openingDICOM,
	Questions: []Question{
		{Name: "dicom-associate", When: AtHome, Rank: 10, InTLS: true, Bytes: askDICOM},
	},
}

// askDICOM is an A-ASSOCIATE-RQ: both names, an application context that is not
// DICOM's, one presentation context of Verification, a size.
func askDICOM(Ask) []byte {
	item := func(kind byte, body string) string {
		return string([]byte{kind, 0, byte(len(body) >> 8), byte(len(body))}) + body
	}
	const context = "2.25.378" // not that of PS3.7, 1.2.840.10008.3.1.1.1
	body := "\x00\x01\x00\x00" + "ANY-SCP         " + "PORTOLAN        " + strings.Repeat("\x00", 32) + item(0x10, context) +
		item(0x20, "\x01\x00\x00\x00"+item(0x30, "1.2.840.10008.1.1")+item(0x40, "1.2.840.10008.1.2")) +
		item(0x50, item(0x51, "\x00\x00\x40\x00")+item(0x52, "2.25.378"))
	return append([]byte{1, 0, 0, 0, 0, byte(len(body))}, body...)
}

// dicomPDU takes a message: its type, a zero, its length.
func dicomPDU(s Said) (kind int, c cursor, ok bool) {
	c = cursor{b: s.Data}
	kind = c.u8()
	zero, size := c.u8(), c.be32()
	return kind, c, !c.lost && zero == 0 && s.Transport == portolan.TCP && int64(size) == int64(len(c.b))
}

// dicomReasons are why an association is rejected, by who does so and why.
var dicomReasons = map[[2]byte]string{
	{1, 1}: "no reason given", {1, 2}: "application context not supported", {1, 3}: "calling name not recognised", {1, 7}: "called name not recognised",
	{2, 1}: "no reason given", {2, 2}: "protocol version not supported", {3, 1}: "temporary congestion", {3, 2}: "local limit exceeded",
}

func answerDICOM(s Said) (Match, bool) {
	kind, c, ok := dicomPDU(s)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	switch kind {
	case 2: // A-ASSOCIATE-AC: version, the names again
		version := c.be16()
		c.take(2)
		names := string(c.take(32))
		return m.with("association", "accepted"), !c.lost && version&1 == 1 && strings.HasSuffix(names, "PORTOLAN        ") && s.Question == "dicom-associate"
	case 3: // A-ASSOCIATE-RJ: a zero, result, source, reason
		b := c.take(4)
		if c.lost || len(c.b) > 0 || b[0] != 0 || b[1] < 1 || b[1] > 2 {
			return Match{}, false
		}
		reason, known := dicomReasons[[2]byte{b[2], b[3]}]
		if s.Question != "dicom-associate" {
			m.Kind = ErrorText
		}
		return m.with("rejected", reason), known
	case 7: // A-ABORT: two zeros, source, reason
		b := c.take(4)
		m.Kind, m.Strength = ErrorText, Likely
		return m, !c.lost && len(c.b) == 0 && b[0] == 0 && b[1] == 0 && (b[2] == 0 || b[2] == 2) && b[3] <= 6
	}
	return Match{}, false
}

// openingDICOM recognises an A-ASSOCIATE-RQ, and whom it wants.
func openingDICOM(s Said) (Match, bool) {
	kind, c, ok := dicomPDU(s)
	version := c.be16()
	c.take(2)
	called, calling := c.take(16), c.take(16)
	c.take(32)
	if !ok || kind != 1 || c.u8() != 0x10 || c.lost || version&1 != 1 || !printable(called) || !printable(calling) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	return m.with("called", strings.TrimSpace(string(called))).with("calling", strings.TrimSpace(string(calling))), true
}
