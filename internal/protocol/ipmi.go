package protocol

import (
	"strconv"

	"github.com/portolan/portolan"
)

// ipmi is spoken by the controllers of servers. Presence and the ways to log in
// may be asked by anyone; nothing here logs in.
var ipmi = Protocol{
	Name: "ipmi", Title: "IPMI over RMCP", Source: "DMTF DSP0136 (ASF 2.0), section 3.2; IPMI 2.0, sections 13 and 22.13",
	Services: []string{"asf-rmcp"},
	Usual:    []uint16{623},
	Answer:   answerIPMI,
	Opening:  openingIPMI,
	Questions: []Question{
		{Name: "ipmi-asf-ping", Transport: portolan.UDP, When: AtHome, Rank: 38, Bytes: func(a Ask) []byte {
			return append([]byte(rmcpASF), asfPing, ipmiTag(a.Nonce), 0, 0)
		}},
		// Get Channel Authentication Capabilities: every client's first words.
		{Name: "ipmi-channel-auth", Transport: portolan.UDP, When: AtHome, Bytes: func(a Ask) []byte {
			return []byte("\x06\x00\xff\x07" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09" + "\x20\x18\xc8\x81\x00\x38\x8e\x04\xb5")
		}},
	},
}

const (
	rmcpASF  = "\x06\x00\xff\x06\x00\x00\x11\xbe" // version, reserved, unnumbered, ASF; ASF's own enterprise
	rmcpIPMI = "\x06\x00\xff\x07"
	asfPing  = 0x80
	asfPong  = 0x40
	ipmiBody = 14 // where the message of a session of version 1.5 without authentication begins
)

// ipmiTag: 255 says that no answer is wanted.
func ipmiTag(n Nonce) byte { return n[0] & 0x7f }

func answerIPMI(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 24) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	if len(b) == 28 && string(b[:8]) == rmcpASF {
		if b[8] != asfPong || b[9] != ipmiTag(s.Nonce) || b[11] != 16 {
			return Match{}, false
		}
		if b[20]&0x80 != 0 {
			m = m.with("ipmi", "supported")
		}
		maker, _ := be32(b, 12)
		return m.with("enterprise", strconv.FormatUint(uint64(maker), 10)), true
	}
	return ipmiCapabilities(m, b)
}

// ipmiCapabilities recognises the answer to Get Channel Authentication
// Capabilities by its two checksums.
func ipmiCapabilities(m Match, b []byte) (Match, bool) {
	const sizeAt, body = 13, 16
	if string(b[:4]) != rmcpIPMI || !zeros(b[4:13]) || int(b[sizeAt]) != body || len(b) < ipmiBody+body {
		return Match{}, false
	}
	r := b[ipmiBody : ipmiBody+body]
	if r[0] != 0x81 || r[1] != 0x1c || r[5] != 0x38 || ipmiSum(r[:3]) != 0 || ipmiSum(r[3:]) != 0 {
		return Match{}, false
	}
	if r[6] != 0 {
		return m.with("completion", strconv.Itoa(int(r[6]))), true
	}
	version := "1.5"
	if r[8]&0x80 != 0 && r[10]&2 != 0 {
		version = "2.0"
	}
	if r[9]&1 != 0 {
		m = m.with("anonymous", "allowed")
	}
	return m.with("ipmi-version", version), true
}

func ipmiSum(b []byte) (sum byte) {
	for _, c := range b {
		sum += c
	}
	return sum
}

// openingIPMI recognises a ping, a message of a session of version 1.5, and the
// opening of a session of version 2.0.
func openingIPMI(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 12) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}
	switch {
	case len(b) == 12 && string(b[:8]) == rmcpASF && b[8] == asfPing && b[11] == 0:
		return m.with("message", "ping"), true
	case string(b[:4]) != rmcpIPMI:
		return Match{}, false
	case b[4] == 0 && len(b) >= ipmiBody+7 && int(b[13]) == len(b)-ipmiBody && ipmiSum(b[ipmiBody:ipmiBody+3]) == 0:
		if b[19] == 0x38 {
			return m.with("message", "channel-auth"), true
		}
		return m.with("command", strconv.Itoa(int(b[19]))), true
	case b[4] == 6 && len(b) >= 16:
		size, _ := le16(b, 14)
		return m.with("message", known(map[int]string{0x10: "open-session", 0x12: "rakp-1"}, int(b[5]&0x3f))), size == len(b)-16
	}
	return Match{}, false
}
