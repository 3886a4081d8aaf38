package protocol

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// distcc speaks in tokens: four letters and eight hexadecimal digits. It closes
// without a word on whatever it will not do, so that only work makes it speak:
// the least of it is to ask for its compiler's version.
var distcc = Protocol{
	Name: "distcc", Title: "distcc", Source: "distcc, doc/protocol-1.txt", TCPOnly: true,
	Services: []string{"distcc"},
	Usual:    []uint16{3632},
	Answer:   answerDistcc,
	Opening:  openingDistcc,
	Questions: []Question{
		{Name: "distcc-version", When: Anywhere, Rank: 58, Bytes: fixed(distccJob("cc", "--version", "-c", "x.c"))},
	},
}

// distccJob asks to run a compiler on an empty file.
func distccJob(words ...string) string {
	var b strings.Builder
	b.WriteString("DIST00000001ARGC" + distccHex(len(words)))
	for _, w := range words {
		b.WriteString("ARGV" + distccHex(len(w)) + w)
	}
	b.WriteString("DOTI" + distccHex(0))
	return b.String()
}

func distccHex(n int) string { return fmt.Sprintf("%08x", n) }

// distccToken reads a token of a given name.
func distccToken(b []byte, name string) (value int, rest []byte, ok bool) {
	if len(b) < 12 || !bytes.HasPrefix(b, []byte(name)) || strings.Trim(string(b[4:12]), "0123456789abcdef") != "" {
		return 0, nil, false
	}
	v, err := strconv.ParseUint(string(b[4:12]), 16, 31)
	return int(v), b[12:], err == nil
}

// answerDistcc reads "DONE00000001 STAT… SERR… SOUT…".
func answerDistcc(s Said) (Match, bool) {
	version, rest, ok := distccToken(s.Data, "DONE")
	if !ok || version == 0 || version > 3 {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Handshake, To: 12}.with("protocol", strconv.Itoa(version))
	if _, rest, ok = distccToken(rest, "STAT"); !ok {
		return m, true
	}
	m.Strength, m.To = Certain, 24
	size, rest, ok := distccToken(rest, "SERR")
	if !ok || size > len(rest) {
		return m, true
	}
	size, rest, ok = distccToken(rest[size:], "SOUT")
	if !ok || size > len(rest) {
		return m, true
	}
	line, _ := firstLine(rest[:size])
	if printable(line) {
		m = m.with("compiler", string(line))
	}
	return m, true
}

func openingDistcc(s Said) (Match, bool) {
	version, rest, ok := distccToken(s.Data, "DIST")
	if !ok || version == 0 || version > 3 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: 24}
	_, rest, ok = distccToken(rest, "ARGC")
	if !ok {
		return Match{}, false
	}
	if n, rest, ok := distccToken(rest, "ARGV"); ok && n <= len(rest) {
		m = m.with("command", string(rest[:n]))
	}
	return m, true
}
