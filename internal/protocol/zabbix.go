package protocol

import (
	"bytes"
	"strings"
)

// zabbix frames everything with its name, flags and a length. An agent that was
// not told of us closes without a word.
var zabbix = Protocol{
	Name: "zabbix", Title: "Zabbix", Source: "Zabbix documentation, Header, Passive agent checks and Trapper items", TCPOnly: true,
	Services: []string{"zabbix-agent", "zabbix-trapper"},
	Usual:    []uint16{10050, 10051},
	Answer:   answerZabbix,
	Opening:  openingZabbix,
	Questions: []Question{
		{Name: "zabbix-agent-ping", When: Anywhere, Rank: 56, Bytes: fixed(zabbixFrame("agent.ping"))},
		{Name: "zabbix-agent-version", After: []string{"zabbix"}, Bytes: fixed(zabbixFrame("agent.version"))},
	},
}

// zabbixHeader is the magic, the flags, the body's length and a reserved number.
const zabbixHeader = 13

// zabbixFrame frames a body of less than 256 bytes.
func zabbixFrame(body string) string {
	return "ZBXD\x01" + string([]byte{byte(len(body))}) + strings.Repeat("\x00", 7) + body
}

// zabbixBody returns what is framed: all of it, or what is there of a large one.
// Flags are 1 for the protocol, 2 for compression, 4 for lengths of eight bytes.
func zabbixBody(b []byte) (body []byte, flags byte, ok bool) {
	size, _ := le32(b, 5)
	if len(b) < zabbixHeader || !bytes.HasPrefix(b, []byte("ZBXD")) || b[4]&1 == 0 || b[4] > 7 {
		return nil, 0, false
	}
	head := zabbixHeader
	if b[4]&4 != 0 {
		head += 8
	}
	if len(b) < head || int64(len(b)-head) > int64(size) || len(b) < MostKept && int64(len(b)-head) < int64(size) {
		return nil, 0, false
	}
	return b[head:], b[4], true
}

func answerZabbix(s Said) (Match, bool) {
	body, flags, ok := zabbixBody(s.Data)
	if !ok || bytes.Equal(s.Data, s.Asked) || bytes.HasPrefix(body, []byte("agent.")) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	switch text := string(body); {
	case flags&2 != 0:
	case s.Question == "zabbix-agent-version" && isVersion(text):
		m.Version = text
		m = m.with("role", "agent")
	case s.Question == "zabbix-agent-ping" && text == "1", strings.HasPrefix(text, "ZBX_NOTSUPPORTED"):
		m = m.with("role", "agent")
	case strings.HasPrefix(text, `{"response":"`):
		m = m.with("role", "server")
	}
	return m, true
}

func openingZabbix(s Said) (Match, bool) {
	body, flags, ok := zabbixBody(s.Data)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	if request, ok := between(body, `"request":"`, `"`); ok {
		host, _ := between(body, `"host":"`, `"`)
		return m.with("request", request).with("host", host), true
	}
	if flags&2 == 0 && printable(body) {
		m = m.with("item", string(body))
	}
	return m, true
}
