package protocol

import (
	"bytes"
	"fmt"
)

// smb is asked to negotiate a dialect; no session is set up.
var smb = Protocol{
	Name: "smb", Title: "SMB", Source: "MS-SMB2, sections 2.2.1, 2.2.3 and 2.2.4", TCPOnly: true,
	Services:  []string{"microsoft-ds", "netbios-ssn"},
	Usual:     []uint16{445, 139},
	Answer:    answerSMB,
	Opening:   openingSMB,
	Questions: []Question{{Name: "smb-negotiate", When: Anywhere, Rank: 12, Bytes: askSMB}},
}

func askSMB(a Ask) []byte {
	body := make([]byte, 64+36)
	copy(body, "\xfeSMB\x40\x00")
	body[14] = 1                 // one credit
	copy(body[24:], a.Nonce[:2]) // the message's number is kept small: it must be 0 or more
	body[24], body[25] = 0, 0
	req := body[64:]
	req[0], req[2], req[4] = 36, 4, 1 // four dialects, signing enabled
	copy(req[12:28], a.Nonce[:])      // client GUID
	for _, d := range []uint16{0x0202, 0x0210, 0x0300, 0x0302} {
		body = append(body, byte(d), byte(d>>8))
	}
	return append([]byte{0, 0, byte(len(body) >> 8), byte(len(body))}, body...)
}

// smbBody takes the length away that stands before every message over TCP.
func smbBody(b []byte) ([]byte, bool) {
	n, ok := be24(b, 1)
	if !ok || len(b) < 4+36 || b[0] != 0 || n < 36 || n > 1<<17 {
		return nil, false
	}
	return b[4:min(len(b), 4+n)], true
}

func answerSMB(s Said) (Match, bool) {
	b, ok := smbBody(s.Data)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: 4 + len(b)}
	switch {
	case bytes.HasPrefix(b, []byte("\xfeSMB\x40\x00")) && len(b) >= 64+8:
		flags, _ := le32(b, 16)
		if command, _ := le16(b, 12); flags&1 == 0 || command != 0 {
			return Match{}, false
		}
		if status, _ := le32(b, 8); status != 0 {
			return m.with("status", fmt.Sprintf("0x%08x", status)), true
		}
		if size, _ := le16(b, 64); size != 65 {
			return Match{}, false
		}
		dialect, _ := le16(b, 68)
		if b[66]&2 != 0 {
			m = m.with("signing", "required")
		}
		return m.with("dialect", smbDialects[dialect]), smbDialects[dialect] != ""
	case bytes.HasPrefix(b, []byte("\xffSMB\x72")) && len(b) > 9 && b[9]&0x80 != 0:
		return m.with("dialect", "1"), true
	}
	return Match{}, false
}

var smbDialects = map[int]string{0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1", 0x02ff: "2.?"}

func openingSMB(s Said) (Match, bool) {
	b, ok := smbBody(s.Data)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: 4 + len(b)}
	switch {
	case bytes.HasPrefix(b, []byte("\xfeSMB\x40\x00")) && len(b) > 16 && b[16]&1 == 0:
		return m, true
	case bytes.HasPrefix(b, []byte("\xffSMB\x72")) && b[9]&0x80 == 0:
		return m.with("dialect", "1"), true
	}
	return Match{}, false
}
