package protocol

import (
	"strconv"

	"github.com/portolan/portolan"
)

// dtls is greeted with a hello that no server can accept: its only cipher suite
// is none. A server that wants a cookie first asks for it and keeps nothing; one
// that does not refuses by an alert. Both answers are shorter than the question.
// What is spoken inside stays unknown, so its services are those that promise DTLS.
var dtls = Protocol{
	Name: "dtls", Title: "DTLS", Source: "RFC 6347, sections 4.1 and 4.2; RFC 9147",
	Services: []string{
		"babel-dtls", "coaps", "domain-s", "gre-udp-dtls", "hncp-dtls-port", "ipfixs", "ipsdtls", "mpls-udp-dtls", "radsec",
		"snmpdtls", "snmpdtls-trap", "syslog-tls",
	},
	Usual:   []uint16{4433, 4740, 5349, 5684, 10161},
	Answer:  answerDTLS,
	Opening: openingDTLS,
	Questions: []Question{
		{Name: "dtls-client-hello", Transport: portolan.UDP, When: Anywhere, Rank: 36, Bytes: dtlsHello},
	},
}

// dtlsHello offers the suite 0x0a0a, which is reserved to be unknown (RFC 8701).
func dtlsHello(a Ask) []byte {
	const extensions = "\x00\x0a\x00\x04\x00\x02\x00\x17" + "\x00\x0d\x00\x04\x00\x02\x04\x03"
	body := append([]byte{0xfe, 0xfd}, a.Nonce[:]...)
	body = append(body, a.Nonce[:]...)
	body = append(body, 0, 0, 0, 2, 0x0a, 0x0a, 1, 0, 0, byte(len(extensions)))
	body = append(body, extensions...)
	n := byte(len(body))
	head := []byte{22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, n + 12, 1, 0, 0, n, 0, 0, 0, 0, 0, 0, 0, n}
	return append(head, body...)
}

const dtlsHeader = 13

// dtlsRecord returns the first record of a datagram. All that is said before a
// handshake ends is of epoch 0.
func dtlsRecord(s Said) (kind byte, version int, body []byte, ok bool) {
	if !datagram(s, dtlsHeader+1) {
		return 0, 0, nil, false
	}
	version, _ = be16(s.Data, 1)
	n, _ := be16(s.Data, 11)
	if version != 0xfeff && version != 0xfefd || n == 0 || len(s.Data) < dtlsHeader+n || !zeros(s.Data[3:5]) {
		return 0, 0, nil, false
	}
	return s.Data[0], version, s.Data[dtlsHeader : dtlsHeader+n], true
}

// dtlsMessage returns the body of an unfragmented handshake message.
func dtlsMessage(b []byte) (kind byte, body []byte, ok bool) {
	size, _ := be24(b, 1)
	offset, _ := be24(b, 6)
	fragment, has := be24(b, 9)
	if !has || offset != 0 || fragment != size || len(b) < 12+size {
		return 0, nil, false
	}
	return b[0], b[12 : 12+size], true
}

func answerDTLS(s Said) (Match, bool) {
	kind, version, body, ok := dtlsRecord(s)
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: dtlsHeader + len(body)}
	if kind == tlsAlertRecord {
		name, ok := tlsAlert(body)
		return m.with("alert", name).with("version", tlsVersions[version]), ok
	}
	message, body, ok := dtlsMessage(body)
	if !ok || kind != tlsHandshakeRecord {
		return Match{}, false
	}
	switch message {
	case 2:
		h, ok := tlsServerHello(body)
		return h.details(m), ok && h.version >= 0xfe00 && tlsVersions[h.version] != ""
	case 3: // HelloVerifyRequest: a version and a cookie
		if len(body) < 3 || body[0] != 0xfe || len(body) != 3+int(body[2]) {
			return Match{}, false
		}
		return m.with("cookie", "wanted"), true
	}
	return Match{}, false
}

// openingDTLS recognises a ClientHello.
func openingDTLS(s Said) (Match, bool) {
	kind, _, body, ok := dtlsRecord(s)
	if !ok || kind != tlsHandshakeRecord {
		return Match{}, false
	}
	message, hello, ok := dtlsMessage(body)
	if !ok || message != 1 {
		return Match{}, false
	}
	h, ok := tlsClientHello(hello, true)
	if !ok || tlsVersions[h.version] == "" {
		return Match{}, false
	}
	m := h.details(Match{Strength: Certain, Kind: Opening, To: dtlsHeader + len(body)})
	return m.with("ciphers", strconv.Itoa(h.ciphers)), true
}
