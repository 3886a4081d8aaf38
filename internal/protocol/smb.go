package protocol

import (
	"bytes"
	"fmt"
	"strings"
)

// smb is asked which dialect it would speak; no session is set up. Its messages
// stand behind the header of a NetBIOS session message, also where there is no
// NetBIOS.
var smb = Protocol{
	Name: "smb", Title: "SMB", Source: "MS-SMB2, sections 2.2.1 to 2.2.4; MS-CIFS, sections 2.2.3.1 and 2.2.4.52", TCPOnly: true,
	Services: []string{"microsoft-ds", "netbios-ssn"},
	Usual:    []uint16{445, 139},
	Answer:   answerSMB,
	Opening:  openingSMB,
	Questions: []Question{
		{Name: "smb-negotiate", When: Anywhere, Rank: 12, Bytes: askSMB},
		// Servers that know SMB 1 alone close where they are asked for SMB 2.
		{Name: "smb1-negotiate", When: AtHome, Rank: 13, Bytes: askSMB1},
	},
}

// smbDialects are the dialects of SMB 2 and 3; 0x02ff answers a client that
// asked in SMB 1 and must ask again.
var smbDialects = map[int]string{
	0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1", 0x02ff: "2.???",
}

// smbMechanisms are what a server offers to prove who asks, by their object
// identifiers in DER.
var smbMechanisms = []struct{ oid, name string }{
	{"\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", "NTLM"},
	{"\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", "Kerberos"},
	{"\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e", "NEGOEX"},
}

func askSMB(a Ask) []byte {
	b := make([]byte, 64+36, 200)
	copy(b, "\xfeSMB\x40\x00")
	b[14] = 1 // one credit
	req := b[64:]
	req[0], req[2], req[4] = 36, 5, 1 // five dialects, signing enabled
	copy(req[12:28], a.Nonce[:])      // client GUID
	req[28], req[32] = 112, 1         // where the one context stands
	for _, d := range []uint16{0x0202, 0x0210, 0x0300, 0x0302, 0x0311, 0} {
		b = le.AppendUint16(b, d)
	}
	// 3.1.1 wants a hash for the integrity of what comes before a session:
	// SHA-512, and a salt of 32 bytes.
	b = append(b, 1, 0, 38, 0, 0, 0, 0, 0, 1, 0, 32, 0, 1, 0)
	b = append(append(b, a.Nonce[:]...), a.Nonce[:]...)
	return smbFrame(b)
}

func askSMB1(a Ask) []byte {
	b := make([]byte, 32, 64)
	copy(b, "\xffSMB\x72")
	b[9], b[10], b[11] = 0x18, 0x01, 0xc0 // paths in any case; long names, 32-bit status, Unicode
	copy(b[26:28], a.Nonce[:])            // process
	copy(b[30:32], a.Nonce[2:])           // multiplex
	b = append(b, 0, 12, 0)
	return smbFrame(append(b, "\x02NT LM 0.12\x00"...))
}

func smbFrame(b []byte) []byte { return append(be.AppendUint32(nil, uint32(len(b))), b...) }

// smbBody takes the header of a NetBIOS session message away; to is where the
// message ends, or what is there of it.
func smbBody(s Said) (body []byte, to int, ok bool) {
	n, ok := be24(s.Data, 1)
	if !ok || !stream(s) || s.Data[0] != 0 || n < 35 || n > 1<<17 {
		return nil, 0, false
	}
	to = min(len(s.Data), 4+n)
	return s.Data[4:to], to, to >= 4+35
}

func answerSMB(s Said) (Match, bool) {
	b, to, ok := smbBody(s)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: to}
	switch {
	case bytes.HasPrefix(b, []byte("\xfeSMB\x40\x00")):
		return smb2Answer(b, m)
	case bytes.HasPrefix(b, []byte("\xffSMB\x72")) && b[9]&0x80 != 0:
		return smb1Answer(s, b, m)
	}
	return Match{}, false
}

// smb2Answer reads the answer to NEGOTIATE, or the error that stands for it.
func smb2Answer(b []byte, m Match) (Match, bool) {
	command, _ := le16(b, 12)
	flags, _ := le32(b, 16)
	size, ok := le16(b, 64)
	if !ok || flags&1 == 0 || command != 0 {
		return Match{}, false
	}
	if status, _ := le32(b, 8); status != 0 {
		return m.with("status", fmt.Sprintf("0x%08x", status)), size == 9
	}
	dialect, ok := le16(b, 68)
	if !ok || size != 65 || smbDialects[dialect] == "" {
		return Match{}, false
	}
	signing := "enabled"
	if b[66]&2 != 0 {
		signing = "required"
	}
	m = m.with("dialect", smbDialects[dialect]).with("signing", signing)
	at, _ := le16(b, 120)
	n, _ := le16(b, 122)
	if at < 128 || at+n > len(b) {
		return m, true
	}
	return m.with("auth", smbAuth(b[at:at+n])), true
}

func smbAuth(b []byte) string {
	var all []string
	for _, mech := range smbMechanisms {
		if bytes.Contains(b, []byte(mech.oid)) {
			all = append(all, mech.name)
		}
	}
	return strings.Join(all, ", ")
}

// smb1Answer reads the answer of a server of SMB 1: its number of words is 17
// for NT LM 0.12, and domain and name stand behind its challenge.
func smb1Answer(s Said, b []byte, m Match) (Match, bool) {
	if s.Question == "smb1-negotiate" && (!bytes.Equal(b[26:28], s.Nonce[:2]) || !bytes.Equal(b[30:32], s.Nonce[2:4])) {
		return Match{}, false
	}
	size, ok := le16(b, 33+2*int(b[32]))
	if !ok || b[32] != 1 && b[32] != 13 && b[32] != 17 || 35+2*int(b[32])+size > len(b) {
		return Match{}, false
	}
	if b[32] != 17 {
		return m.with("dialect", "1"), true
	}
	m = m.with("dialect", "NT LM 0.12")
	caps, _ := le32(b, 33+19)
	at := 35 + 34 + int(b[33+33])
	if caps&0x80000000 != 0 || at >= len(b) || caps&4 == 0 {
		return m, true // with extended security, a GUID stands there
	}
	domain := utf16Text(b[at:], le)
	if at += 2*len(domain) + 2; at < len(b) {
		m = m.with("name", utf16Text(b[at:], le))
	}
	return m.with("domain", domain), true
}

func openingSMB(s Said) (Match, bool) {
	b, to, ok := smbBody(s)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: to}
	switch {
	case bytes.HasPrefix(b, []byte("\xfeSMB\x40\x00")):
		return smb2Opening(b, m)
	case bytes.HasPrefix(b, []byte("\xffSMB\x72")) && b[9]&0x80 == 0 && b[32] == 0:
		return smb1Opening(b, m)
	}
	return Match{}, false
}

func smb2Opening(b []byte, m Match) (Match, bool) {
	command, _ := le16(b, 12)
	flags, _ := le32(b, 16)
	size, ok := le16(b, 64)
	count, _ := le16(b, 66)
	if !ok || flags&1 != 0 || command != 0 || size != 36 || count == 0 || count > 64 || len(b) < 100+2*count {
		return Match{}, false
	}
	var all []string
	for i := range count {
		d, _ := le16(b, 100+2*i)
		if smbDialects[d] != "" {
			all = append(all, smbDialects[d])
		}
	}
	return m.with("dialects", strings.Join(all, ", ")), true
}

func smb1Opening(b []byte, m Match) (Match, bool) {
	size, ok := le16(b, 33)
	if !ok || size < 3 || len(b) < 35+size {
		return Match{}, false
	}
	var all []string
	for rest := b[35 : 35+size]; len(rest) > 0; {
		name, after, ok := cString(rest[1:])
		if rest[0] != 2 || !ok || name == "" || len(all) == 16 {
			return Match{}, false
		}
		all, rest = append(all, name), after
	}
	return m.with("dialects", strings.Join(all, ", ")), true
}
