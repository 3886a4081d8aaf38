package protocol

import (
	"bytes"
	"strings"
)

// redis answers every line with a typed one (RESP). It takes an HTTP request
// for a command, so its own errors name it.
var redis = Protocol{
	Name: "redis", Title: "Redis", Source: "Redis serialization protocol specification", TCPOnly: true,
	Services: []string{"redis"},
	Usual:    []uint16{6379, 6380, 26379},
	Answer:   answerRedis,
	Opening:  openingRedis,
	Questions: []Question{
		{Name: "redis-ping", When: AtHome, Rank: 60, InTLS: true, Bytes: fixed("PING\r\n")},
		// INFO reads and changes nothing; a server with a password refuses it.
		{Name: "redis-info", After: []string{"redis"}, InTLS: true, Bytes: fixed("INFO server\r\n")},
	},
}

// redisErrors are errors of RESP's servers that no other protocol says.
var redisErrors = [...]string{
	"-NOAUTH Authentication required",
	"-ERR wrong number of arguments for '",
	"-ERR unknown command ",
	"-DENIED Redis is running in protected mode",
	"-MISCONF Redis is configured to save RDB",
	"-LOADING Redis is loading the dataset",
	"-ERR Protocol error: ",
	"-ERR max number of clients reached",
}

func answerRedis(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: ErrorText, To: len(line)}
	for _, e := range redisErrors {
		if bytes.HasPrefix(line, []byte(e)) {
			if strings.HasPrefix(e, "-NOAUTH") {
				m = m.with("auth", "required")
			}
			if strings.HasPrefix(e, "-DENIED") {
				m = m.with("mode", "protected")
			}
			return m, true
		}
	}
	if rest, ok := bytes.CutPrefix(s.Data, []byte("$17\r\n:"+textNonce(s.Nonce, 8)+"\r\n")); ok && s.Question == "irc-ping" && bytes.HasPrefix(rest, []byte("-ERR unknown command")) {
		m.To = len(s.Data)
		return m, true
	}
	if s.Question == "redis-ping" && string(line) == "+PONG" && len(s.Data) == len("+PONG\r\n") {
		m.Kind = Handshake
		return m, true
	}
	if s.Question == "redis-info" {
		return redisInfo(s, m)
	}
	return Match{}, false
}

// redisInfo reads "$<length>\r\n# Server\r\nredis_version:7.0.15\r\n…".
func redisInfo(s Said, m Match) (Match, bool) {
	version, ok := between(s.Data, "\nredis_version:", "\r\n")
	if s.Data[0] != '$' || !ok || !bytes.Contains(s.Data, []byte("# Server\r\n")) {
		return Match{}, false
	}
	m.Kind, m.Product, m.Version, m.To = Handshake, "Redis", version, len(s.Data)
	for _, other := range []string{"valkey", "dragonfly", "keydb"} {
		if v, ok := between(s.Data, "\n"+other+"_version:", "\r\n"); ok {
			m.Product, m.Version = strings.ToUpper(other[:1])+other[1:], v
		}
	}
	mode, _ := between(s.Data, "\nredis_mode:", "\r\n")
	return m.with("mode", mode), true
}

// openingRedis recognises a command as clients send it, "*1\r\n$4\r\nPING\r\n".
func openingRedis(s Said) (Match, bool) {
	if len(s.Data) < 4 || s.Data[0] != '*' {
		return redisInline(s)
	}
	words, n := number(s.Data[1:])
	rest := s.Data[1+n:]
	if n == 0 || words == 0 || !bytes.HasPrefix(rest, []byte("\r\n$")) {
		return Match{}, false
	}
	length, k := number(rest[3:])
	rest = rest[3+k:]
	if k == 0 || !bytes.HasPrefix(rest, []byte("\r\n")) || len(rest) < 2+length {
		return Match{}, false
	}
	command := rest[2 : 2+length]
	if !printable(command) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data) - len(rest) + 2 + length}
	return m.with("command", strings.ToUpper(string(command))), true
}

// redisInline reads a command as people type it. Others have some of the words.
func redisInline(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	if !whole || len(line)+2 != len(s.Data) {
		return Match{}, false
	}
	switch strings.ToUpper(string(line)) {
	case "PING", "INFO", "INFO SERVER", "COMMAND", "CONFIG GET *", "CLIENT LIST":
		m := Match{Strength: Likely, Kind: Opening, To: len(line)}
		return m.with("command", strings.ToUpper(string(line))), true
	}
	return Match{}, false
}
