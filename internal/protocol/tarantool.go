package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// tarantool greets with 128 bytes: two lines of 64, of which the first is its
// version and the second a salt; or on its console with other lines.
var tarantool = Protocol{
	Name: "tarantool", Title: "Tarantool", Source: "Tarantool documentation, Binary protocol, Greeting message",
	Services: []string{"tarantool"},
	Usual:    []uint16{3301},
	Answer:   answerTarantool,
}

func answerTarantool(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	words := strings.Fields(string(line))
	if !whole || s.Transport != portolan.TCP || !bytes.HasPrefix(line, []byte("Tarantool ")) || !printable(line) || len(words) < 3 || !startsDigit(words[1]) {
		return Match{}, false
	}
	m := Match{Product: words[0], Version: words[1], Strength: Certain, Kind: Banner, To: len(line)}
	switch mode := strings.Trim(strings.Join(words[2:], " "), "()"); {
	case words[2] == "(Binary)" && len(line) == 63:
		if len(s.Data) < 128 || s.Data[127] != '\n' {
			m.Strength = Likely
		}
		return m.with("mode", "Binary"), true
	case mode == "Lua console":
		return m.with("mode", mode), bytes.Contains(s.Data, []byte("\ntype 'help' for interactive help"))
	}
	return Match{}, false
}
