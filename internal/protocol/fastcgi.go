package protocol

import (
	"strings"

	"github.com/portolan/portolan"
)

// fastcgi is asked what it can, by names, of which it repeats those that it knows.
var fastcgi = Protocol{
	Name: "fastcgi", Title: "FastCGI", Source: "FastCGI specification 1.0, sections 3.3, 3.4, 4.1 and 4.2", TCPOnly: true,
	Usual:   []uint16{9000},
	Answer:  answerFastCGI,
	Opening: openingFastCGI,
	Questions: []Question{
		// A record of 33 bytes, filled up to 40.
		{Name: "fastcgi-get-values", When: Anywhere, Rank: 13, Bytes: fixed("\x01\x09\x00\x00\x00\x21\x07\x00" +
			"\x0e\x00FCGI_MAX_CONNS" + "\x0f\x00FCGI_MPXS_CONNS" + "\x00\x00\x00\x00\x00\x00\x00")},
	},
}

// fastcgiRecord takes a record: version 1, type, request, length, padding.
func fastcgiRecord(c *cursor) (kind, request int, body []byte, ok bool) {
	version := c.u8()
	kind, request = c.u8(), c.be16()
	size, padding := c.be16(), c.u8()
	c.take(1)
	body = c.take(size)
	c.take(padding)
	return kind, request, body, !c.lost && version == 1
}

// fastcgiPairs reads names and values, their lengths in front.
func fastcgiPairs(b []byte) (map[string]string, bool) {
	all := map[string]string{}
	for c := (cursor{b: b}); ; {
		if len(c.b) == 0 {
			return all, !c.lost
		}
		n, v := fastcgiLength(&c), fastcgiLength(&c)
		name, value := c.sized(n), c.sized(v)
		if c.lost {
			return all, false
		}
		if len(all) < 64 {
			all[string(name)] = string(value)
		}
	}
}

// fastcgiLength takes a length of one byte, or of four where its first bit is set.
func fastcgiLength(c *cursor) uint32 {
	if len(c.b) > 0 && c.b[0] >= 0x80 {
		return c.be32() & 0x7fffffff
	}
	return uint32(c.u8())
}

func answerFastCGI(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	kind, request, body, ok := fastcgiRecord(&c)
	if !ok || s.Transport != portolan.TCP || s.Question != "fastcgi-get-values" || request != 0 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data) - len(c.b)}
	if kind == 11 { // FCGI_UNKNOWN_TYPE: the type of ours, seven zeros
		m.Strength = Likely
		return m, string(body) == "\x09\x00\x00\x00\x00\x00\x00\x00"
	}
	values, ok := fastcgiPairs(body)
	for name := range values {
		ok = ok && strings.HasPrefix(name, "FCGI_M")
	}
	if len(values) == 0 {
		m.Strength = Likely
	}
	return m.with("max-connections", values["FCGI_MAX_CONNS"]).with("multiplexes", values["FCGI_MPXS_CONNS"]), ok && kind == 10
}

// openingFastCGI recognises a request that begins, and what it is about; or a
// question as ours.
func openingFastCGI(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	kind, request, body, ok := fastcgiRecord(&c)
	if !ok || s.Transport != portolan.TCP {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data) - len(c.b)}
	if kind == 9 && request == 0 {
		values, ok := fastcgiPairs(body)
		_, known := values["FCGI_MPXS_CONNS"]
		return m.with("request", "values"), ok && known
	}
	if kind != 1 || request == 0 || len(body) != 8 || body[0] != 0 || body[1] < 1 || body[1] > 3 {
		return Match{}, false
	}
	m = m.with("request", "begin")
	if kind, _, body, ok := fastcgiRecord(&c); ok && kind == 4 {
		values, _ := fastcgiPairs(body)
		m = m.with("script", values["SCRIPT_FILENAME"]).with("path", values["REQUEST_URI"]).with("server", values["SERVER_SOFTWARE"])
	}
	return m, true
}
