package protocol

import (
	"strconv"

	"github.com/portolan/portolan"
)

// tls has no question here: the asker speaks TLS itself. What is recognised is
// what a server of TLS says to words that are no TLS, which is an alert.
var tls = Protocol{
	Name: "tls", Title: "TLS", Source: "RFC 8446, sections 4.1, 5.1 and 6; RFC 6101, appendix E",
	Usual:   []uint16{443, 465, 636, 853, 990, 993, 995, 8443},
	Answer:  answerTLS,
	Opening: openingTLS,
}

const (
	tlsAlertRecord     = 21
	tlsHandshakeRecord = 22
	tlsMostRecord      = 1<<14 + 2048
)

// tlsRecord takes the first record off b; whole is false where it is cut.
func tlsRecord(b []byte) (kind byte, version int, body []byte, whole, ok bool) {
	version, _ = be16(b, 1)
	n, has := be16(b, 3)
	if !has || version < 0x0300 || version > 0x0304 || n == 0 || n > tlsMostRecord {
		return 0, 0, nil, false, false
	}
	if whole = len(b) >= 5+n; whole {
		return b[0], version, b[5 : 5+n], true, true
	}
	return b[0], version, b[5:], false, true
}

func answerTLS(s Said) (Match, bool) {
	kind, version, body, whole, ok := tlsRecord(s.Data)
	if !ok || s.Transport == portolan.UDP {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: ErrorText, To: 5 + len(body)}
	switch kind {
	case tlsAlertRecord:
		name, ok := tlsAlert(body)
		if !ok || !tlsOnlyAlerts(s.Data) {
			return Match{}, false
		}
		return m.with("alert", name).with("version", tlsVersions[version]), true
	case tlsHandshakeRecord:
		hello, ok := tlsMessage(body, 2)
		if !ok {
			return Match{}, false
		}
		h, ok := tlsServerHello(hello)
		if m.Kind = Handshake; !whole {
			m.Strength = Likely // the certificate in the same record was cut
		}
		return h.details(m), ok && tlsVersions[h.version] != ""
	}
	return Match{}, false
}

// tlsOnlyAlerts: behind an alert nothing comes but another one.
func tlsOnlyAlerts(b []byte) bool {
	for len(b) > 0 {
		kind, _, body, whole, ok := tlsRecord(b)
		if _, alert := tlsAlert(body); !ok || !whole || kind != tlsAlertRecord || !alert {
			return false
		}
		b = b[7:]
	}
	return true
}

// tlsMessage returns the body of a handshake message of a type.
func tlsMessage(b []byte, kind byte) ([]byte, bool) {
	n, ok := be24(b, 1)
	if !ok || b[0] != kind || len(b) < 4+n {
		return nil, false
	}
	return b[4 : 4+n], true
}

// openingTLS recognises a ClientHello, walked to its last byte; of SSL's second
// version only the shape is known.
func openingTLS(s Said) (Match, bool) {
	if s.Transport == portolan.UDP {
		return Match{}, false
	}
	if m, ok := tlsOldHello(s.Data); ok {
		return m, true
	}
	kind, _, body, whole, ok := tlsRecord(s.Data)
	if !ok || !whole || kind != tlsHandshakeRecord {
		return Match{}, false
	}
	hello, ok := tlsMessage(body, 1)
	if !ok || len(body) != 4+len(hello) {
		return Match{}, false
	}
	h, ok := tlsClientHello(hello, false)
	if !ok || tlsVersions[h.version] == "" {
		return Match{}, false
	}
	m := h.details(Match{Strength: Certain, Kind: Opening, To: 5 + len(body)})
	return m.with("ciphers", strconv.Itoa(h.ciphers)), true
}

// tlsOldHello recognises a CLIENT-HELLO of SSL 2.0, whose lengths add up.
func tlsOldHello(b []byte) (Match, bool) {
	size, _ := be16(b, 0)
	version, _ := be16(b, 3)
	ciphers, _ := be16(b, 5)
	session, _ := be16(b, 7)
	challenge, ok := be16(b, 9)
	if size &= 0x7fff; !ok || b[0]&0x80 == 0 || b[2] != 1 || len(b) != 2+size || size != 9+ciphers+session+challenge {
		return Match{}, false
	}
	if version > 2 && version>>8 != 3 || ciphers == 0 || ciphers%3 != 0 || session != 0 && session != 16 || challenge < 16 || challenge > 32 {
		return Match{}, false
	}
	m := Match{Strength: Hint, Kind: Opening, To: len(b)}
	return m.with("version", tlsVersions[version]).with("hello", "SSLv2"), true
}
