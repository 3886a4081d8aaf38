package protocol

import (
	"bytes"
	"fmt"
)

// iscsi is asked to log in in a version that is none, without a name: the
// target must refuse, and no session is made.
var iscsi = Protocol{
	Name: "iscsi", Title: "iSCSI", Source: "RFC 7143, sections 11.12, 11.13 and 11.17", TCPOnly: true,
	Services:  []string{"iscsi-target", "iscsi"},
	Usual:     []uint16{3260, 860},
	Answer:    answerISCSI,
	Opening:   openingISCSI,
	Questions: []Question{{Name: "iscsi-login-refused", When: Anywhere, Rank: 66, Bytes: askISCSI}},
}

const (
	iscsiHeader        = 48
	iscsiLogin         = 0x43 // immediate
	iscsiLoginResponse = 0x23
	iscsiReject        = 0x3f
)

// iscsiStates are the status class and detail of a login response.
var iscsiStates = map[int]string{
	0x0000: "success", 0x0101: "target moved temporarily", 0x0102: "target moved permanently",
	0x0200: "initiator error", 0x0201: "authentication failure", 0x0202: "authorization failure",
	0x0203: "target not found", 0x0204: "target removed", 0x0205: "unsupported version",
	0x0206: "too many connections", 0x0207: "missing parameter", 0x0208: "cannot include in session",
	0x0209: "session type not supported", 0x020a: "session does not exist", 0x020b: "invalid request during login",
	0x0300: "target error", 0x0301: "service unavailable", 0x0302: "out of resources",
}

func askISCSI(a Ask) []byte {
	b := make([]byte, iscsiHeader)
	b[0], b[1], b[2], b[3] = iscsiLogin, 0x87, 0xff, 0xff // to the full feature phase, in versions 255 to 255
	b[8] = 0x80                                           // a session number of random bytes
	copy(b[9:14], a.Nonce[4:9])
	copy(b[16:20], a.Nonce[:4]) // task tag
	return b
}

func answerISCSI(s Said) (Match, bool) {
	b := s.Data
	if !stream(s) || len(b) < iscsiHeader || s.Question != "iscsi-login-refused" {
		return Match{}, false
	}
	n, _ := be24(b, 5)
	whole := len(b) == iscsiHeader+(n+3)&^3 // data is filled up to words
	m := Match{Strength: Certain, Kind: Handshake, To: iscsiHeader}
	switch {
	case b[0] == iscsiLoginResponse && b[4] == 0 && whole && bytes.Equal(b[16:20], s.Nonce[:4]):
		state, ok := iscsiStates[int(b[36])<<8|int(b[37])]
		if !ok && b[36] <= 3 {
			state, ok = fmt.Sprintf("0x%02x%02x", b[36], b[37]), true
		}
		return m.with("status", state), ok
	case b[0] == iscsiReject && whole && n >= iscsiHeader && b[2] > 0 && b[2] <= 0x0c: // with our header in it
		return m.with("status", "rejected"), bytes.Equal(b[iscsiHeader+16:iscsiHeader+20], s.Nonce[:4])
	}
	return Match{}, false
}

// openingISCSI recognises a login request: its data is texts "key=value", the
// first login names the initiator.
func openingISCSI(s Said) (Match, bool) {
	b := s.Data
	n, _ := be24(b, 5)
	if !stream(s) || len(b) < iscsiHeader || b[0] != iscsiLogin || b[4] != 0 || n > 8192 || len(b) < iscsiHeader+n {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: iscsiHeader + n}
	keys := 0
	for rest := b[iscsiHeader : iscsiHeader+n]; len(rest) > 0 && keys < 32; keys++ {
		text, after, ok := cString(rest)
		if !ok || bytes.IndexByte(rest, '=') < 1 {
			return Match{}, false
		}
		rest = after
		for _, k := range [...]struct{ key, name string }{
			{"InitiatorName=", "initiator"}, {"TargetName=", "target"}, {"SessionType=", "session"},
		} {
			if value, ok := bytes.CutPrefix([]byte(text), []byte(k.key)); ok {
				m = m.with(k.name, string(value))
			}
		}
	}
	// Ours names nobody, in a version that none has.
	return m, m.Detail("initiator") != "" || n == 0 && b[2] == 0xff && b[3] == 0xff
}
