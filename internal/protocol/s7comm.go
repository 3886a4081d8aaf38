package protocol

import (
	"bytes"
	"strings"
)

// s7comm is asked for a connection of ISO transport, then for the size of its
// messages, then for the list that names the module: it is read, and nothing is
// started or stopped.
var s7comm = Protocol{
	Name: "s7comm", Title: "S7 communication", Source: "RFC 1006, section 6; ITU-T X.224, section 13.4; the S7 system functions manual, SZL-ID 0x0011",
	Services:  []string{"iso-tsap"},
	Usual:     []uint16{102},
	Answer:    answerS7,
	Opening:   openingS7,
	Questions: []Question{{Name: "s7-connection-request", When: OnRequest, Rank: 4, Bytes: askS7, Next: nextS7}},
}

// s7Points are the transport's access points: a programming device, at rack 0
// and slot 2. The confirm repeats them.
const s7Points = "\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02\x01\x02"

// s7Setup agrees on the size of messages; s7Module asks for the module's
// identification (SZL 0x0011, all of it).
const (
	s7Setup  = "\x03\x00\x00\x19\x02\xf0\x80\x32\x01\x00\x00\x00\x01\x00\x08\x00\x00\xf0\x00\x00\x01\x00\x01\x01\xe0"
	s7Module = "\x03\x00\x00\x21\x02\xf0\x80\x32\x07\x00\x00\x00\x02\x00\x08\x00\x08\x00\x01\x12\x04\x11\x44\x01\x00\xff\x09\x00\x04\x00\x11\x00\x00"
)

func askS7(a Ask) []byte {
	b := []byte{3, 0, 0, 22, 17, x224Request, 0, 0, a.Nonce[0], a.Nonce[1], 0}
	return append(b, s7Points...)
}

func nextS7(s Said, step int) []byte {
	if _, ok := answerS7(s); !ok {
		return nil
	}
	switch step {
	case 1:
		return []byte(s7Setup)
	case 2:
		return []byte(s7Module)
	}
	return nil
}

// answerS7 reads a confirm that repeats our reference, and behind it what an S7
// device says: a confirm alone is any server of ISO transport.
func answerS7(s Said) (Match, bool) {
	rest, to, ok := tpkt(s, x224Confirm)
	if !ok || s.Question != "s7-connection-request" || !bytes.Equal(s.Data[6:8], s.Nonce[:2]) || !s7Parameters(rest) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Handshake, To: to}
	setup, more := s7Message(s.Data[to:])
	if len(setup) < 12 || setup[1] != 3 || setup[10] != 0 || setup[11] != 0 {
		return m, true
	}
	m.Strength, m.To = Certain, len(s.Data)-len(more)
	if module, _ := s7Message(more); len(module) > 10 {
		m.Product, m.To = s7Order(module), len(s.Data)
	}
	return m, true
}

// s7Parameters reports whether b is parameters of X.224 alone.
func s7Parameters(b []byte) bool {
	for len(b) > 0 {
		if len(b) < 2 || b[0] < 0xc0 || b[0] > 0xc2 || len(b) < 2+int(b[1]) {
			return false
		}
		b = b[2+int(b[1]):]
	}
	return true
}

// s7Message takes a message of S7 out of its TPKT; nil where there is none.
func s7Message(b []byte) (message, rest []byte) {
	n, _ := be16(b, 2)
	if n < 17 || len(b) < n || b[0] != 3 || b[1] != 0 || b[4] != 2 || b[5] != 0xf0 || b[7] != 0x32 {
		return nil, b
	}
	return b[7:n], b[n:]
}

// s7Order returns the order number of the module, "6ES7 315-2EH14-0AB0": the
// first record of the list, behind its number.
func s7Order(b []byte) string {
	i := bytes.Index(b, []byte("\x00\x11\x00\x00\x00\x1c"))
	if i < 0 || len(b) < i+8+2+20 || !printable(b[i+10:i+30]) {
		return ""
	}
	return strings.TrimSpace(string(b[i+10 : i+30]))
}

// openingS7 recognises a request for a connection between two access points,
// as programming devices and panels send it.
func openingS7(s Said) (Match, bool) {
	rest, to, ok := tpkt(s, x224Request)
	if !ok || len(rest) == 0 || !s7Parameters(rest) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: to}
	return m, bytes.Contains(rest, []byte("\xc1\x02")) && bytes.Contains(rest, []byte("\xc2\x02"))
}
