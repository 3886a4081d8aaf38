package protocol

import (
	"bytes"
	"strconv"
	"strings"
)

// ldap is asked for its root entry without a bind, which a server may refuse in
// a result that repeats the number of the request.
var ldap = Protocol{
	Name: "ldap", Title: "LDAP", Source: "RFC 4511, sections 4.1 and 4.5; RFC 4512, section 5.1", TCPOnly: true,
	Services: []string{"ldap"}, TLSServices: []string{"ldaps", "msft-gc-ssl"},
	Usual:     []uint16{389, 636, 3268, 3269, 1389},
	Answer:    answerLDAP,
	Opening:   openingLDAP,
	Questions: []Question{{Name: "ldap-rootdse", When: Anywhere, Rank: 18, InTLS: true, Bytes: askRootDSE}},
}

// berTLV reads one element of BER with a definite length: its tag, where its
// value begins and ends.
func berTLV(b []byte, at int) (tag byte, from, to int, ok bool) {
	if at < 0 || at+2 > len(b) {
		return 0, 0, 0, false
	}
	tag, n := b[at], int(b[at+1])
	from = at + 2
	if n >= 0x80 {
		k := n & 0x7f
		if k == 0 || k > 4 || from+k > len(b) {
			return 0, 0, 0, false
		}
		n = 0
		for _, c := range b[from : from+k] {
			n = n<<8 | int(c)
		}
		from += k
	}
	if n < 0 || n > 1<<24 {
		return 0, 0, 0, false
	}
	return tag, from, from + n, true
}

// ber writes an element of at most 127 bytes, or of two bytes of length.
func ber(tag byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	if len(body) < 0x80 {
		return append([]byte{tag, byte(len(body))}, body...)
	}
	return append([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}, body...)
}

// ldapID is the number of the request: positive, two bytes of the nonce.
func ldapID(n Nonce) []byte { return []byte{n[0]&0x3f | 0x40, n[1], n[2]} }

func askRootDSE(a Ask) []byte {
	var names [][]byte
	for _, n := range []string{"vendorName", "vendorVersion", "supportedLDAPVersion", "namingContexts", "objectClass"} {
		names = append(names, ber(0x04, []byte(n)))
	}
	search := ber(0x63, ber(0x04), ber(0x0a, []byte{0}), ber(0x0a, []byte{0}), ber(0x02, []byte{1}), ber(0x02, []byte{3}), ber(0x01, []byte{0}),
		ber(0x87, []byte("objectClass")), ber(0x30, names...))
	return ber(0x30, ber(0x02, ldapID(a.Nonce)), search)
}

// ldapResults are the results of RFC 4511 that a stranger gets.
var ldapResults = map[byte]string{0: "success", 1: "operationsError", 2: "protocolError", 8: "strongerAuthRequired", 11: "adminLimitExceeded", 13: "confidentialityRequired",
	32: "noSuchObject", 48: "inappropriateAuthentication", 50: "insufficientAccessRights", 51: "busy", 52: "unavailable", 53: "unwillingToPerform"}

func answerLDAP(s Said) (Match, bool) {
	tag, from, to, ok := berTLV(s.Data, 0)
	if !ok || tag != 0x30 {
		return Match{}, false
	}
	idTag, a, b, ok := berTLV(s.Data, from)
	if !ok || idTag != 0x02 || b > len(s.Data) || b-a > 4 || b == a {
		return Match{}, false
	}
	opTag, x, _, ok := berTLV(s.Data, b)
	m := Match{Strength: Certain, Kind: Handshake, To: min(to, len(s.Data))}
	if !ok || opTag != 0x64 && opTag != 0x65 && opTag != 0x78 {
		return Match{}, false
	}
	if opTag == 0x78 { // notice of disconnection: number 0, its own name
		if b-a != 1 || s.Data[a] != 0 || !bytes.Contains(s.Data, []byte("1.3.6.1.4.1.1466.20036")) {
			return Match{}, false
		}
		m.Kind = ErrorText
		return m, true
	}
	if !bytes.Equal(s.Data[a:b], ldapID(s.Nonce)) {
		return Match{}, false
	}
	if opTag == 0x65 {
		rTag, r, e, ok := berTLV(s.Data, x)
		if !ok || rTag != 0x0a || e-r != 1 || e > len(s.Data) {
			return Match{}, false
		}
		name := ldapResults[s.Data[r]]
		if name == "" {
			name = strconv.Itoa(int(s.Data[r]))
		}
		return m.with("result", name), true
	}
	return ldapVendor(m, s.Data), true
}

// ldapVendor takes what the root entry says of its server.
func ldapVendor(m Match, b []byte) Match {
	m.Product = ldapValue(b, "vendorName")
	version := ldapValue(b, "vendorVersion")
	if p, v, ok := strings.Cut(version, "/"); ok && versionAt(v) != "" {
		m.Product, m.Version = p, strings.Fields(v)[0]
	} else if versionAt(version) == version {
		m.Version = version
	}
	switch class := ldapValue(b, "objectClass"); {
	case strings.Contains(string(b), "OpenLDAProotDSE") && m.Product == "":
		m.Product = "OpenLDAP"
		_ = class
	}
	return m.with("naming-context", ldapValue(b, "namingContexts"))
}

// ldapValue returns the first value of an attribute, by its name in any case.
func ldapValue(b []byte, name string) string {
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(name))
		if i < 0 {
			return ""
		}
		at += i + len(name)
		tag, from, _, ok := berTLV(b, at)
		if !ok || tag != 0x31 {
			continue
		}
		vTag, v, e, ok := berTLV(b, from)
		if ok && vTag == 0x04 && e <= len(b) && printable(b[v:e]) {
			return string(b[v:e])
		}
	}
}

func openingLDAP(s Said) (Match, bool) {
	tag, from, to, ok := berTLV(s.Data, 0)
	if !ok || tag != 0x30 || to != len(s.Data) {
		return Match{}, false
	}
	idTag, a, b, ok := berTLV(s.Data, from)
	opTag, x, _, ok2 := berTLV(s.Data, b)
	if !ok || !ok2 || idTag != 0x02 || b-a > 4 || b == a {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: len(s.Data)}
	switch opTag {
	case 0x60: // bind: version, name; the password behind it is not for us
		vTag, v, e, ok := berTLV(s.Data, x)
		nTag, n, ne, ok2 := berTLV(s.Data, e)
		if !ok || !ok2 || vTag != 0x02 || e-v != 1 || s.Data[v] < 2 || s.Data[v] > 3 || nTag != 0x04 || ne > len(s.Data) {
			return Match{}, false
		}
		return m.with("request", "bind").with("name", string(s.Data[n:ne])), true
	case 0x63:
		return m.with("request", "search"), true
	case 0x77:
		return m.with("request", "extended"), bytes.Contains(s.Data, []byte("1.3.6.1.4.1."))
	}
	return Match{}, false
}
