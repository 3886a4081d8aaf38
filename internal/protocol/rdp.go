package protocol

import (
	"strconv"
	"strings"
)

// rdp is asked for a connection of X.224, which comes before TLS and any login.
var rdp = Protocol{
	Name: "rdp", Title: "RDP", Source: "MS-RDPBCGR, sections 2.2.1.1 and 2.2.1.2", TCPOnly: true,
	Services:  []string{"ms-wbt-server"},
	Usual:     []uint16{3389, 3390},
	Answer:    answerRDP,
	Opening:   openingRDP,
	Questions: []Question{{Name: "rdp-connection-request", When: Anywhere, Rank: 14, Bytes: fixed(rdpRequest)}},
}

// rdpRequest is a connection request with a negotiation request: TLS or CredSSP.
const rdpRequest = "\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"

// rdpSecurity is what a server chooses.
var rdpSecurity = map[uint32]string{
	0: "RDP", 1: "TLS", 2: "CredSSP", 4: "RDSTLS", 8: "CredSSP with early authorization", 16: "RDS AAD",
}

// rdpFailures are why a server does not.
var rdpFailures = map[uint32]string{
	1: "TLS required by server", 2: "TLS not allowed by server", 3: "no certificate on server",
	4: "inconsistent flags", 5: "CredSSP required by server", 6: "TLS with user authentication required",
}

// X.224's connection request and confirm.
const (
	x224Request = 0xe0
	x224Confirm = 0xd0
)

// tpkt takes a packet of X.224 out of the TPKT that must end where it ends (RFC
// 1006, section 6); rest is what stands behind its fixed part of 7 bytes.
func tpkt(s Said, kind byte) (rest []byte, to int, ok bool) {
	b := s.Data
	n, _ := be16(b, 2)
	if !stream(s) || n < 11 || len(b) < n || b[0] != 3 || b[1] != 0 || int(b[4]) != n-5 || b[5]&0xf0 != kind || b[10] != 0 {
		return nil, 0, false
	}
	return b[11:n], n, true
}

func answerRDP(s Said) (Match, bool) {
	rest, to, ok := tpkt(s, x224Confirm)
	if !ok || to != len(s.Data) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: to}
	if len(rest) == 0 { // a server before negotiation was, or another over X.224
		m.Strength = Likely
		return m.with("security", "RDP"), s.Question == "rdp-connection-request"
	}
	if len(rest) != 8 || rest[2] != 8 || rest[3] != 0 {
		return Match{}, false
	}
	v, _ := le32(rest, 4)
	switch rest[0] {
	case 2:
		return m.with("security", rdpSecurity[v]), rdpSecurity[v] != ""
	case 3:
		return m.with("failure", rdpFailures[v]), rdpFailures[v] != ""
	}
	return Match{}, false
}

// openingRDP recognises a connection request with a cookie or a negotiation
// request, or both: X.224 alone carries others too.
func openingRDP(s Said) (Match, bool) {
	rest, to, ok := tpkt(s, x224Request)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: to}
	if cookie, after, ok := strings.Cut(string(rest), "\r\n"); ok && strings.HasPrefix(cookie, "Cookie: mst") && printable([]byte(cookie)) {
		name, value, _ := strings.Cut(cookie[len("Cookie: "):], "=")
		m, rest = m.with(name, value), []byte(after)
		if len(rest) == 0 {
			return m, value != ""
		}
	}
	if len(rest) < 8 || rest[0] != 1 || rest[2] != 8 || rest[3] != 0 {
		return Match{}, false
	}
	v, _ := le32(rest, 4)
	if v > 0xff {
		return Match{}, false
	}
	return m.with("offers", rdpOffers(v)), true
}

// rdpOffers names the bits that a client sets.
func rdpOffers(v uint32) string {
	all := []string{}
	for bit := uint32(1); bit <= 16; bit <<= 1 {
		if v&bit != 0 {
			all = append(all, rdpSecurity[bit])
		}
	}
	if len(all) == 0 {
		return "RDP (" + strconv.Itoa(int(v)) + ")"
	}
	return strings.Join(all, ", ")
}
