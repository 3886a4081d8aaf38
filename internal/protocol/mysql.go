package protocol

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// mysql speaks first: a packet that states its version, or an error that turns
// the asker away before anybody was named.
var mysql = Protocol{
	Name: "mysql", Title: "MySQL", Source: "MySQL Source Code Documentation, Protocol::HandshakeV10 and ERR_Packet", TCPOnly: true,
	Services: []string{"mysql", "mysql-proxy", "sphinxql"},
	Usual:    []uint16{3306, 3307, 6033, 4000},
	Answer:   answerMySQL,
}

func answerMySQL(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	head := c.take(4)
	if c.lost || s.Transport != portolan.TCP || head[2] != 0 || head[3] > 2 {
		return Match{}, false
	}
	size := int(head[0]) | int(head[1])<<8
	m := Match{Strength: Certain, Kind: Banner, To: 4 + size}
	body := c.take(size)
	if c.lost || size < 8 {
		return Match{}, false
	}
	switch {
	case body[0] == 10 && head[3] == 0:
		return mysqlTen(m, body)
	case body[0] == 9 && head[3] == 0:
		return mysqlNine(m, body)
	case body[0] == 0xff:
		return mysqlError(m, body)
	}
	return Match{}, false
}

// mysqlTen reads what servers say since MySQL 3.21: version, thread, 8 bytes of
// salt, a zero, and what they can.
func mysqlTen(m Match, body []byte) (Match, bool) {
	c := cursor{b: body[1:]}
	text := c.zero()
	c.take(4 + 8)
	filler, can := c.u8(), c.le16()
	if c.lost || filler != 0 || !mysqlVersionText(text) {
		return Match{}, false
	}
	if len(c.b) > 0 {
		if c.take(1 + 2); c.lost { // character set, status
			return Match{}, false
		}
		can |= c.le16() << 16
		salt := c.u8()
		c.take(10)
		c.take(max(13, salt-8))
		if c.lost && can&(1<<19) != 0 {
			return Match{}, false
		}
	}
	plugin, _, _ := bytes.Cut(c.b, []byte{0})
	if !printable(plugin) {
		return Match{}, false
	}
	m = mysqlProduct(m, text).with("auth-plugin", string(plugin))
	if can&(1<<11) != 0 {
		m = m.with("tls", "offered")
	}
	return m, true
}

// mysqlNine reads what came before: version, thread, salt.
func mysqlNine(m Match, body []byte) (Match, bool) {
	c := cursor{b: body[1:]}
	text := c.zero()
	c.take(4)
	salt := c.zero()
	if c.lost || len(salt) != 8 || len(c.b) != 0 || !mysqlVersionText(text) {
		return Match{}, false
	}
	return mysqlProduct(m, text), true
}

func mysqlVersionText(s string) bool {
	return startsDigit(s) && len(s) < 128 && printable([]byte(s)) && strings.Contains(s, ".")
}

// mysqlProduct reads the version as its server writes it: MySQL's own has no
// name in it, those that speak its protocol add theirs.
func mysqlProduct(m Match, text string) Match {
	m = m.with("server-version", text)
	if i := strings.Index(text, "-MariaDB"); i > 0 {
		// Before 11.0 it says an old version first, so that old replicas go on.
		m.Product, m.Version = "MariaDB", strings.TrimPrefix(text[:i], "5.5.5-")
		return m
	}
	for _, name := range []string{"TiDB", "OceanBase"} {
		if _, v, ok := strings.Cut(text, "-"+name+"-v"); ok {
			m.Product, m.Version = name, v
			return m
		}
	}
	// Of these the number is MySQL's, or what the owner has them say.
	for _, name := range []string{"Vitess", "ProxySQL", "ClickHouse", "maxscale"} {
		if strings.Contains(text, name) {
			m.Product = name
			return m
		}
	}
	m.Version, _, _ = strings.Cut(text, " ")
	return m
}

// mysqlRefusals are what stands in the errors that a server sends unasked, by
// their codes.
var mysqlRefusals = map[int]string{
	1040: "oo many connections",
	1042: "an't get hostname",
	1043: "ad handshake",
	1053: "erver shutdown in progress",
	1129: "' is blocked because of many connection errors",
	1130: "' is not allowed to connect to this ",
	1156: "Got packets out of order",
	1158: "Got an error reading communication packets",
	1159: "Got timeout reading communication packets",
	1203: "has already more than",
	1226: "has exceeded the",
	2013: "Lost connection to",
}

func mysqlError(m Match, body []byte) (Match, bool) {
	c := cursor{b: body[1:]}
	code, text := c.le16(), c.b
	if len(text) > 6 && text[0] == '#' && isSQLState(string(text[1:6])) {
		text = text[6:]
	}
	words, known := mysqlRefusals[code]
	if code < 1000 || code > 9999 || !sentence(text) || !bytes.ContainsRune(text, ' ') {
		return Match{}, false
	}
	// The words may be in the server's language; the code is not.
	if m.Kind = ErrorText; !known {
		m.Strength = Hint
	} else if !bytes.Contains(text, []byte(words)) {
		m.Strength = Likely
	}
	for _, name := range []string{"MariaDB", "MySQL"} {
		if known && bytes.Contains(text, []byte("this "+name+" server")) {
			m.Product = name
		}
	}
	return m.with("code", strconv.Itoa(code)).with("message", string(text)), true
}
