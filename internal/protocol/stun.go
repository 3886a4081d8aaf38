package protocol

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// stun says from which address a question came. TURN, which relays for those
// with a password, is spoken on the same port in the same messages.
var stun = Protocol{
	Name: "stun", Title: "STUN", Source: "RFC 8489, sections 5 and 14; RFC 8656, section 7.2",
	Services: []string{"stun", "turn"}, TLSServices: []string{"stuns", "turns"},
	Usual:   []uint16{3478, 3479, 5349, 19302},
	Answer:  answerSTUN,
	Opening: openingSTUN,
	Questions: []Question{
		{Name: "stun-binding", Transport: portolan.UDP, When: Anywhere, Rank: 18, Bytes: stunBinding},
		{Name: "stun-binding-tcp", When: Anywhere, Rank: 84, InTLS: true, Bytes: stunBinding},
		// An Allocate without REQUESTED-TRANSPORT is granted by nobody: 401 says
		// that a password is wanted first, 400 that it is not (RFC 8656, section
		// 7.2). Both come before anything is allocated.
		{Name: "turn-allocate-refused", Transport: portolan.UDP, After: []string{"stun"}, Bytes: func(a Ask) []byte {
			return stunAsk(3, a)
		}},
	},
}

const (
	stunHeader = 20
	stunCookie = "\x21\x12\xa4\x42"
)

// The attributes that are looked at.
const (
	stunUser     = 0x0006
	stunError    = 0x0009
	stunRealm    = 0x0014
	stunSoftware = 0x8022
)

var stunMethods = map[int]string{1: "binding", 3: "allocate", 4: "refresh", 6: "send", 7: "data", 8: "create-permission", 9: "channel-bind", 10: "connect"}

func stunBinding(a Ask) []byte { return stunAsk(1, a) }

// stunAsk writes a request of a method; SOFTWARE says who asks.
func stunAsk(method byte, a Ask) []byte {
	b := append([]byte{0, method, 0, 0}, stunCookie...)
	b = append(b, a.Nonce[:12]...)
	agent := a.Agent[:min(len(a.Agent), 120)]
	if agent != "" {
		b = append(append(b, 0x80, 0x22, 0, byte(len(agent))), agent...)
		b = append(b, make([]byte, -len(agent)&3)...)
	}
	b[3] = byte(len(b) - stunHeader)
	return b
}

// stunHead checks type, length and cookie; class is 0 for a request, 2 for a
// success, 3 for an error.
func stunHead(s Said) (method, class, size int, ok bool) {
	b := s.Data
	kind, _ := be16(b, 0)
	size, _ = be16(b, 2)
	size += stunHeader
	whole := len(b) == size || s.Transport != portolan.UDP && len(b) > size
	if len(b) < stunHeader || kind&0xc000 != 0 || size%4 != 0 || !whole || string(b[4:8]) != stunCookie {
		return 0, 0, 0, false
	}
	method = kind&0x000f | kind&0x00e0>>1 | kind&0x3e00>>2
	return method, kind>>4&1 | kind>>7&2, size, stunMethods[method] != ""
}

// stunAttributes calls f with each attribute; false where they do not fit.
func stunAttributes(b []byte, f func(kind int, value []byte)) bool {
	for len(b) > 0 {
		kind, _ := be16(b, 0)
		n, ok := be16(b, 2)
		if !ok || len(b) < 4+(n+3)/4*4 {
			return false
		}
		f(kind, b[4:4+n])
		b = b[4+(n+3)/4*4:]
	}
	return true
}

func answerSTUN(s Said) (Match, bool) {
	method, class, size, ok := stunHead(s)
	if !ok || class < 2 || !bytes.Equal(s.Data[8:stunHeader], s.Nonce[:12]) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: size}
	ok = stunAttributes(s.Data[stunHeader:size], func(kind int, value []byte) {
		switch {
		case kind == stunSoftware && m.Detail("software") == "":
			if text := bytes.TrimRight(value, "\x00"); words(text) {
				m.Product, m.Version = stunSoftwareText(string(text))
				m = m.with("software", string(text))
			}
		case kind == stunError && len(value) >= 4 && m.Detail("error") == "":
			m = m.with("error", strconv.Itoa(int(value[2]&7)*100+int(value[3])))
		case kind == stunRealm && m.Detail("realm") == "":
			m = m.with("realm", shown(value))
		}
	})
	if method == 3 {
		m = m.with("turn", "yes")
	}
	return m, ok
}

// stunSoftwareText splits "Coturn-4.6.1 'Gorst'", "restund v0.4.12 (x86_64/linux)"
// and "STUNTMAN 1.2". Coturn says "None" where it is told to say nothing.
func stunSoftwareText(text string) (product, version string) {
	if text == "None" {
		return "", ""
	}
	for i := 1; i+1 < len(text); i++ {
		if strings.IndexByte("-/ ", text[i]) >= 0 && startsVersion(text[i+1:]) {
			version, _, _ = strings.Cut(text[i+1:], " ")
			return text[:i], version
		}
	}
	return text, ""
}

// openingSTUN recognises a request or an indication of a client.
func openingSTUN(s Said) (Match, bool) {
	method, class, size, ok := stunHead(s)
	if !ok || class > 1 {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: size}.with("method", stunMethods[method])
	ok = stunAttributes(s.Data[stunHeader:size], func(kind int, value []byte) {
		switch kind {
		case stunSoftware:
			m = m.with("software", shown(bytes.TrimRight(value, "\x00")))
		case stunUser:
			m = m.with("user", shown(value))
		case stunRealm:
			m = m.with("realm", shown(value))
		}
	})
	if len(m.Details) > 8 {
		m.Details = m.Details[:8]
	}
	return m, ok
}
