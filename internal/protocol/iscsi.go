package protocol

import "bytes"

// iscsi is asked to log in in a version that is none, without a name: the target
// must refuse, and no session is made.
var iscsi = Protocol{
	Name: "iscsi", Title: "iSCSI", Source: "RFC 7143, sections 11.12, 11.13 and 11.17", TCPOnly: true,
	Services: []string{"iscsi-target", "iscsi"},
	Usual:    []uint16{3260},
	Answer: func(s Said) (Match, bool) {
		b := s.Data
		if len(b) < 48 || s.Question != "iscsi-login-refused" {
			return Match{}, false
		}
		n, _ := be24(b, 5)
		m := Match{Strength: Certain, Kind: Handshake, To: 48}
		switch {
		case b[0] == 0x23 && bytes.Equal(b[16:20], s.Nonce[:4]) && b[36] <= 3 && len(b) == 48+(n+3)&^3:
			return m, true
		case b[0] == 0x3f && n >= 48 && b[2] > 0 && b[2] <= 0x0c && len(b) >= 48+n: // reject, with our header in it
			return m, bytes.Equal(b[48+16:48+20], s.Nonce[:4])
		}
		return Match{}, false
	},
	Opening: func(s Said) (Match, bool) {
		b := s.Data
		n, ok := be24(b, 5)
		if !ok || len(b) < 48 || b[0] != 0x43 || n > 8192 || !bytes.Contains(b[48:], []byte("InitiatorName=")) {
			return Match{}, false
		}
		name, _ := between(b, "InitiatorName=", "\x00")
		return Match{Strength: Certain, Kind: Opening, To: 48}.with("initiator", name), true
	},
	Questions: []Question{{Name: "iscsi-login-refused", When: AtHome, Rank: 66, Bytes: func(a Ask) []byte {
		b := make([]byte, 48)
		b[0], b[1], b[2], b[3] = 0x43, 0x87, 0xff, 0xff // login, transit to full feature, versions 255 to 255
		copy(b[8:14], a.Nonce[4:10])
		b[8] = 0x80 // ISID: random
		copy(b[16:20], a.Nonce[:4])
		return b
	}}},
}
