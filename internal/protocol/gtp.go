package protocol

import (
	"strconv"

	"github.com/portolan/portolan"
)

// gtp is the tunnel of mobile networks. An echo asks whether the other end is there.
var gtp = Protocol{
	Name: "gtp", Title: "GTP", Source: "3GPP TS 29.060, sections 6 and 7.2; TS 29.274, sections 5 and 7.1; TS 29.281",
	Services: []string{"gtp-control", "gtp-user"},
	Outranks: []string{"coap"}, // which has no lengths
	Usual:    []uint16{2123, 2152},
	Answer:   answerGTP,
	Opening:  openingGTP,
	Questions: []Question{
		{Name: "gtp-echo", Transport: portolan.UDP, When: AtHome, Bytes: func(a Ask) []byte {
			return []byte{0x32, gtpEcho, 0, 4, 0, 0, 0, 0, a.Nonce[0], a.Nonce[1], 0, 0}
		}},
		{Name: "gtp2-echo", Transport: portolan.UDP, When: AtHome, Bytes: func(a Ask) []byte {
			return []byte{0x40, gtpEcho, 0, 9, a.Nonce[0], a.Nonce[1], a.Nonce[2], 0, 3, 0, 1, 0, 0}
		}},
	},
}

const (
	gtpEcho        = 1
	gtpEchoed      = 2
	gtpUnsupported = 3
)

// gtpHead reads version, type and sequence of a message whose length fits; at
// is the byte behind the header. Version 2 counts its length from another byte.
func gtpHead(s Said) (version, kind int, sequence []byte, at int, ok bool) {
	b := s.Data
	size, _ := be16(b, 2)
	if !datagram(s, 8) {
		return 0, 0, nil, 0, false
	}
	switch {
	case b[0]&0xfd == 0x30 && len(b) == 8+size: // version 1 without extensions
		if b[0]&2 != 0 && len(b) >= 12 {
			return 1, int(b[1]), b[8:10], 12, true
		}
		return 1, int(b[1]), nil, 8, b[0]&2 == 0
	case b[0]&0xe7 == 0x40 && len(b) == 4+size:
		return 2, int(b[1]), b[4:7], 8, true
	case b[0]&0xe7 == 0x40|8 && len(b) == 4+size && len(b) >= 12:
		return 2, int(b[1]), b[8:11], 12, true
	}
	return 0, 0, nil, 0, false
}

// answerGTP: the sequence number is ours; an echo's answer says how often the
// node was restarted, and little else.
func answerGTP(s Said) (Match, bool) {
	version, kind, sequence, at, ok := gtpHead(s)
	if !ok || len(sequence) == 0 || string(sequence) != string(s.Nonce[:len(sequence)]) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}.with("version", strconv.Itoa(version))
	rest := s.Data[at:]
	switch {
	case kind == gtpUnsupported && len(rest) == 0:
		return m.with("error", "version not supported"), true
	case kind == gtpEchoed && version == 1 && (len(rest) == 0 || len(rest) >= 2 && rest[0] == 14):
		return m, true
	case kind == gtpEchoed && version == 2 && len(rest) >= 5 && string(rest[:3]) == "\x03\x00\x01":
		return m.with("restarts", strconv.Itoa(int(rest[4]))), true
	}
	return Match{}, false
}

var gtpMessages = map[int]string{1: "echo-request", 16: "create-pdp-context", 32: "create-session", 255: "data"}

// openingGTP recognises an echo, and what opens a session.
func openingGTP(s Said) (Match, bool) {
	version, kind, _, at, ok := gtpHead(s)
	if !ok || gtpMessages[kind] == "" || version == 1 && kind == 32 || version == 2 && kind != gtpEcho && kind != 32 {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(s.Data)}
	if rest := s.Data[at:]; kind == gtpEcho && !gtpRecovery(version, rest) {
		return Match{}, false
	}
	if version == 2 {
		m.Strength = Certain
	}
	return m.with("version", strconv.Itoa(version)).with("message", gtpMessages[kind]), true
}

// gtpRecovery: an echo carries nothing, a restart counter, or a private extension.
func gtpRecovery(version int, b []byte) bool {
	if version == 2 {
		return len(b) >= 5 && string(b[:3]) == "\x03\x00\x01"
	}
	return len(b) == 0 || b[0] == 14 && len(b) == 2 || b[0] == 255 && len(b) > 5
}
