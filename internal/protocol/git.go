package protocol

import (
	"bytes"
	"fmt"
	"strings"
)

// git speaks in pkt-lines: four hexadecimal digits of length, then the line. The
// daemon refuses what it does not have in a line that begins with ERR.
var git = Protocol{
	Name: "git", Title: "Git", Source: "Git, gitprotocol-common(5) and gitprotocol-pack(5)", TCPOnly: true,
	Services: []string{"git"},
	Usual:    []uint16{9418},
	Answer:   answerGit,
	Opening:  openingGit,
	Questions: []Question{{Name: "git-upload-pack", When: Anywhere, Rank: 44, Bytes: func(a Ask) []byte {
		line := "git-upload-pack /portolan-probe-" + textNonce(a.Nonce, 8) + "\x00host=" + a.Host + "\x00"
		return fmt.Appendf(nil, "%04x%s", len(line)+4, line)
	}}},
}

// pktLine returns the first line of data, whole.
func pktLine(data []byte) ([]byte, bool) {
	n := 0
	for i := range 4 {
		if i >= len(data) {
			return nil, false
		}
		d := strings.IndexByte("0123456789abcdef", data[i]|0x20)
		if d < 0 || data[i] < '0' {
			return nil, false
		}
		n = n<<4 | d
	}
	if n < 5 || len(data) < n {
		return nil, false
	}
	return data[4:n], true
}

func answerGit(s Said) (Match, bool) {
	line, ok := pktLine(s.Data)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: 4 + len(line)}
	text := strings.TrimSuffix(string(line), "\n")
	switch {
	case strings.HasPrefix(text, "ERR "):
		return m.with("error", text[4:]), printable([]byte(text))
	case text == "version 1", text == "version 2":
		return m.with("protocol", text[8:]), true
	}
	// A reference: an object's name, then a path and, behind a zero byte, what the server can do.
	hash, rest, _ := strings.Cut(text, " ")
	_, abilities, ok := strings.Cut(rest, "\x00")
	if !ok || len(hash) != 40 && len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return Match{}, false
	}
	if agent, ok := between([]byte(" "+abilities+" "), " agent=", " "); ok {
		m.Product, m.Version, _ = strings.Cut(agent, "/")
	}
	return m, true
}

func openingGit(s Said) (Match, bool) {
	line, ok := pktLine(s.Data)
	if !ok {
		return Match{}, false
	}
	command, rest, ok := strings.Cut(string(line), " ")
	if !ok || command != "git-upload-pack" && command != "git-receive-pack" && command != "git-upload-archive" {
		return Match{}, false
	}
	path, rest, _ := strings.Cut(rest, "\x00")
	host, _ := between([]byte(rest), "host=", "\x00")
	m := Match{Strength: Certain, Kind: Opening, To: 4 + len(line)}
	return m.with("command", command).with("path", path).with("host", host), bytes.IndexByte(line, 0) > 0
}
