package protocol

import (
	"bytes"
	"strconv"

	"github.com/portolan/portolan"
)

// ntp is asked as clients ask (mode 3). Control and private messages (modes 6
// and 7) are never sent: their answers are larger than the question.
var ntp = Protocol{
	Name: "ntp", Title: "NTP", Source: "RFC 5905, section 7.3; RFC 9327",
	Services: []string{"ntp"},
	Usual:    []uint16{123},
	Answer:   answerNTP,
	Opening:  openingNTP,
	Questions: []Question{
		{Name: "ntp-client", Transport: portolan.UDP, When: Anywhere, Rank: 12, Bytes: func(a Ask) []byte {
			b := make([]byte, ntpSize)
			b[0] = 4<<3 | ntpClient
			copy(b[40:], a.Nonce[:8])
			return b
		}},
	},
}

const (
	ntpSize    = 48
	ntpClient  = 3
	ntpServer  = 4
	ntpControl = 6
	ntpPrivate = 7
)

// answerNTP: the server puts the client's transmit timestamp, which is our
// nonce, where the originate timestamp stands.
func answerNTP(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, ntpSize) || len(b)%4 != 0 || b[0]&7 != ntpServer || !bytes.Equal(b[24:32], s.Nonce[:8]) {
		return Match{}, false
	}
	version, stratum := int(b[0]>>3&7), int(b[1])
	if version < 1 || version > 4 || stratum > 16 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: ntpSize}.
		with("version", strconv.Itoa(version)).with("stratum", strconv.Itoa(stratum))
	if b[0]>>6 == 3 {
		m = m.with("leap", "not synchronised")
	}
	return ntpReference(m, stratum, b[12:16]), true
}

// ntpReference: what the reference id means depends on the stratum.
func ntpReference(m Match, stratum int, id []byte) Match {
	text := bytes.TrimRight(id, "\x00")
	switch {
	case stratum == 0 && words(text):
		return m.with("kiss", string(text))
	case stratum == 1 && words(text):
		return m.with("refid", string(text))
	case stratum > 1 && stratum < 16 && !zeros(id):
		return m.with("refid", dotted(id))
	}
	return m
}

// openingNTP tells a client's question from the control and private messages
// by which scanners look for servers that can be made to flood others.
func openingNTP(s Said) (Match, bool) {
	if !datagram(s, 4) {
		return Match{}, false
	}
	b := s.Data
	version := int(b[0] >> 3 & 7)
	m := Match{Strength: Likely, Kind: Opening, To: len(b)}
	switch mode := b[0] & 7; {
	case version < 1 || version > 4:
		return Match{}, false
	case mode == ntpClient && ntpAsks(b):
		if m.To = ntpSize; !zeros(b[1:]) {
			m.Strength = Certain
		}
		m = m.with("mode", "client")
	case mode == ntpControl && ntpControls(b):
		m = m.with("mode", "control").with("request", known(ntpOpcodes, int(b[1]&31)))
	case mode == ntpPrivate && ntpOlder(b):
		m = m.with("mode", "private").with("request", known(ntpCodes, int(b[3])))
	default:
		return Match{}, false
	}
	return m.with("version", strconv.Itoa(version)), true
}

// ntpAsks: a client's packet has 48 bytes; behind them may stand a digest, and
// from version 4 on extensions. A delay of minutes to the root is no clock's.
func ntpAsks(b []byte) bool {
	version, more := b[0]>>3&7, len(b)-ntpSize
	if more < 0 || b[0]>>6 == 1 || b[0]>>6 == 2 || b[1] > 16 || b[4] != 0 || b[8] != 0 {
		return false
	}
	return more == 0 || more%4 == 0 && (version == 4 || version == 3 && (more == 12 || more == 20 || more == 24))
}

// ntpControls: a request of mode 6 gives its sequence and the count of its data.
func ntpControls(b []byte) bool {
	if len(b) < 12 || b[0]>>6 != 0 || b[1]&0xe0 != 0 || b[1]&31 > 12 && b[1]&31 != 31 {
		return false
	}
	count, _ := be16(b, 10)
	return len(b) == 12+(count+3)/4*4 || len(b) == 12+count
}

// ntpOlder: a request of mode 7 names the implementation and what is asked of it.
func ntpOlder(b []byte) bool {
	return b[0]>>6 == 0 && b[1] == 0 && (b[2] == 0 || b[2] == 2 || b[2] == 3) && b[3] <= 45 && (len(b) < 8 || b[4] == 0)
}

var ntpOpcodes = map[int]string{1: "readstat", 2: "readvar", 3: "writevar", 4: "readclock", 8: "configure", 10: "read-mru", 12: "nonce"}

var ntpCodes = map[int]string{0: "peer-list", 2: "peer-info", 4: "sys-info", 16: "reslist", 20: "monlist", 42: "monlist"}
