package protocol

import (
	"bytes"
	"strings"
)

// fox is greeted as stations of Niagara greet each other; it answers who it is.
// The login would come behind that, and is not begun.
var fox = Protocol{
	Name: "fox", Title: "Niagara Fox", Source: "Niagara Fox protocol, the hello that stations exchange",
	Usual:   []uint16{1911, 3011, 4911},
	Answer:  answerFox,
	Opening: openingFox,
	Questions: []Question{{Name: "fox-hello", When: OnRequest, Rank: 8, InTLS: true,
		Bytes: fixed("fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n")}},
}

// foxHello recognises a hello: its line, and fields "name=kind:value" in braces.
func foxHello(s Said, head string) (m Match, fields map[string]string, ok bool) {
	rest, ok := bytes.CutPrefix(s.Data, []byte(head))
	if !ok || !stream(s) {
		return m, nil, false
	}
	fields = map[string]string{}
	for line := range strings.SplitSeq(string(rest), "\n") {
		if strings.HasPrefix(line, "}") || len(fields) == 32 {
			break
		}
		name, typed, _ := strings.Cut(line, "=")
		if _, value, ok := strings.Cut(typed, ":"); ok && legible([]byte(value)) {
			fields[name] = value
		}
	}
	return Match{Strength: Certain, To: len(s.Data)}, fields, fields["fox.version"] != ""
}

func answerFox(s Said) (Match, bool) {
	m, fields, ok := foxHello(s, "fox a 0 -1 fox hello\n{\n")
	m.Kind, m.Product, m.Version = Handshake, fields["app.name"], fields["app.version"]
	m = m.with("host", fields["hostName"]).with("brand", fields["brandId"]).with("station", fields["station.name"])
	return m.with("os", fields["os.name"]), ok
}

func openingFox(s Said) (Match, bool) {
	m, fields, ok := foxHello(s, "fox a 1 -1 fox hello\n{\n")
	m.Kind = Opening
	return m.with("host", fields["hostName"]).with("app", fields["app.name"]), ok
}
