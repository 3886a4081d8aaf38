package protocol

import "bytes"

// zabbix frames everything with its name, flags and a length.
var zabbix = Protocol{
	Name: "zabbix", Title: "Zabbix", Source: "Zabbix documentation, Header and Zabbix agent protocol", TCPOnly: true,
	Services: []string{"zabbix-agent", "zabbix-trapper"},
	Usual:    []uint16{10050, 10051},
	Answer:   zabbixFrame(Handshake),
	Opening:  zabbixFrame(Opening),
	Questions: []Question{
		{Name: "zabbix-agent-ping", When: Anywhere, Rank: 56, Bytes: fixed("ZBXD\x01\x0a\x00\x00\x00\x00\x00\x00\x00agent.ping")},
		{Name: "zabbix-agent-version", After: []string{"zabbix"}, Bytes: fixed("ZBXD\x01\x0d\x00\x00\x00\x00\x00\x00\x00agent.version")},
	},
}

func zabbixFrame(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		if len(s.Data) < 13 || !bytes.HasPrefix(s.Data, []byte("ZBXD")) || s.Data[4]&^7 != 0 || s.Data[4]&1 == 0 {
			return Match{}, false
		}
		n, _ := le32(s.Data, 5)
		body := s.Data[13:]
		if kind == Handshake && (bytes.Equal(s.Data, s.Asked) || bytes.HasPrefix(body, []byte("agent.")) || int64(n) < int64(len(body))) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: kind, To: len(s.Data)}
		if kind == Opening {
			return m.with("item", string(body[:min(len(body), 60)])), true
		}
		if s.Question == "zabbix-agent-version" && versionAt(string(body)) == string(body) {
			m.Version = string(body)
		}
		return m, true
	}
}
