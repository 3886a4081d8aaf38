package protocol

import (
	"bytes"
	"strings"
)

// memcached answers lines with lines, and binary requests with binary answers
// that repeat what we chose. One ERROR to a foreign line says nothing; one for each
// line is likely its own.
var memcached = Protocol{
	Name: "memcached", Title: "memcached", Source: "memcached, doc/protocol.txt; memcached wiki, BinaryProtocolRevamped", TCPOnly: true,
	Services: []string{"memcache"},
	Usual:    []uint16{11211},
	Answer:   answerMemcached,
	Opening:  openingMemcached,
	Questions: []Question{
		{Name: "memcached-version", After: []string{"memcached"}, InTLS: true, Bytes: fixed("version\r\n")},
		{Name: "memcached-binary", When: AtHome, Rank: 47, Bytes: func(a Ask) []byte {
			b := make([]byte, 24)
			b[0], b[1] = 0x80, 0x0b // a request: version
			copy(b[12:16], a.Nonce[:4])
			return b
		}},
	},
}

func answerMemcached(s Said) (Match, bool) {
	m := Match{Strength: Certain, Kind: Handshake}
	if s.Question == "memcached-binary" && len(s.Data) >= 24 && s.Data[0] == 0x81 && s.Data[1] == 0x0b && bytes.Equal(s.Data[12:16], s.Nonce[:4]) {
		n, _ := be32(s.Data, 8)
		if status, _ := be16(s.Data, 6); status == 0 && uint32(len(s.Data)) == 24+n && printable(s.Data[24:]) {
			m.Version, m.To = string(s.Data[24:]), len(s.Data)
		} else {
			m.To = 24
		}
		return m, true
	}
	line, whole := firstLine(s.Data)
	m.To = len(line)
	version, ok := strings.CutPrefix(string(line), "VERSION ")
	if s.Question == "memcached-version" && whole && ok && version != "" && version[0] >= '0' && version[0] <= '9' && printable(line) && bytes.IndexByte(s.Data, '\n') == len(s.Data)-1 {
		m.Version = version
		return m, true
	}
	if version, ok := strings.CutPrefix(string(s.Data), "ERROR\r\nVERSION "); ok && s.Question == "irc-ping" && versionAt(version) == strings.TrimSuffix(version, "\r\n") {
		m.Version, m.To = strings.TrimSuffix(version, "\r\n"), len(s.Data)
		return m, true
	}
	// Each line of a request that it does not know is an ERROR of its own.
	if lines := bytes.Count(s.Asked, []byte("\n")); s.Question != "" && lines > 2 && string(s.Data) == strings.Repeat("ERROR\r\n", lines) {
		return Match{Strength: Likely, Kind: ErrorText, To: len(s.Data)}, true
	}
	return Match{}, false
}

func openingMemcached(s Said) (Match, bool) {
	if len(s.Data) >= 24 && s.Data[0] == 0x80 && s.Data[1] <= 0x24 {
		key, _ := be16(s.Data, 2)
		body, _ := be32(s.Data, 8)
		if s.Data[5] == 0 && s.Data[6] == 0 && uint32(key)+uint32(s.Data[4]) <= body && body < 1<<20 && len(s.Data) == 24+int(body) {
			return Match{Strength: Likely, Kind: Opening, To: 24}, true
		}
	}
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || len(words) == 0 || !printable(line) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(line)}
	switch w := words[0]; {
	case (w == "stats" || w == "version") && len(words) <= 2:
		m.Strength = Likely
	case (w == "get" || w == "gets") && len(words) == 2:
		m.Strength = Likely
	case (w == "set" || w == "add") && len(words) >= 5:
	default:
		return Match{}, false
	}
	return m.with("command", words[0]), true
}
