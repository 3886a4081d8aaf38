package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// aerospike answers names of what one may know with their values; which edition
// and which build it is are among what it tells anybody.
var aerospike = Protocol{
	Name: "aerospike", Title: "Aerospike", Source: "Aerospike documentation, info protocol",
	Usual:   []uint16{3000, 4333},
	Answer:  answerAerospike,
	Opening: openingAerospike,
	Questions: []Question{
		{Name: "aerospike-info", When: AtHome, Rank: 10, InTLS: true, Bytes: fixed("\x02\x01\x00\x00\x00\x00\x00\x0eedition\nbuild\n")},
	},
}

// aerospikeLines takes the lines of a message: version 2, type 1 for info, the
// length in six bytes, the lines.
func aerospikeLines(s Said) (string, bool) {
	c := cursor{b: s.Data}
	head := c.be32()
	size := c.be32()
	ok := !c.lost && s.Transport == portolan.TCP && head == 0x02010000 && size > 0 && int64(size) == int64(len(c.b))
	return string(c.b), ok && printable(bytes.Map(dropBreaks, c.b)) && strings.HasSuffix(string(c.b), "\n")
}

func answerAerospike(s Said) (Match, bool) {
	text, ok := aerospikeLines(s)
	if !ok || s.Question != "aerospike-info" || !strings.HasPrefix(text, "edition\t") || !strings.Contains(text, "\nbuild\t") {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	for _, line := range strings.Split(text, "\n") {
		name, value, _ := strings.Cut(line, "\t")
		switch name {
		case "edition":
			m.Product = value
		case "build":
			m.Version = value
		}
	}
	if m.Product == "" || strings.HasPrefix(m.Product, "ERROR") || strings.HasPrefix(m.Version, "ERROR") {
		m.Product, m.Version = "", ""
		return m.with("auth", "required"), true
	}
	return m, true
}

func openingAerospike(s Said) (Match, bool) {
	text, ok := aerospikeLines(s)
	if !ok || strings.Contains(text, "\t") {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: Opening, To: len(s.Data)}.with("asked", strings.ReplaceAll(strings.TrimSpace(text), "\n", " ")), true
}
