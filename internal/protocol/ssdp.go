package protocol

import (
	"strings"

	"github.com/portolan/portolan"
)

// ssdp is HTTP's grammar in datagrams. It is asked for one root device at its
// own address, never at the group that everybody answers.
var ssdp = Protocol{
	Name: "ssdp", Title: "SSDP", Source: "UPnP Device Architecture 1.1, section 1",
	Services:  []string{"ssdp"},
	Usual:     []uint16{1900},
	Answer:    answerSSDP,
	Opening:   openingSSDP,
	Questions: []Question{{Name: "ssdp-search", Transport: portolan.UDP, When: Anywhere, Rank: 21, Bytes: askSSDP}},
}

func askSSDP(a Ask) []byte {
	return []byte("M-SEARCH * HTTP/1.1\r\nHOST: " + httpHost(a) + "\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: upnp:rootdevice\r\nUSER-AGENT: " + a.Agent + "\r\n\r\n")
}

func answerSSDP(s Said) (Match, bool) {
	r, ok := parseTextReply(s.Data, "HTTP/1.")
	if !ok || s.Transport != portolan.UDP || r.status != 200 || !r.has("ST") || !r.has("USN") {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, To: r.head}
	if s.Question == "ssdp-search" {
		m.Kind = Handshake
	}
	return ssdpFacts(m, r.fields).with("st", r.field("ST")), true
}

// ssdpFacts adds what a device says of itself, in an answer or a notice.
func ssdpFacts(m Match, fields []textField) Match {
	server := textFieldOf(fields, "Server")
	m.Product, m.Version = serverProduct(server)
	return m.with("server", server).with("location", textFieldOf(fields, "Location")).with("usn", textFieldOf(fields, "USN"))
}

// openingSSDP recognises a search, and the notice that devices send unasked.
func openingSSDP(s Said) (Match, bool) {
	q, ok := parseTextRequest(s.Data, " HTTP/1.")
	if !ok || s.Transport != portolan.UDP || q.target != "*" {
		return Match{}, false
	}
	switch {
	case q.method == "M-SEARCH" && strings.Contains(textFieldOf(q.fields, "MAN"), "ssdp:discover"):
		return q.opening().with("st", textFieldOf(q.fields, "ST")), true
	case q.method == "NOTIFY" && strings.HasPrefix(textFieldOf(q.fields, "NTS"), "ssdp:"):
		return ssdpFacts(q.opening(), q.fields).with("nt", textFieldOf(q.fields, "NT")).with("nts", textFieldOf(q.fields, "NTS")), true
	}
	return Match{}, false
}
