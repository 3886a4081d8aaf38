package protocol

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"github.com/portolan/portolan"
)

// kerberos is asked for a ticket in a realm that cannot be, for nobody: the error
// names the protocol and its own kind.
var kerberos = Protocol{
	Name: "kerberos", Title: "Kerberos", Source: "RFC 4120, sections 5.4.1, 5.9.1, 7.2 and 7.5.9",
	Services: []string{"kerberos"},
	Usual:    []uint16{88, 750},
	Answer:   answerKerberos,
	Opening:  openingKerberos,
	Questions: []Question{
		{Name: "kerberos-as-req-udp", Transport: portolan.UDP, When: Anywhere, Rank: 30, Bytes: askKerberos},
		{Name: "kerberos-as-req-tcp", When: Anywhere, Rank: 64, Bytes: func(a Ask) []byte {
			b := askKerberos(a)
			return append(bigEndian(nil, uint32(len(b))), b...)
		}},
	},
}

// kerberosRealm is of a domain that RFC 2606 keeps from being one.
const kerberosRealm = "PORTOLAN.INVALID"

// kerberosName is one that an error repeats.
func kerberosName(n Nonce) string { return "portolan-" + hex.EncodeToString(n[:4]) }

// askKerberos is an AS-REQ without the name of a client.
func askKerberos(a Ask) []byte {
	service := ber(0x30, ber(0xa0, ber(0x02, []byte{2})), ber(0xa1, ber(0x30, ber(0x1b, []byte("krbtgt")), ber(0x1b, []byte(kerberosName(a.Nonce))))))
	body := ber(0x30,
		ber(0xa0, ber(0x03, []byte{0, 0, 0, 0, 0})),
		ber(0xa2, ber(0x1b, []byte(kerberosRealm))),
		ber(0xa3, service),
		ber(0xa5, ber(0x18, []byte("19700101000000Z"))),
		ber(0xa7, ber(0x02, []byte{a.Nonce[4]&0x3f | 0x40, a.Nonce[5], a.Nonce[6], a.Nonce[7]})),
		ber(0xa8, ber(0x30, ber(0x02, []byte{18}), ber(0x02, []byte{17}))))
	return ber(0x6a, ber(0x30, ber(0xa1, ber(0x02, []byte{5})), ber(0xa2, ber(0x02, []byte{10})), ber(0xa4, body)))
}

// kerberosMessage takes a message, over TCP from behind its length.
func kerberosMessage(s Said) (message element, at int, ok bool) {
	b := s.Data
	if s.Transport != portolan.UDP {
		size, ok := be32(b, 0)
		if !ok || int64(size) != int64(len(b)-4) {
			return element{}, 0, false
		}
		b, at = b[4:], 4
	}
	message, ok = berElement(b)
	return message, at, ok && len(message.rest) == 0
}

// kerberosFields reads a sequence of numbered fields inside a message, and checks
// its version and its type, which are numbers first and first+1.
func kerberosFields(message element, tag, first byte, kind int) (map[byte][]byte, bool) {
	list, ok := berInside(message.value, 0x30)
	if !ok || message.tag != tag || len(list.rest) != 0 {
		return nil, false
	}
	all := map[byte][]byte{}
	for rest := list.value; len(rest) > 0; {
		field, ok := berElement(rest)
		if !ok || field.tag < 0xa0 || field.tag > 0xbe {
			return nil, false
		}
		all[field.tag-0xa0], rest = field.value, field.rest
	}
	return all, kerberosNumber(all[first]) == 5 && kerberosNumber(all[first+1]) == kind
}

func kerberosNumber(b []byte) int {
	e, ok := berElement(b)
	v, small := berSmall(e)
	if !ok || !small {
		return -1
	}
	return v
}

// kerberosText reads a text of one of the kinds that are used for it.
func kerberosText(b []byte) string {
	e, ok := berElement(b)
	if !ok || e.tag != 0x1b && e.tag != 0x18 || !printable(e.value) {
		return ""
	}
	return string(e.value)
}

// kerberosErrors are those that a stranger is given.
var kerberosErrors = map[int]string{
	6: "C_PRINCIPAL_UNKNOWN", 7: "S_PRINCIPAL_UNKNOWN", 12: "POLICY", 14: "ETYPE_NOSUPP", 25: "PREAUTH_REQUIRED", 29: "SVC_UNAVAILABLE",
	52: "RESPONSE_TOO_BIG", 60: "GENERIC", 61: "FIELD_TOOLONG", 68: "WRONG_REALM",
}

func answerKerberos(s Said) (Match, bool) {
	message, at, ok := kerberosMessage(s)
	if !ok {
		return Match{}, false
	}
	fields, ok := kerberosFields(message, 0x7e, 0, 30)
	if !ok || len(kerberosText(fields[4])) != 15 { // the server's time
		return Match{}, false
	}
	return kerberosFacts(Match{Strength: Certain, Kind: Handshake, To: at + message.size}, s, fields), true
}

// kerberosFacts says what an error is about, and whether it repeats our question.
func kerberosFacts(m Match, s Said, fields map[byte][]byte) Match {
	if code := kerberosNumber(fields[6]); code >= 0 {
		m = m.with("error", fmt.Sprintf("%d %s", code, kerberosErrors[code]))
	}
	if realm := kerberosText(fields[9]); realm != kerberosRealm {
		m = m.with("realm", realm)
	}
	if !bytes.Contains(fields[10], []byte(kerberosName(s.Nonce))) {
		m.Kind = ErrorText
	}
	return m.with("text", kerberosText(fields[11]))
}

// openingKerberos recognises the two requests to a KDC.
func openingKerberos(s Said) (Match, bool) {
	message, at, ok := kerberosMessage(s)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: at + message.size}
	for _, request := range []struct {
		tag  byte
		kind int
		name string
	}{{0x6a, 10, "AS-REQ"}, {0x6c, 12, "TGS-REQ"}} {
		fields, ok := kerberosFields(message, request.tag, 1, request.kind)
		if !ok {
			continue
		}
		body, _ := berInside(fields[4], 0x30)
		inner := map[byte][]byte{}
		for e, ok := berElement(body.value); ok; e, ok = berElement(e.rest) {
			inner[e.tag&0x1f] = e.value
		}
		return m.with("request", request.name).with("realm", kerberosText(inner[2])).with("client", kerberosPrincipal(inner[1])).with("service", kerberosPrincipal(inner[3])), true
	}
	return Match{}, false
}

// kerberosPrincipal writes a name of several parts as it is used to be written.
func kerberosPrincipal(b []byte) string {
	name, _ := berInside(b, 0x30)
	kind, _ := berInside(name.value, 0xa0)
	list, _ := berInside(kind.rest, 0xa1)
	parts, _ := berInside(list.value, 0x30)
	text := ""
	for e, ok := berInside(parts.value, 0x1b); ok && len(text) < mostText && printable(e.value); e, ok = berInside(e.rest, 0x1b) {
		if text != "" {
			text += "/"
		}
		text += string(e.value)
	}
	return text
}
