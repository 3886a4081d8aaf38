package protocol

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// ldap is asked for its root entry without a bind. A server that wants one first
// says so in a result that repeats the number of the request.
var ldap = Protocol{
	Name: "ldap", Title: "LDAP", Source: "RFC 4511, sections 4.1.1, 4.1.9, 4.4.1 and 4.5; RFC 4512, section 5.1; RFC 3045", TCPOnly: true,
	Services: []string{"ldap", "msft-gc"}, TLSServices: []string{"ldaps", "msft-gc-ssl"},
	Usual:   []uint16{389, 636, 3268, 3269, 1389, 1636},
	Answer:  func(s Said) (Match, bool) { return answerLDAP(s, portolan.TCP) },
	Opening: func(s Said) (Match, bool) { return openingLDAP(s, portolan.TCP) },
	Questions: []Question{
		{Name: "ldap-rootdse", When: Anywhere, Rank: 18, InTLS: true, Bytes: askRootDSE},
	},
}

// cldap is LDAP in datagrams, as domain controllers speak it. Its answers may be
// much longer than its questions, so only few attributes are asked for.
var cldap = Protocol{
	Name: "cldap", Title: "Connectionless LDAP", Source: "MS-ADTS, section 3.1.1.3.1.10; RFC 1798",
	Services: []string{"ldap"},
	Usual:    []uint16{389},
	Answer:   func(s Said) (Match, bool) { return answerLDAP(s, portolan.UDP) },
	Opening:  func(s Said) (Match, bool) { return openingLDAP(s, portolan.UDP) },
	Questions: []Question{
		{Name: "cldap-rootdse", Transport: portolan.UDP, When: AtHome, Rank: 40, Bytes: askRootDSE},
	},
}

// ldapID is the number of the request: positive, of three bytes of the nonce.
func ldapID(n Nonce) []byte { return []byte{n[0]&0x3f | 0x40, n[1], n[2]} }

func askRootDSE(a Ask) []byte {
	var names [][]byte
	for _, n := range []string{"vendorName", "vendorVersion", "supportedLDAPVersion", "namingContexts", "objectClass", "supportedCapabilities"} {
		names = append(names, ber(0x04, []byte(n)))
	}
	// Base "", the base object alone, never an alias, one entry, three seconds, types
	// and values, where there is an objectClass.
	search := ber(0x63, ber(0x04), ber(0x0a, []byte{0}), ber(0x0a, []byte{0}), ber(0x02, []byte{1}), ber(0x02, []byte{3}), ber(0x01, []byte{0}),
		ber(0x87, []byte("objectClass")), ber(0x30, names...))
	return ber(0x30, ber(0x02, ldapID(a.Nonce)), search)
}

// ldapFills reports whether b is whole messages and nothing else, as a datagram is.
func ldapFills(b []byte) bool {
	for len(b) > 0 {
		e, ok := berInside(b, 0x30)
		if !ok {
			return false
		}
		b = e.rest
	}
	return true
}

// ldapMessage takes a message: its number, its operation, and its size.
func ldapMessage(b []byte) (id, operation element, size int, ok bool) {
	all, ok1 := berInside(b, 0x30)
	id, ok2 := berInside(all.value, 0x02)
	operation, ok3 := berElement(id.rest)
	return id, operation, all.size, ok1 && ok2 && ok3 && len(id.value) > 0 && len(id.value) <= 4
}

// ldapResults are those that a stranger is given.
var ldapResults = map[int]string{
	0: "success", 1: "operationsError", 2: "protocolError", 3: "timeLimitExceeded", 4: "sizeLimitExceeded", 7: "authMethodNotSupported",
	8: "strongerAuthRequired", 10: "referral", 11: "adminLimitExceeded", 13: "confidentialityRequired", 32: "noSuchObject",
	48: "inappropriateAuthentication", 49: "invalidCredentials", 50: "insufficientAccessRights", 51: "busy", 52: "unavailable",
	53: "unwillingToPerform", 80: "other",
}

// ldapGone is the name of the Notice of Disconnection.
const ldapGone = "1.3.6.1.4.1.1466.20036"

func answerLDAP(s Said, over portolan.Transport) (Match, bool) {
	id, operation, size, ok := ldapMessage(s.Data)
	if !ok || s.Transport != over || over == portolan.UDP && !ldapFills(s.Data) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: size}
	if operation.tag == 0x78 { // an extended result, unasked: number 0
		m.Kind = ErrorText
		result, ok := ldapResult(operation.value)
		return m.with("result", result), ok && len(id.value) == 1 && id.value[0] == 0 && bytes.Contains(operation.value, []byte(ldapGone))
	}
	if s.Question != "ldap-rootdse" && s.Question != "cldap-rootdse" || !bytes.Equal(id.value, ldapID(s.Nonce)) {
		return Match{}, false
	}
	switch operation.tag {
	case 0x64:
		return ldapEntry(m, operation.value)
	case 0x65:
		result, ok := ldapResult(operation.value)
		return m.with("result", result), ok
	}
	return Match{}, false
}

// ldapResult reads a code, the matched name and a text.
func ldapResult(b []byte) (string, bool) {
	code, ok1 := berInside(b, 0x0a)
	name, ok2 := berInside(code.rest, 0x04)
	text, ok3 := berInside(name.rest, 0x04)
	n, ok4 := berSmall(code)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return "", false
	}
	result := ldapResults[n]
	if result == "" {
		result = strconv.Itoa(n)
	}
	if len(text.value) > 0 && sentence(text.value) {
		result += ": " + strings.TrimRight(string(text.value), "\x00")
	}
	return result, true
}

// ldapEntry reads a name, which the root entry has not, and its attributes.
func ldapEntry(m Match, b []byte) (Match, bool) {
	name, ok1 := berInside(b, 0x04)
	list, ok2 := berInside(name.rest, 0x30)
	if !ok1 || !ok2 || len(name.value) != 0 {
		return Match{}, false
	}
	all := map[string][]string{}
	for rest := list.value; len(rest) > 0; {
		attribute, ok := berInside(rest, 0x30)
		kind, ok1 := berInside(attribute.value, 0x04)
		values, ok2 := berInside(kind.rest, 0x31)
		if !ok || !ok1 || !ok2 {
			return Match{}, false
		}
		lower := strings.ToLower(string(kind.value))
		for v, ok := berInside(values.value, 0x04); ok && len(all[lower]) < 32; v, ok = berInside(v.rest, 0x04) {
			all[lower] = append(all[lower], string(v.value))
		}
		rest = attribute.rest
	}
	return ldapFacts(m, all), true
}

// activeDirectory is the capability of which MS-ADTS says that such a server has it.
const activeDirectory = "1.2.840.113556.1.4.800"

// ldapFacts takes what the root entry says of its server.
func ldapFacts(m Match, all map[string][]string) Match {
	first := func(name string) string {
		if v := all[name]; len(v) > 0 && sentence([]byte(v[0])) {
			return strings.TrimSpace(v[0])
		}
		return ""
	}
	m.Product, m.Version = ldapVendor(first("vendorname"), first("vendorversion"))
	for _, class := range all["objectclass"] {
		// OpenLDAP states no vendor; the class of its root entry is its own.
		if class == "OpenLDAProotDSE" && m.Product == "" {
			m.Product = "OpenLDAP"
		}
	}
	for _, capability := range all["supportedcapabilities"] {
		if capability == activeDirectory {
			m = m.with("capability", "Active Directory")
		}
	}
	return m.with("vendor", first("vendorname")).with("protocol", strings.Join(all["supportedldapversion"], " ")).with("naming-context", first("namingcontexts"))
}

// ldapVendor splits what vendors write: "389-Directory/2.3.1 B2023.017.0000",
// "OpenDJ Server 4.4.11", or the bare version behind the vendor's name.
func ldapVendor(vendor, version string) (string, string) {
	vendor, _, _ = strings.Cut(vendor, " (") // "Samba Team (https://www.samba.org)"
	if startsDigit(version) && !strings.Contains(strings.SplitN(version, " ", 2)[0], "/") {
		return vendor, version
	}
	if p, v, ok := strings.Cut(version, "/"); ok && startsDigit(v) {
		v, _, _ = strings.Cut(v, " ")
		return p, v
	}
	words := strings.Fields(version)
	for i, w := range words {
		if i > 0 && startsDigit(w) {
			return strings.Join(words[:i], " "), w
		}
	}
	if version != "" {
		return version, ""
	}
	return vendor, ""
}

// openingLDAP recognises a bind, a search and an extended request. Of a bind the
// name is kept, never what proves it.
func openingLDAP(s Said, over portolan.Transport) (Match, bool) {
	id, operation, size, ok := ldapMessage(s.Data)
	if !ok || s.Transport != over || id.value[0] >= 0x80 || over == portolan.UDP && !ldapFills(s.Data) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: size}
	first, ok := berElement(operation.value)
	if !ok {
		return Match{}, false
	}
	switch operation.tag {
	case 0x60: // version, name, how it is proved
		version, ok := berSmall(first)
		name, ok1 := berInside(first.rest, 0x04)
		how, ok2 := berElement(name.rest)
		if !ok || !ok1 || !ok2 || version < 1 || version > 3 || how.tag != 0x80 && how.tag != 0xa3 && how.tag&0xc0 != 0x80 {
			return Match{}, false
		}
		m = m.with("request", "bind").with("name", string(name.value))
		if how.tag == 0xa3 {
			mechanism, _ := berInside(how.value, 0x04)
			m = m.with("mechanism", string(mechanism.value))
		}
		return m, true
	case 0x63: // base, scope, aliases, limits
		scope, ok1 := berInside(first.rest, 0x0a)
		aliases, ok2 := berInside(scope.rest, 0x0a)
		_, ok3 := berInside(aliases.rest, 0x02)
		return m.with("request", "search").with("base", string(first.value)), first.tag == 0x04 && ok1 && ok2 && ok3
	case 0x77: // the name of what is wanted
		return m.with("request", "extended").with("oid", string(first.value)), first.tag == 0x80 && bytes.HasPrefix(first.value, []byte("1.3.6.1.4.1."))
	}
	return Match{}, false
}
