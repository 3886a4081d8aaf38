package protocol

import (
	"bytes"
	"strconv"

	"github.com/portolan/portolan"
)

// postgresql is asked in a version that no server has: it refuses with the
// versions that it has, before it wants to know who asks. Poolers and databases
// that speak its protocol refuse in words of their own.
var postgresql = Protocol{
	Name: "postgresql", Title: "PostgreSQL", Source: "PostgreSQL documentation, Frontend/Backend Protocol, Message Formats", TCPOnly: true,
	Services: []string{"postgresql", "cockroach"},
	Usual:    []uint16{5432, 5433, 6432, 26257},
	Answer:   answerPostgreSQL,
	Opening:  openingPostgreSQL,
	Questions: []Question{
		// StartupMessage 255.255. In TLS it is not asked: that begins with a SSLRequest.
		{Name: "postgresql-version", When: Anywhere, Rank: 10, Bytes: fixed("\x00\x00\x00\x08\x00\xff\x00\xff")},
	},
}

// answerPostgreSQL reads an ErrorResponse: 'E', a length, fields of a letter and
// a text each, a zero byte.
func answerPostgreSQL(s Said) (Match, bool) {
	if s.Transport != portolan.TCP || s.Data[0] != 'E' {
		return Match{}, false
	}
	c := cursor{b: s.Data[1:]}
	size := c.be32()
	if size < 12 || size > MostKept {
		return oldPostgreSQL(s)
	}
	body := c.take(int(size) - 4)
	if c.lost {
		return Match{}, false
	}
	fields, ok := postgresqlFields(body)
	if !ok || fields['S'] == "" || fields['M'] == "" || !isSQLState(fields['C']) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: ErrorText, To: 1 + int(size)}
	if s.Question == "postgresql-version" {
		m.Kind = Handshake
	}
	return m.with("severity", fields['S']).with("code", fields['C']).with("message", fields['M']), true
}

// postgresqlFields reads "SFATAL\0C0A000\0M…\0\0"; false where it is not all of b.
func postgresqlFields(b []byte) (map[byte]string, bool) {
	fields := map[byte]string{}
	c := cursor{b: b}
	for len(c.b) > 1 {
		letter, text := byte(c.u8()), c.zero()
		if letter < 'A' || letter > 'z' || !sentence([]byte(text+" ")) {
			return nil, false
		}
		fields[letter] = text
	}
	return fields, !c.lost && c.u8() == 0 && len(fields) > 0 && !c.lost
}

// isSQLState reports whether s is one of SQL's codes: five digits or capitals.
func isSQLState(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(s) == 5
}

// oldErrors begin what servers say in version 2 of the protocol, where an error
// is 'E' and one text, and what they say when they cannot fork.
var oldErrors = [...]string{
	"EFATAL:  unsupported frontend protocol ",
	"EFATAL:  no pg_hba.conf entry for host ",
	"EFATAL:  sorry, too many clients already",
	"EFATAL:  the database system is ",
	"EFATAL:  invalid frontend message type ",
	"Ecould not fork new process for connection: ",
}

func oldPostgreSQL(s Said) (Match, bool) {
	for _, e := range oldErrors {
		if !bytes.HasPrefix(s.Data, []byte(e)) {
			continue
		}
		text, _, whole := bytes.Cut(s.Data[1:], []byte{0})
		if !whole || !sentence(text) {
			return Match{}, false
		}
		return Match{Strength: Certain, Kind: ErrorText, To: 1 + len(text)}.with("message", string(bytes.TrimSpace(text))), true
	}
	return Match{}, false
}

// The codes that stand where a StartupMessage has its version.
const (
	postgresqlCancel = 80877102
	postgresqlTLS    = 80877103
	postgresqlGSS    = 80877104
)

// openingPostgreSQL recognises a StartupMessage, and the requests for TLS, for
// GSSAPI and for cancelling.
func openingPostgreSQL(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	size, code := c.be32(), c.be32()
	if c.lost || s.Transport != portolan.TCP || size < 8 || size > 10000 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: min(int(size), len(s.Data))}
	switch {
	case code == postgresqlTLS && size == 8:
		return m.with("request", "tls"), true
	case code == postgresqlGSS && size == 8:
		return m.with("request", "gssapi"), true
	case code == 255<<16|255 && size == 8 && len(s.Data) == 8: // a question like ours
		m.Strength = Likely
		return m.with("protocol", "255.255"), true
	case code == postgresqlCancel && size >= 16 && size <= 12+256:
		return m.with("request", "cancel"), true
	case code>>16 == 3 && code&0xffff < 20 && int(size) >= len(s.Data):
		return startPostgreSQL(m.with("protocol", "3."+strconv.Itoa(int(code&0xffff))), c)
	case code == 2<<16 && size == 296 && len(s.Data) >= 104:
		// Version 2 has a field of 64 bytes for the database, one of 32 for the user.
		database, _, _ := bytes.Cut(c.take(64), []byte{0})
		user, _, _ := bytes.Cut(c.take(32), []byte{0})
		return m.with("protocol", "2.0").with("database", string(database)).with("user", string(user)), printable(database) && printable(user) && len(user) > 0
	}
	return Match{}, false
}

// startPostgreSQL reads the names and values of a StartupMessage, of which the
// user is the one that must be there.
func startPostgreSQL(m Match, c cursor) (Match, bool) {
	for len(c.b) > 1 && !c.lost && len(m.Details) < 16 {
		name, value := c.zero(), c.zero()
		if c.lost || name == "" || !printable([]byte(name)) || !sentence([]byte(value+" ")) {
			break
		}
		switch name {
		case "user", "database", "application_name", "replication":
			m = m.with(name, value)
		}
	}
	return m, m.Detail("user") != ""
}
