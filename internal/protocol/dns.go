package protocol

import (
	"strings"

	"github.com/portolan/portolan"
)

// dns is asked for version.bind, which the server answers from itself: nothing
// is looked up, and a refusal repeats the question too.
var dns = Protocol{
	Name: "dns", Title: "DNS", Source: "RFC 1035, section 4; RFC 4892, section 3",
	Services: []string{"domain"}, TLSServices: []string{"domain-s"},
	Usual:   []uint16{53, 853, 5300, 8053},
	Answer:  answerDNS,
	Opening: openingDNS,
	Questions: []Question{
		{Name: "dns-version-udp", Transport: portolan.UDP, When: Anywhere, Rank: 10, Bytes: dnsVersion},
		{Name: "dns-version-tcp", When: Anywhere, Rank: 24, InTLS: true, Bytes: func(a Ask) []byte {
			b := dnsVersion(a)
			return append([]byte{0, byte(len(b))}, b...)
		}},
	},
}

const (
	dnsTXT   = 16
	dnsCHAOS = 3
)

func dnsVersion(a Ask) []byte { return dnsAsk(a.Nonce, "version.bind", dnsTXT, dnsCHAOS, 0) }

// dnsBody returns the message: over TCP it stands behind its length.
func dnsBody(s Said) (b []byte, from int, ok bool) {
	if s.Transport == portolan.UDP {
		return s.Data, 0, true
	}
	n, _ := be16(s.Data, 0)
	if n < dnsHeader || len(s.Data) < 2+n {
		return nil, 0, false
	}
	return s.Data[2 : 2+n], 2, true
}

func answerDNS(s Said) (Match, bool) {
	b, from, ok := dnsBody(s)
	if !ok {
		return Match{}, false
	}
	q, ok := dnsHead(b)
	if !ok || q.flags&dnsResponse == 0 || q.flags&(dnsOpcode|dnsReserved) != 0 || !dnsEchoes(q, s.Nonce) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: from + q.at}
	if q.flags&dnsRecursion != 0 {
		m = m.with("recursion", "available")
	}
	if rcode := q.flags & dnsRcode; rcode != 0 {
		m = m.with("rcode", known(dnsRcodes, rcode))
	}
	switch {
	case dnsBare(s, b, q):
		m.Strength = Likely
		return m, true
	case q.questions != 1 || !dnsOurs(q):
		return Match{}, false
	}
	records, end, whole := dnsRecords(b, q.at, q.records)
	if !whole || end != len(b) {
		m.Strength = Likely
	}
	m.To = from + end
	return dnsText(m, b, records[:min(len(records), q.answers)]), true
}

// dnsBare: some refuse with a header alone, which repeats no more than the id.
func dnsBare(s Said, b []byte, q dnsQuestion) bool {
	rcode := q.flags & dnsRcode
	return strings.HasPrefix(s.Question, "dns-version-") && len(b) == dnsHeader && q.questions == 0 && q.records == 0 &&
		(rcode == 1 || rcode == 2 || rcode == 4 || rcode == 5)
}

// dnsOurs: the question that is repeated is one of ours. What is asked of mDNS
// is refused by a server of DNS in words of its own.
func dnsOurs(q dnsQuestion) bool {
	if strings.EqualFold(q.name, "version.bind") {
		return q.typ == dnsTXT && q.class == dnsCHAOS
	}
	return strings.EqualFold(q.name, mdnsServices) && q.typ == mdnsPTR && q.flags&dnsRcode != 0
}

// dnsText reads the first string of the first TXT record.
func dnsText(m Match, b []byte, records []dnsRecord) Match {
	for _, r := range records {
		if r.typ != dnsTXT || r.class != dnsCHAOS || r.at == r.end {
			continue
		}
		text := b[r.at+1 : min(r.end, r.at+1+int(b[r.at]))]
		if !words(text) {
			continue
		}
		var ok bool
		if m.Product, m.Version, ok = dnsSoftware(string(text)); !ok {
			m = m.with("version-text", string(text))
		}
		return m
	}
	return m
}

// dnsProducts are the names by which servers call themselves in version.bind.
var dnsProducts = [...]string{
	"PowerDNS Authoritative Server", "PowerDNS Recursor", "Knot DNS", "Knot Resolver", "Microsoft DNS", "ISC BIND",
	"BIND", "unbound", "dnsmasq", "NSD", "CoreDNS", "dnsdist", "YADIFA", "gdnsd", "rbldnsd", "PowerDNS", "pdnsd",
	"Nominum Vantio", "MaraDNS", "Deadwood", "SmartDNS", "dnscrypt-proxy", "Technitium DNS Server", "AdGuard Home",
}

// dnsSoftware splits "unbound 1.17.1", "dnsmasq-2.90" and "PowerDNS Recursor
// 4.8.8 (built ...)". BIND states its version alone: then the product stays
// unknown. Anyone may put any text here, so other texts name no product.
func dnsSoftware(text string) (product, version string, ok bool) {
	for _, p := range dnsProducts {
		if len(text) <= len(p)+1 || !strings.EqualFold(text[:len(p)], p) || !strings.Contains(" -/", text[len(p):len(p)+1]) {
			continue
		}
		version, _, _ := strings.Cut(text[len(p)+1:], " ")
		if startsVersion(version) {
			return text[:len(p)], version, true
		}
	}
	if major, n := number([]byte(text)); n > 0 && major < 100 && len(text) > n+1 && text[n] == '.' && startsVersion(text[n+1:]) {
		return "", text, true
	}
	return "", "", false
}

// openingDNS recognises a query, a NOTIFY or an UPDATE, walked to its last byte.
func openingDNS(s Said) (Match, bool) {
	b, from, ok := dnsBody(s)
	if !ok || s.Cut {
		return Match{}, false
	}
	q, ok := dnsHead(b)
	opcode := q.flags & dnsOpcode >> 11
	if !ok || q.flags&(dnsResponse|dnsReserved|dnsRcode) != 0 || q.questions != 1 || dnsStrange(q) || !dnsClass(q.class) {
		return Match{}, false
	}
	if opcode == 0 && (q.records != q.additionals || q.additionals > 2) || opcode != 0 && opcode != 4 && opcode != 5 {
		return Match{}, false
	}
	if _, end, whole := dnsRecords(b, q.at, q.records); !whole || end != len(b) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Opening, To: from + len(b)}
	name := q.name
	if name == "" {
		name = "."
	}
	if opcode != 0 {
		m = m.with("opcode", known(map[int]string{4: "notify", 5: "update"}, opcode))
	}
	if q.class == dnsCHAOS {
		m = m.with("class", "CH")
	}
	return m.with("name", name).with("type", known(dnsTypes, q.typ)), true
}

// dnsClass: IN, CH, HS, ANY.
func dnsClass(c int) bool { return c == 1 || c == dnsCHAOS || c == 4 || c == 255 }
