package protocol

import (
	"strings"

	"github.com/portolan/portolan"
)

// mdns lists the kinds of services that a host announces, and answers who asks
// from another port directly (RFC 6762, section 6.7).
var mdns = Protocol{
	Name: "mdns", Title: "Multicast DNS", Source: "RFC 6762; RFC 6763, section 9",
	Services: []string{"mdns"},
	Usual:    []uint16{5353},
	Answer:   answerMDNS,
	Opening:  openingMDNS,
	Questions: []Question{
		{Name: "mdns-services", Transport: portolan.UDP, When: Anywhere, Rank: 45, Bytes: func(a Ask) []byte {
			return dnsAsk(a.Nonce, mdnsServices, mdnsPTR, 1, 0x80)
		}},
	},
}

const (
	mdnsServices = "_services._dns-sd._udp.local"
	mdnsPTR      = 12
)

// answerMDNS takes answers that are authoritative and stand in .local: to a
// question of ours, or the announcements that hosts make unasked.
func answerMDNS(s Said) (Match, bool) {
	if !datagram(s, dnsHeader) {
		return Match{}, false
	}
	b := s.Data
	q, ok := dnsHead(b)
	ours := ok && dnsEchoes(q, s.Nonce)
	if !ok || q.flags&^(0x0200) != dnsResponse|dnsAuthority || q.answers == 0 || q.questions > 1 || !ours && q.id != 0 {
		return Match{}, false
	}
	if q.questions == 1 && !strings.EqualFold(q.name, mdnsServices) {
		return Match{}, false
	}
	records, end, whole := dnsRecords(b, q.at, q.records)
	if len(records) == 0 || !mdnsRecords(records) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: end}
	if !whole || end != len(b) {
		m.Strength = Likely
	}
	if !ours {
		m.Kind = Banner
	}
	return m.with("services", mdnsListed(b, records)), true
}

// mdnsRecords: every name stands in .local, but for reverse names and options.
func mdnsRecords(records []dnsRecord) bool {
	local := 0
	for _, r := range records {
		name := strings.ToLower(r.name)
		switch {
		case strings.HasSuffix(name, ".local"):
			local++
		case r.typ != 41 && !strings.HasSuffix(name, ".arpa"):
			return false
		}
	}
	return local > 0
}

// mdnsListed writes the kinds of services: "_ipp._tcp, _workstation._tcp".
func mdnsListed(b []byte, records []dnsRecord) string {
	var all []string
	for _, r := range records {
		if r.typ != mdnsPTR || !strings.EqualFold(r.name, mdnsServices) {
			continue
		}
		if name, end, ok := dnsName(b, r.at); ok && end == r.end {
			all = append(all, strings.TrimSuffix(name, ".local"))
		}
	}
	return strings.Join(all, ", ")
}

// openingMDNS recognises a query for a name of .local, and what hosts announce.
func openingMDNS(s Said) (Match, bool) {
	if m, ok := answerMDNS(s); ok {
		m.Kind = Opening
		return m.with("message", "announcement"), true
	}
	if !datagram(s, dnsHeader) {
		return Match{}, false
	}
	q, ok := dnsHead(s.Data)
	if !ok || q.flags&(dnsResponse|dnsOpcode|dnsRcode) != 0 || q.questions == 0 || !dnsLocal(q) || q.class&0x7fff != 1 {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: q.at}
	if _, end, whole := dnsRecords(s.Data, q.at, q.records); q.questions == 1 && whole && end == len(s.Data) {
		m.Strength = Certain
	}
	return m.with("name", q.name).with("type", known(dnsTypes, q.typ)), true
}
