package protocol

import (
	"bytes"

	"github.com/portolan/portolan"
)

// openvpn is asked for a hard reset; the server's own acknowledges it with the
// number of our session. What comes next would be TLS, and is not begun.
var openvpn = Protocol{
	Name: "openvpn", Title: "OpenVPN", Source: "draft-openvpn-protocol (OpenVPN Wire Protocol), sections 3 and 4",
	Services: []string{"openvpn"},
	Usual:    []uint16{1194, 943},
	Answer:   answerOpenVPN,
	Opening:  openingOpenVPN,
	Questions: []Question{
		{Name: "openvpn-reset-udp", Transport: portolan.UDP, When: Anywhere, Rank: 34, Bytes: askOpenVPN},
		{Name: "openvpn-reset-tcp", When: AtHome, Rank: 72, Bytes: func(a Ask) []byte {
			b := askOpenVPN(a)
			return append([]byte{0, byte(len(b))}, b...)
		}},
	},
	Silent: "a server with tls-auth, tls-crypt or tls-crypt-v2 answers nobody who has not its key",
}

// The kinds of packets, in the upper five bits of their first byte.
const (
	openvpnClient1 = 1 // hard resets: the oldest, today's, and with tls-crypt-v2
	openvpnAck     = 5
	openvpnClient2 = 7
	openvpnServer2 = 8
	openvpnClient3 = 10
)

// openvpnReset is how long a hard reset is: kind, session, no acknowledgement,
// the packet's number.
const openvpnReset = 1 + 8 + 1 + 4

func askOpenVPN(a Ask) []byte {
	b := append([]byte{openvpnClient2 << 3}, a.Nonce[:8]...)
	return append(b, 0, 0, 0, 0, 0)
}

// openvpnBody takes the length away that stands before a packet over TCP.
func openvpnBody(s Said) (b []byte, to int, ok bool) {
	if s.Transport == portolan.UDP {
		return s.Data, len(s.Data), !s.Cut
	}
	n, ok := be16(s.Data, 0)
	if !ok || !stream(s) || n < openvpnReset || len(s.Data) < 2+n {
		return nil, 0, false
	}
	return s.Data[2 : 2+n], 2 + n, true
}

// answerOpenVPN reads the server's reset or a bare acknowledgement: its
// session, the number 0 of the one packet that it acknowledges, our session.
func answerOpenVPN(s Said) (Match, bool) {
	b, to, ok := openvpnBody(s)
	if !ok || s.Question != "openvpn-reset-udp" && s.Question != "openvpn-reset-tcp" || len(b) < 22 {
		return Match{}, false
	}
	if kind := b[0] >> 3; kind == openvpnServer2 && len(b) != 26 || kind == openvpnAck && len(b) != 22 || kind != openvpnServer2 && kind != openvpnAck {
		return Match{}, false
	}
	ok = b[0]&7 == 0 && bytes.Equal(b[9:14], []byte{1, 0, 0, 0, 0}) && bytes.Equal(b[14:22], s.Nonce[:8])
	return Match{Strength: Certain, Kind: Handshake, To: to}, ok
}

// openingOpenVPN recognises a client's hard reset. With tls-auth a hash, a
// counter that begins at one and a time stand behind the session; tls-crypt puts
// the hash behind them.
func openingOpenVPN(s Said) (Match, bool) {
	b, to, ok := openvpnBody(s)
	if !ok || len(b) < openvpnReset || b[0]&7 != 0 || bytes.Equal(b[1:9], make([]byte, 8)) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: to}
	first := []byte{0, 0, 0, 1}
	end := bytes.Equal(b[len(b)-5:], make([]byte, 5)) // no acknowledgement, packet 0
	switch kind := b[0] >> 3; {
	case (kind == openvpnClient2 || kind == openvpnClient1) && len(b) == openvpnReset && end:
		return m.with("key", "none"), true
	case kind == openvpnClient2 && (len(b) == 38 || len(b) == 42 || len(b) == 54 || len(b) == 86) && end && bytes.Equal(b[len(b)-13:len(b)-9], first):
		return m.with("key", "tls-auth"), true
	case kind == openvpnClient2 && len(b) == 54 && bytes.Equal(b[9:13], first):
		return m.with("key", "tls-crypt"), true
	case kind == openvpnClient3 && len(b) > 54 && bytes.Equal(b[9:13], []byte{0x0f, 0, 0, 1}):
		return m.with("key", "tls-crypt-v2"), true
	}
	return Match{}, false
}
