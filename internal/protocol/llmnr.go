package protocol

import (
	"net/netip"
	"strconv"
	"strings"
)

// llmnr answers only for names that are the host's own: the one name of it that
// everybody knows is the reverse name of its address. What is sent to one host
// is sent over TCP; datagrams are for all of the link (section 2.4).
var llmnr = Protocol{
	Name: "llmnr", Title: "LLMNR", Source: "RFC 4795, section 2.1",
	Services: []string{"llmnr"},
	Usual:    []uint16{5355},
	Answer:   answerLLMNR,
	Opening:  openingLLMNR,
	Questions: []Question{
		{Name: "llmnr-reverse", When: AtHome, Bytes: func(a Ask) []byte {
			b := dnsAsk(a.Nonce, llmnrReverse(a.Host), mdnsPTR, 1, 0)
			return append([]byte{byte(len(b) >> 8), byte(len(b))}, b...)
		}},
	},
}

// llmnrReverse returns the reverse name of an address, the first label of a name.
func llmnrReverse(host string) string {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		label, _, _ := strings.Cut(host, ".")
		return label
	}
	ip = ip.Unmap()
	b, name := ip.AsSlice(), ""
	for i := len(b) - 1; i >= 0; i-- {
		if ip.Is4() {
			name += strconv.Itoa(int(b[i])) + "."
		} else {
			name += strconv.FormatUint(uint64(b[i]&15), 16) + "." + strconv.FormatUint(uint64(b[i]>>4), 16) + "."
		}
	}
	if ip.Is4() {
		return name + "in-addr.arpa"
	}
	return name + "ip6.arpa"
}

// answerLLMNR: of the flags only "tentative" may be set with the response, and
// a responder that has no answer keeps silent. DNS sets others.
func answerLLMNR(s Said) (Match, bool) {
	b, from, ok := dnsBody(s)
	if !ok || s.Question != "llmnr-reverse" {
		return Match{}, false
	}
	q, ok := dnsHead(b)
	if !ok || q.flags&^dnsRecursive != dnsResponse || q.questions != 1 || q.answers == 0 || !dnsEchoes(q, s.Nonce) ||
		q.typ != mdnsPTR || q.class != 1 {
		return Match{}, false
	}
	records, end, whole := dnsRecords(b, q.at, q.records)
	if !whole || end != len(b) || !strings.EqualFold(records[0].name, q.name) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Handshake, To: from + end}
	if r := records[0]; r.typ == mdnsPTR {
		host, _, _ := dnsName(b, r.at)
		m = m.with("host", host)
	}
	return m, true
}

// openingLLMNR recognises a query for a name of one label.
func openingLLMNR(s Said) (Match, bool) {
	if !datagram(s, dnsHeader) {
		return Match{}, false
	}
	q, ok := dnsHead(s.Data)
	if !ok || q.questions != 1 || !dnsSingle(q) || q.class != 1 || q.at != len(s.Data) {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: Opening, To: q.at}
	return m.with("name", q.name).with("type", known(dnsTypes, q.typ)), true
}
