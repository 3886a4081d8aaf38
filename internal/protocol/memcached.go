package protocol

import (
	"bytes"
	"strings"
)

// memcached answers lines with lines, and binary requests with answers that
// repeat what we chose. It says which version it is, never its name.
var memcached = Protocol{
	Name: "memcached", Title: "memcached", Source: "memcached, doc/protocol.txt; memcached wiki, BinaryProtocolRevamped", TCPOnly: true,
	Services: []string{"memcache"},
	Usual:    []uint16{11211},
	Answer:   answerMemcached,
	Opening:  openingMemcached,
	Questions: []Question{
		// At home, where the binary protocol may be switched off.
		{Name: "memcached-version", When: AtHome, Rank: 45, InTLS: true, Bytes: fixed("version\r\n")},
		{Name: "memcached-binary", When: AtHome, Rank: 46, InTLS: true, Bytes: func(a Ask) []byte {
			b := make([]byte, memcachedHeader)
			b[0], b[1] = memcachedRequest, memcachedVersion
			copy(b[12:16], a.Nonce[:4])
			return b
		}},
	},
}

const (
	memcachedHeader  = 24
	memcachedRequest = 0x80
	memcachedReply   = 0x81
	memcachedVersion = 0x0b
)

func answerMemcached(s Said) (Match, bool) {
	if s.Question == "memcached-binary" && len(s.Data) > 0 && s.Data[0] == memcachedReply {
		return memcachedBinary(s)
	}
	line, whole := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: Handshake, To: len(line)}
	version, ok := strings.CutPrefix(string(line), "VERSION ")
	switch {
	case !whole:
	case s.Question == "irc-ping" && string(line) == "ERROR":
		return memcachedAfterError(s)
	case s.Question == "memcached-version" && ok && isVersion(version) && len(s.Data) == len(line)+2:
		m.Version = version
		return m, true
	case foreign(s) && len(s.Data) > len("ERROR\r\n") && len(bytes.ReplaceAll(s.Data, []byte("ERROR\r\n"), nil)) == 0:
		// One ERROR a line of the request: others say so too.
		m.Kind, m.Strength, m.To = ErrorText, Hint, len(s.Data)
		return m, true
	}
	return Match{}, false
}

// memcachedAfterError reads the answer to two lines of which the second asks for
// the version.
func memcachedAfterError(s Said) (Match, bool) {
	rest, _ := strings.CutPrefix(string(s.Data), "ERROR\r\nVERSION ")
	version, whole := strings.CutSuffix(rest, "\r\n")
	return Match{Strength: Certain, Kind: Handshake, Version: version, To: len(s.Data)}, whole && isVersion(version)
}

// memcachedBinary reads the answer to a request for the version, or its refusal.
func memcachedBinary(s Said) (Match, bool) {
	opaque := s.Data[min(12, len(s.Data)):min(16, len(s.Data))]
	size, _ := be32(s.Data, 8)
	status, _ := be16(s.Data, 6)
	if len(s.Data) < memcachedHeader || s.Data[1] != memcachedVersion || !bytes.Equal(opaque, s.Nonce[:4]) || int64(size) != int64(len(s.Data)-memcachedHeader) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	if body := string(s.Data[memcachedHeader:]); status == 0 && isVersion(body) {
		m.Version = body
	}
	return m, true
}

func openingMemcached(s Said) (Match, bool) {
	if len(s.Data) >= memcachedHeader && s.Data[0] == memcachedRequest && s.Data[1] <= 0x25 && s.Data[5] == 0 {
		key, _ := be16(s.Data, 2)
		size, _ := be32(s.Data, 8)
		// A first request is for no bucket and of no known version of a value.
		zero := append(bytes.Clone(s.Data[6:8]), s.Data[16:memcachedHeader]...)
		if int64(key)+int64(s.Data[4]) > int64(size) || size >= 1<<20 || len(bytes.Trim(zero, "\x00")) > 0 {
			return Match{}, false
		}
		return Match{Strength: Likely, Kind: Opening, To: memcachedHeader}, true
	}
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || len(words) == 0 || !printable(line) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: len(line)}.with("command", words[0])
	switch words[0] {
	case "get", "gets":
		return m, len(words) == 2 && !strings.HasPrefix(words[1], "/")
	case "version":
		return m, len(words) == 1
	case "stats":
		m.Strength = Certain
		return m, len(words) == 2 && hasAny(words[1], "items", "slabs", "settings", "sizes", "conns", "cachedump")
	case "set", "add", "replace", "append", "prepend":
		m.Strength = Certain
		return m, len(words) >= 5 && isDigits(words[2]) && isDigits(words[4])
	}
	return Match{}, false
}
