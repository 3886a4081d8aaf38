package protocol

import (
	"bytes"
	"encoding/hex"
	"strings"

	"github.com/portolan/portolan"
)

// tftp is asked for a file that does not exist. The answer comes from a port of
// its own, so that the asker must listen unconnected.
var tftp = Protocol{
	Name: "tftp", Title: "TFTP", Source: "RFC 1350, section 5; RFC 2347",
	Services: []string{"tftp"},
	Usual:    []uint16{69, 6969},
	Answer:   answerTFTP,
	Opening:  openingTFTP,
	Questions: []Question{
		{Name: "tftp-rrq", OtherPort: true, Transport: portolan.UDP, When: Anywhere, Rank: 16, Bytes: func(a Ask) []byte {
			return []byte("\x00\x01portolan-probe-" + hex.EncodeToString(a.Nonce[:8]) + "\x00octet\x00")
		}},
	},
}

// tftpErrors are the codes of an ERROR.
var tftpErrors = map[int]string{
	0: "not-defined", 1: "file-not-found", 2: "access-violation", 3: "disk-full", 4: "illegal-operation",
	5: "unknown-transfer", 6: "file-exists", 7: "no-such-user", 8: "bad-options",
}

// answerTFTP: an ERROR has a code and one text, which ends with the datagram. A
// server that makes up files begins one with block 1.
func answerTFTP(s Said) (Match, bool) {
	if !datagram(s, 4) || s.Data[0] != 0 {
		return Match{}, false
	}
	b := s.Data
	m := Match{Strength: Likely, Kind: ErrorText, To: len(b)}
	if s.Question == "tftp-rrq" {
		m.Kind = Handshake
	}
	code, _ := be16(b, 2)
	switch {
	case b[1] == 5 && code <= 8 && tftpText(b[4:]):
		text := strings.TrimRight(string(b[4:]), "\x00")
		if m.Kind == Handshake && text != "" {
			m.Strength = Certain
		}
		return m.with("error", tftpErrors[code]).with("text", text), true
	case b[1] == 3 && code == 1 && len(b) <= 4+512 && m.Kind == Handshake:
		return m.with("file", "made up"), true
	}
	return Match{}, false
}

// tftpText: printable, and one zero byte at its end.
func tftpText(b []byte) bool {
	return len(b) > 0 && len(b) <= 512 && b[len(b)-1] == 0 && printable(b[:len(b)-1])
}

// openingTFTP recognises a request to read or to write: file, mode, and pairs
// of options, each ended by a zero byte.
func openingTFTP(s Said) (Match, bool) {
	b := s.Data
	if !datagram(s, 9) || len(b) > 512 || b[0] != 0 || b[1] != 1 && b[1] != 2 || b[len(b)-1] != 0 {
		return Match{}, false
	}
	parts := bytes.Split(b[2:len(b)-1], []byte{0})
	if len(parts) < 2 || len(parts)%2 != 0 || !words(parts[0]) {
		return Match{}, false
	}
	mode := strings.ToLower(string(parts[1]))
	if mode != "octet" && mode != "netascii" && mode != "mail" {
		return Match{}, false
	}
	options := ""
	for i := 2; i < len(parts); i += 2 {
		if !words(parts[i]) || !printable(parts[i+1]) {
			return Match{}, false
		}
		options += strings.ToLower(string(parts[i])) + "=" + string(parts[i+1]) + " "
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(b)}
	return m.with("request", [...]string{"", "read", "write"}[b[1]]).with("file", string(parts[0])).
		with("mode", mode).with("options", strings.TrimSpace(options)), true
}
