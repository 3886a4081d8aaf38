package protocol

import (
	"bytes"
	"strings"
)

// gearman takes lines for its administration and refuses those it does not know.
var gearman = Protocol{
	Name: "gearman", Title: "Gearman", Source: "Gearman job server, PROTOCOL, Administrative Protocol", TCPOnly: true,
	Services: []string{"gearman"},
	Usual:    []uint16{4730},
	Answer: func(s Said) (Match, bool) {
		line, whole := firstLine(s.Data)
		m := Match{Strength: Certain, Kind: ErrorText, To: len(line)}
		switch text := string(line); {
		case !whole:
		case strings.HasPrefix(text, "ERR unknown_command Unknown+server+command"), strings.HasPrefix(text, "ERR UNKNOWN_COMMAND Unknown+server+command"):
			return m, true
		case s.Question == "gearman-version" && strings.HasPrefix(text, "OK ") && strings.Contains(text, ".") && versionAt(text[3:]) == text[3:] && len(s.Data) == len(text)+1:
			m.Kind, m.Version = Handshake, text[3:]
			return m, true
		}
		return Match{}, false
	},
	Opening: func(s Said) (Match, bool) {
		if !bytes.HasPrefix(s.Data, []byte("\x00REQ")) || len(s.Data) < 12 {
			return Match{}, false
		}
		kind, _ := be32(s.Data, 4)
		size, _ := be32(s.Data, 8)
		ok := kind > 0 && kind < 43 && int64(len(s.Data)) <= 12+int64(size)
		return Match{Strength: Certain, Kind: Opening, To: 12}, ok
	},
	Questions: []Question{{Name: "gearman-version", After: []string{"gearman"}, Bytes: fixed("version\r\n")}},
}
