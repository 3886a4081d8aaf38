package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// openvpn is asked for a hard reset; the server's own acknowledges the number of
// our session.
var openvpn = Protocol{
	Name: "openvpn", Title: "OpenVPN", Source: "OpenVPN protocol, draft-ietf-opsawg-openvpn, sections 3 and 4",
	Services: []string{"openvpn"},
	Usual:    []uint16{1194, 943},
	Silent:   "servers with tls-auth or tls-crypt answer nobody without their key",
	Answer: func(s Said) (Match, bool) {
		b, at := openvpnBody(s)
		// An acknowledgement (5) or a hard reset of the server's (8): its session, one
		// packet that is acknowledged, its number, the session of ours.
		if !(len(b) == 22 && b[0]>>3 == 5 || len(b) == 26 && b[0]>>3 == 8) || b[9] != 1 || !bytes.Equal(b[10:14], []byte{0, 0, 0, 0}) || !bytes.Equal(b[14:22], s.Nonce[:8]) {
			return Match{}, false
		}
		return Match{Strength: Certain, Kind: Handshake, To: at + len(b)}, true
	},
	Opening: func(s Said) (Match, bool) {
		b, at := openvpnBody(s)
		ok := (len(b) == 14 || len(b) == 42 || len(b) == 54 || len(b) == 86) && (b[0] == 0x38 || b[0] == 0x50)
		return Match{Strength: Likely, Kind: Opening, To: at + len(b)}, ok
	},
	Questions: []Question{
		{Name: "openvpn-reset-udp", Transport: portolan.UDP, When: Anywhere, Rank: 34, Bytes: askOpenVPN},
		{Name: "openvpn-reset-tcp", When: AtHome, Rank: 72, Bytes: func(a Ask) []byte {
			b := askOpenVPN(a)
			return append([]byte{0, byte(len(b))}, b...)
		}},
	},
}

func askOpenVPN(a Ask) []byte {
	b := append([]byte{7 << 3}, a.Nonce[:8]...)
	return append(b, 0, 0, 0, 0, 0)
}

// openvpnBody takes the length away that stands before a packet over TCP.
func openvpnBody(s Said) (b []byte, at int) {
	if s.Transport == portolan.UDP {
		return s.Data, 0
	}
	n, ok := be16(s.Data, 0)
	if !ok || n < 14 || len(s.Data) < 2+n {
		return nil, 0
	}
	return s.Data[2 : 2+n], 2
}
