package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// shoutcast answers an HTTP request in a status line of its own, "ICY 200 OK".
var shoutcast = Protocol{
	Name: "shoutcast", Title: "SHOUTcast", Source: "SHOUTcast Distributed Network Audio Server 1.9, its answer to a listener",
	Usual:  []uint16{8000, 8001},
	Answer: answerShoutcast,
}

func answerShoutcast(s Said) (Match, bool) {
	line, whole := firstLine(s.Data)
	rest, ok := bytes.CutPrefix(line, []byte("ICY "))
	status, n := number(rest)
	if !ok || !whole || s.Transport != portolan.TCP || n != 3 || status < 100 {
		return Match{}, false
	}
	start := bytes.IndexByte(s.Data, '\n') + 1
	fields, _, size, _ := parseTextFields(s.Data[start:])
	m := Match{Strength: Likely, Kind: httpKind(s), To: start + size}
	for _, f := range fields {
		if len(f.name) > len("icy-") && strings.EqualFold(f.name[:len("icy-")], "icy-") {
			m.Strength = Certain
		}
	}
	// "SHOUTcast Distributed Network Audio Server/Linux v1.9.8<BR>"
	product, software, _ := strings.Cut(textFieldOf(fields, "icy-notice2"), "/")
	if _, version, ok := strings.Cut(software, " v"); ok {
		m.Product = product
		m.Version, _, _ = strings.Cut(version, "<")
	}
	return m.with("name", textFieldOf(fields, "icy-name")), true
}
