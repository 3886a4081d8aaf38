package protocol

import (
	"bytes"
	"strconv"

	"github.com/portolan/portolan"
)

// ethernetIP is asked who it is, which needs no session; the answer repeats the
// eight bytes that the sender chose.
var ethernetIP = Protocol{
	Name: "ethernet-ip", Title: "EtherNet/IP", Source: "CIP Networks Library, volume 2, sections 2-3 and 2-4.2",
	Services:    []string{"EtherNet-IP-2", "EtherNet/IP-2"},
	TLSServices: []string{"ethernet-ip-s"},
	Usual:       []uint16{44818, 2221},
	Answer:      answerENIP,
	Opening:     openingENIP,
	Questions: []Question{
		{Name: "ethernet-ip-identity", When: OnRequest, Rank: 5, InTLS: true, Bytes: askENIP},
		{Name: "ethernet-ip-identity-udp", Transport: portolan.UDP, When: OnRequest, Rank: 6, Bytes: askENIP},
	},
}

const (
	enipHeader       = 24
	enipListIdentity = 0x63
)

func askENIP(a Ask) []byte {
	b := make([]byte, enipHeader)
	b[0] = enipListIdentity
	copy(b[12:20], a.Nonce[:8])
	return b
}

// enipMessage checks a header: command, length, session, state, the sender's
// bytes, options that are none.
func enipMessage(s Said) (command int, body []byte, ok bool) {
	b := s.Data
	n, _ := le16(b, 2)
	command, _ = le16(b, 0)
	if s.Cut || len(b) < enipHeader || len(b) != enipHeader+n || !bytes.Equal(b[20:24], make([]byte, 4)) {
		return 0, nil, false
	}
	return command, b[enipHeader:], true
}

func answerENIP(s Said) (Match, bool) {
	command, b, ok := enipMessage(s)
	if !ok || s.Question != "ethernet-ip-identity" && s.Question != "ethernet-ip-identity-udp" {
		return Match{}, false
	}
	if command != enipListIdentity || !bytes.Equal(s.Data[4:12], make([]byte, 8)) || !bytes.Equal(s.Data[12:20], s.Nonce[:8]) {
		return Match{}, false
	}
	// One item, of the kind 0x0c; in it the version of the protocol (1), an
	// address, then vendor, kind, product, revision, state, serial number and name.
	size, _ := le16(b, 4)
	if len(b) < 40 || b[0] != 1 || b[2] != 0x0c || 6+size != len(b) || b[6] != 1 {
		return Match{}, false
	}
	n := int(b[38])
	if len(b) != 39+n+1 {
		return Match{}, false
	}
	vendor, _ := le16(b, 24)
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data), Product: legibleText(b[39 : 39+n])}
	m.Version = strconv.Itoa(int(b[30])) + "." + strconv.Itoa(int(b[31]))
	return m.with("vendor", strconv.Itoa(vendor)), true
}

// openingENIP recognises the commands that come first: lists, and a session's
// registration.
func openingENIP(s Said) (Match, bool) {
	command, b, ok := enipMessage(s)
	if !ok || !bytes.Equal(s.Data[8:12], make([]byte, 4)) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	switch {
	case command == 0x04 && len(b) == 0:
		return m.with("asked", "list services"), true
	case command == enipListIdentity && len(b) == 0:
		return m.with("asked", "list identity"), true
	case command == 0x64 && len(b) == 0:
		return m.with("asked", "list interfaces"), true
	case command == 0x65 && bytes.Equal(b, []byte{1, 0, 0, 0}):
		return m.with("asked", "register session"), true
	}
	return Match{}, false
}
