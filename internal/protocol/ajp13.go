package protocol

import "github.com/portolan/portolan"

// ajp13 is what web servers speak to Tomcat. A CPing is answered by a CPong.
var ajp13 = Protocol{
	Name: "ajp13", Title: "Apache JServ Protocol", Source: "The Apache Tomcat Connectors, AJP Protocol Reference (AJPv13)",
	Usual:   []uint16{8009},
	Answer:  answerAJP,
	Opening: openingAJP,
	Questions: []Question{
		{Name: "ajp-cping", When: AtHome, Rank: 80, Bytes: fixed("\x12\x34\x00\x01\x0a")},
	},
}

func answerAJP(s Said) (Match, bool) {
	ok := s.Question == "ajp-cping" && s.Transport == portolan.TCP && string(s.Data) == "AB\x00\x01\x09"
	return Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}, ok
}

// ajpMethods are the first of the methods, by their numbers from 1 on.
var ajpMethods = [...]string{"", "OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE"}

// openingAJP recognises a CPing, and a request that is forwarded: method,
// version, path, where it came from and whom it asked for.
func openingAJP(s Said) (Match, bool) {
	c := cursor{b: s.Data}
	magic, size, kind := c.be16(), c.be16(), c.u8()
	if c.lost || s.Transport != portolan.TCP || magic != 0x1234 || size > len(s.Data)-4 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: 4 + size}
	if kind == 10 && size == 1 {
		return m.with("request", "cping"), true
	}
	method := c.u8()
	version, path, address := ajpText(&c), ajpText(&c), ajpText(&c)
	ajpText(&c)
	host := ajpText(&c)
	if c.lost || kind != 2 || method >= len(ajpMethods) || len(version) < 6 || version[:5] != "HTTP/" {
		return Match{}, false
	}
	return m.with("request", "forward").with("method", ajpMethods[method]).with("path", path).with("for", address).with("host", host), true
}

// ajpText takes a text: its length, itself, a zero byte. A length of 65535 is none.
func ajpText(c *cursor) string {
	size := c.be16()
	if size == 0xffff {
		return ""
	}
	text := c.take(size)
	if c.u8() != 0 {
		c.lost = true
	}
	return string(text)
}
