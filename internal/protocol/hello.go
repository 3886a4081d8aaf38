package protocol

import "strings"

// TLS and DTLS write the same hellos (RFC 8446, section 4.1; RFC 6347, section
// 4.2) in records of their own.

// tlsVersions are the versions as records and hellos write them.
var tlsVersions = map[int]string{
	0x0002: "SSLv2", 0x0300: "SSLv3", 0x0301: "TLSv1.0", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3",
	0xfeff: "DTLSv1.0", 0xfefd: "DTLSv1.2", 0xfefc: "DTLSv1.3",
}

// tlsAlerts are the descriptions of alerts.
var tlsAlerts = map[int]string{
	0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed", 22: "record_overflow",
	30: "decompression_failure", 40: "handshake_failure", 41: "no_certificate", 42: "bad_certificate",
	43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
	47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error", 51: "decrypt_error",
	60: "export_restriction", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error",
	86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension",
	110: "unsupported_extension", 112: "unrecognized_name", 113: "bad_certificate_status_response",
	115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol",
}

// tlsAlert returns the name of an alert of two bytes, level and description.
func tlsAlert(b []byte) (name string, ok bool) {
	if len(b) != 2 || b[0] != 1 && b[0] != 2 {
		return "", false
	}
	name, ok = tlsAlerts[int(b[1])]
	return name, ok
}

// tlsHello is what a ClientHello or a ServerHello says.
type tlsHello struct {
	version int // the highest that is offered, or the one that was chosen
	sni     string
	alpn    []string
	ciphers int
	srtp    bool
}

// tlsClientHello walks the body of a ClientHello; one of DTLS has a cookie. ok
// is false where a length does not fit.
func tlsClientHello(b []byte, cookie bool) (h tlsHello, ok bool) {
	if len(b) < 2+32 {
		return h, false
	}
	h.version, _ = be16(b, 0)
	_, b, ok = tlsVector(b[34:], 1)
	if ok && cookie {
		_, b, ok = tlsVector(b, 1)
	}
	if !ok {
		return h, false
	}
	ciphers, b, ok1 := tlsVector(b, 2)
	compression, b, ok2 := tlsVector(b, 1)
	if !ok1 || !ok2 || len(ciphers) < 2 || len(ciphers)%2 != 0 || len(compression) == 0 {
		return h, false
	}
	h.ciphers = len(ciphers) / 2
	if len(b) == 0 {
		return h, true // before extensions were
	}
	return tlsExtensions(h, b, true)
}

// tlsServerHello walks the body of a ServerHello.
func tlsServerHello(b []byte) (h tlsHello, ok bool) {
	if len(b) < 2+32 {
		return h, false
	}
	h.version, _ = be16(b, 0)
	session, b, ok := tlsVector(b[34:], 1)
	if !ok || len(session) > 32 || len(b) < 3 {
		return h, false
	}
	if b = b[3:]; len(b) == 0 {
		return h, true
	}
	return tlsExtensions(h, b, false)
}

// tlsVector takes bytes behind their length, which is of size bytes, off b.
func tlsVector(b []byte, size int) (body, rest []byte, ok bool) {
	n := 0
	if len(b) < size {
		return nil, nil, false
	}
	for _, c := range b[:size] {
		n = n<<8 | int(c)
	}
	if len(b) < size+n {
		return nil, nil, false
	}
	return b[size : size+n], b[size+n:], true
}

// The extensions that are looked at.
const (
	tlsSNI       = 0
	tlsSRTP      = 14
	tlsALPN      = 16
	tlsVersions3 = 43
)

func tlsExtensions(h tlsHello, b []byte, client bool) (tlsHello, bool) {
	list, rest, ok := tlsVector(b, 2)
	if !ok || len(rest) != 0 {
		return h, false
	}
	for len(list) > 0 {
		kind, _ := be16(list, 0)
		if len(list) < 2 {
			return h, false
		}
		var body []byte
		if body, list, ok = tlsVector(list[2:], 2); !ok {
			return h, false
		}
		switch {
		case kind == tlsSNI && client:
			h.sni = tlsServerName(body)
		case kind == tlsSRTP:
			h.srtp = true
		case kind == tlsALPN:
			h.alpn = tlsProtocols(body)
		case kind == tlsVersions3 && client:
			h.version = tlsHighest(h.version, body)
		case kind == tlsVersions3:
			h.version, _ = be16(body, 0)
		}
	}
	return h, true
}

// tlsServerName returns the first host name of the extension server_name.
func tlsServerName(b []byte) string {
	list, _, ok := tlsVector(b, 2)
	if !ok || len(list) < 1 || list[0] != 0 {
		return ""
	}
	name, _, _ := tlsVector(list[1:], 2)
	return shown(name)
}

// tlsProtocols returns the first few names of the extension ALPN.
func tlsProtocols(b []byte) (all []string) {
	list, _, ok := tlsVector(b, 2)
	for ok && len(list) > 0 && len(all) < 8 {
		var name []byte
		if name, list, ok = tlsVector(list, 1); ok {
			all = append(all, shown(name))
		}
	}
	return all
}

// tlsHighest returns the highest version of the extension supported_versions.
// DTLS counts downwards.
func tlsHighest(v int, b []byte) int {
	list, _, _ := tlsVector(b, 1)
	for i := 0; i+1 < len(list); i += 2 {
		o, _ := be16(list, i)
		if tlsVersions[o] == "" {
			continue
		}
		if datagrams := o >= 0xfe00; datagrams && o < v || !datagrams && o > v {
			v = o
		}
	}
	return v
}

// details adds what a hello says.
func (h tlsHello) details(m Match) Match {
	m = m.with("version", tlsVersions[h.version]).with("sni", h.sni).with("alpn", strings.Join(h.alpn, ", "))
	if h.srtp {
		m = m.with("srtp", "offered")
	}
	return m
}
