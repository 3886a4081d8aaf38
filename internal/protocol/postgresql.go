package protocol

import (
	"bytes"
	"encoding/binary"
)

// postgresql is asked in a version that no server has: it refuses with the
// versions that it has, before it wants to know who asks.
var postgresql = Protocol{
	Name: "postgresql", Title: "PostgreSQL", Source: "PostgreSQL documentation, Frontend/Backend Protocol, Message Formats", TCPOnly: true,
	Services: []string{"postgresql"},
	Usual:    []uint16{5432, 5433, 6432, 26257},
	Answer:   answerPostgreSQL,
	Opening:  openingPostgreSQL,
	Questions: []Question{{Name: "postgresql-version", When: Anywhere, Rank: 10, InTLS: true,
		Bytes: fixed("\x00\x00\x00\x08\x00\xff\x00\xff")}},
}

// answerPostgreSQL reads an ErrorResponse: 'E', a length, fields of a letter and
// a text, a zero byte.
func answerPostgreSQL(s Said) (Match, bool) {
	n, ok := be32(s.Data, 1)
	if !ok || s.Data[0] != 'E' || n < 8 || n > 2048 {
		return Match{}, false
	}
	if len(s.Data) < 1+int(n) {
		return pre74(s)
	}
	m := Match{Strength: Certain, Kind: ErrorText, To: 1 + int(n)}
	if s.Question == "postgresql-version" {
		m.Kind = Handshake
	}
	fields := map[byte]string{}
	for b := s.Data[5 : 1+n]; len(b) > 1; {
		text, rest, ok := bytes.Cut(b[1:], []byte{0})
		if !ok || !textual(append([]byte{' '}, text...)) {
			return Match{}, false
		}
		fields[b[0]], b = string(text), rest
	}
	severity := fields['S']
	if severity == "" || fields['M'] == "" || len(fields['C']) != 5 {
		return Match{}, false
	}
	return m.with("code", fields['C']).with("message", fields['M']), true
}

// pre74: old servers and some poolers answer 'E' and a text.
func pre74(s Said) (Match, bool) {
	text, _, ok := bytes.Cut(s.Data[1:], []byte{0})
	if !ok || !bytes.Contains(text, []byte("unsupported frontend protocol")) {
		return Match{}, false
	}
	return Match{Strength: Certain, Kind: ErrorText, To: 1 + len(text)}, true
}

// openingPostgreSQL recognises a StartupMessage and the requests for TLS, GSSAPI
// and cancelling.
func openingPostgreSQL(s Said) (Match, bool) {
	n, ok := be32(s.Data, 0)
	code, ok2 := be32(s.Data, 4)
	if !ok || !ok2 || n < 8 || n > 10000 || len(s.Data) > int(n) && code != 80877103 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	switch {
	case code == 80877103 && n == 8:
		return m.with("request", "tls"), true
	case code == 80877104 && n == 8:
		return m.with("request", "gssapi"), true
	case code == 80877102 && n == 16:
		return m.with("request", "cancel"), true
	case code>>16 == 3:
		words := bytes.Split(s.Data[8:], []byte{0})
		for i := 0; i+1 < len(words) && i < 20; i += 2 {
			if k := string(words[i]); k == "user" || k == "database" || k == "application_name" {
				m = m.with(k, string(words[i+1]))
			}
		}
		return m, m.Detail("user") != ""
	}
	return Match{}, false
}

// bigEndian appends a number of four bytes.
func bigEndian(b []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(b, v) }
