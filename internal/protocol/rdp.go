package protocol

import (
	"bytes"
	"strings"
)

// rdp is asked for a connection in X.224, which comes before TLS and any login.
var rdp = Protocol{
	Name: "rdp", Title: "RDP", Source: "MS-RDPBCGR, sections 2.2.1.1 and 2.2.1.2", TCPOnly: true,
	Services:  []string{"ms-wbt-server"},
	Usual:     []uint16{3389, 3390},
	Answer:    answerRDP,
	Opening:   openingRDP,
	Questions: []Question{{Name: "rdp-connection-request", When: Anywhere, Rank: 14, Bytes: fixed("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00")}},
}

// tpkt reports whether b is one TPKT with an X.224 packet of a kind.
func tpkt(b []byte, kind byte) bool {
	n, ok := be16(b, 2)
	return ok && len(b) >= 11 && b[0] == 3 && b[1] == 0 && n == len(b) && int(b[4]) == n-5 && b[5]&0xf0 == kind
}

func answerRDP(s Said) (Match, bool) {
	b := s.Data
	if !tpkt(b, 0xd0) || b[6] != 0 || b[7] != 0 || b[10] != 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(b)}
	switch {
	case len(b) == 11:
		m.Strength = Likely // an old server, or another protocol over TPKT
		return m, s.Question == "rdp-connection-request"
	case len(b) == 19 && b[11] == 2 && b[13] == 8:
		v, _ := le32(b, 15)
		names := map[uint32]string{0: "RDP", 1: "TLS", 2: "CredSSP", 4: "RDSTLS", 8: "CredSSP with early authorization"}
		return m.with("security", names[v]), names[v] != ""
	case len(b) == 19 && b[11] == 3 && b[13] == 8:
		v, _ := le32(b, 15)
		names := map[uint32]string{1: "TLS required by server", 2: "TLS not allowed by server", 3: "no certificate on server", 4: "inconsistent flags", 5: "CredSSP required by server", 6: "TLS with user authentication required"}
		return m.with("failure", names[v]), names[v] != ""
	}
	return Match{}, false
}

func openingRDP(s Said) (Match, bool) {
	b := s.Data
	n, ok := be16(b, 2)
	if !ok || len(b) < 11 || b[0] != 3 || b[1] != 0 || n > len(b) || n < 11 || int(b[4]) != n-5 || b[5] != 0xe0 || b[10] != 0 {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: n}
	if user, ok := between(b, "Cookie: mstshash=", "\r\n"); ok {
		m.Strength = Certain
		return m.with("user", strings.TrimSpace(user)), true
	}
	if bytes.Contains(b[11:n], []byte("\x01\x00\x08\x00")) {
		m.Strength = Certain
	}
	return m, n > 11
}
