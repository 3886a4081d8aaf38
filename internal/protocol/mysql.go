package protocol

import (
	"bytes"
	"strings"
)

// mysql speaks first: a packet with its version, or an error before anybody was asked.
var mysql = Protocol{
	Name: "mysql", Title: "MySQL", Source: "MySQL Source Code Documentation, Protocol::HandshakeV10 and ERR_Packet", TCPOnly: true,
	Services: []string{"mysql"},
	Usual:    []uint16{3306, 3307, 4000},
	Answer:   answerMySQL,
}

func answerMySQL(s Said) (Match, bool) {
	b := s.Data
	if len(b) < 8 || b[3] > 1 {
		return Match{}, false
	}
	n := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
	if n < 4 || len(b) < 4+n {
		return Match{}, false
	}
	body := b[4 : 4+n]
	m := Match{Strength: Certain, Kind: Banner, To: 4 + n}
	if body[0] == 0xff {
		code, _ := le16(body, 1)
		text := body[3:]
		if code < 1000 || code > 5000 || !textual(text) || !bytes.ContainsAny(text, " ") {
			return Match{}, false
		}
		m.Kind = ErrorText
		if bytes.Contains(text, []byte("MariaDB")) {
			m.Product = "MariaDB"
		}
		return m.with("error", string(text)), true
	}
	version, rest, ok := bytes.Cut(body[1:], []byte{0})
	if body[0] != 10 || !ok || len(version) == 0 || !printable(version) || len(rest) < 13 || rest[12] != 0 {
		return Match{}, false
	}
	m.Product, m.Version = mysqlProduct(string(version))
	if i := bytes.LastIndexByte(bytes.TrimRight(rest, "\x00"), 0); i > 20 {
		if plugin := bytes.TrimRight(rest[i+1:], "\x00"); printable(plugin) && bytes.Contains(plugin, []byte("_")) {
			m = m.with("auth", string(plugin))
		}
	}
	return m.with("server-version", string(version)), true
}

// mysqlProduct reads "5.5.5-10.11.6-MariaDB-0+deb12u1", where MariaDB says an old
// version first so that old clients go on, and "8.0.36".
func mysqlProduct(s string) (product, version string) {
	if i := strings.Index(s, "-MariaDB"); i > 0 {
		return "MariaDB", strings.TrimPrefix(s[:i], "5.5.5-")
	}
	for _, name := range []string{"TiDB", "Vitess", "Percona"} {
		if strings.Contains(s, name) {
			return name, ""
		}
	}
	return "", s
}
