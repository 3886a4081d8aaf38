package protocol

import (
	"bytes"
	"strings"
)

// ssh speaks first, on both sides, with an identification line (RFC 4253,
// section 4.2); a server may send other lines before it.
var ssh = Protocol{
	Name: "ssh", Title: "SSH", Source: "RFC 4253, section 4.2", TCPOnly: true,
	Services: []string{"ssh", "sftp", "netconf-ssh", "snmpssh", "sshell"},
	Usual:    []uint16{22, 2222, 830},
	Answer:   sshLine(Banner),
	Opening:  sshLine(Opening),
}

// sshLine recognises the line "SSH-2.0-softwareversion SP comments CR LF".
func sshLine(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		at := 0
		if !bytes.HasPrefix(s.Data, []byte("SSH-")) {
			// Lines before the identification must not begin with "SSH-".
			i := bytes.Index(s.Data, []byte("\nSSH-"))
			if i < 0 || kind == Opening || !printable(bytes.Map(dropBreaks, s.Data[:i])) {
				return Match{}, false
			}
			at = i + 1
		}
		line, whole := firstLine(s.Data[at:])
		if len(line) > 255 || !printable(line) {
			return Match{}, false
		}
		proto, rest, ok := strings.Cut(string(line[len("SSH-"):]), "-")
		if !ok || (proto != "2.0" && proto != "1.99" && proto != "1.5" && proto != "1.3") {
			return Match{}, false
		}
		// What follows is a packet, whose length is below 35,000: its first byte is 0.
		if rest := s.Data[min(at+len(line)+2, len(s.Data)):]; whole && len(rest) > 0 && rest[0] != 0 {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: kind, From: at, To: at + len(line)}
		if !whole || at > 0 {
			m.Strength = Likely
		}
		software, comment, _ := strings.Cut(rest, " ")
		m.Product, m.Version = sshSoftware(software)
		return m.with("protocol", proto).with("comment", comment), true
	}
}

// sshSoftware splits "OpenSSH_9.2p1" and "dropbear_2022.83" as their authors write them.
func sshSoftware(s string) (product, version string) {
	for _, sep := range []string{"_", "-"} {
		if p, v, ok := strings.Cut(s, sep); ok && v != "" && p != "" && v[0] >= '0' && v[0] <= '9' {
			return p, v
		}
	}
	return s, ""
}

// dropBreaks leaves out what ends and indents lines.
func dropBreaks(r rune) rune {
	if r == '\r' || r == '\n' || r == '\t' {
		return -1
	}
	return r
}
