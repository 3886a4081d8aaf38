package protocol

import (
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// sip answers OPTIONS as it would answer a call, and rings nobody.
var sip = Protocol{
	Name: "sip", Title: "SIP", Source: "RFC 3261, sections 7, 8 and 11",
	Services: []string{"sip"}, TLSServices: []string{"sips"},
	Usual:   []uint16{5060, 5061, 5080},
	Answer:  answerSIP,
	Opening: openingSIP,
	Questions: []Question{
		{Name: "sip-options", When: Anywhere, Rank: 53, InTLS: true, Bytes: askSIP("TCP")},
		{Name: "sip-options-udp", Transport: portolan.UDP, When: Anywhere, Rank: 20, Bytes: askSIP("UDP")},
	},
}

// askSIP asks for nothing but what the server itself can do: Max-Forwards is 0,
// so that it goes no further.
func askSIP(transport string) func(Ask) []byte {
	return func(a Ask) []byte {
		id := textNonce(a.Nonce, 8)
		return []byte("OPTIONS sip:" + httpHost(a) + " SIP/2.0\r\n" +
			"Via: SIP/2.0/" + transport + " portolan.invalid;branch=z9hG4bK" + id + ";rport\r\n" +
			"Max-Forwards: 0\r\n" +
			"From: <sip:portolan@portolan.invalid>;tag=" + id + "\r\n" +
			"To: <sip:" + httpHost(a) + ">\r\n" +
			"Call-ID: " + id + "\r\n" +
			"CSeq: " + textSequence(a.Nonce) + " OPTIONS\r\n" +
			"User-Agent: " + a.Agent + "\r\n" +
			"Accept: application/sdp\r\n" +
			"Content-Length: 0\r\n\r\n")
	}
}

func answerSIP(s Said) (Match, bool) {
	r, ok := parseTextReply(s.Data, "SIP/2.")
	if !ok {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: ErrorText, To: r.head}
	_, method, _ := strings.Cut(sipField(r, "CSeq"), " ")
	if isHTTPToken(strings.TrimSpace(method)) || strings.HasPrefix(sipField(r, "Via"), "SIP/2.0/") {
		m.Strength = Certain
	}
	asked := s.Question == "sip-options" || s.Question == "sip-options-udp"
	if asked && (sipField(r, "Call-ID") == textNonce(s.Nonce, 8) || strings.HasPrefix(sipField(r, "CSeq"), textSequence(s.Nonce)+" ")) {
		m.Kind = Handshake
	}
	software := r.field("Server")
	if software == "" {
		software = r.field("User-Agent")
	}
	m.Product, m.Version = sipSoftware(software)
	return m.with("status", strconv.Itoa(r.status)+" "+r.reason).with("software", software).with("allow", r.field("Allow")), true
}

// sipField returns a field by its name or its short form (RFC 3261, section 7.3.3).
func sipField(r textReply, name string) string {
	if v := r.field(name); v != "" {
		return v
	}
	return r.field(map[string]string{"Via": "v", "Call-ID": "i"}[name])
}

// sipSoftware splits "kamailio (5.6.3 (x86_64/linux))", "Asterisk PBX 18.10.0"
// and "FreeSWITCH-mod_sofia/1.10.9" as their authors write them.
func sipSoftware(s string) (product, version string) {
	if p, v, ok := strings.Cut(s, " ("); ok && startsVersion(v) {
		return p, strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '(' || r == ')' })[0]
	}
	if p, _, _ := strings.Cut(s, "/"); !strings.Contains(p, " ") {
		return serverProduct(s)
	}
	i := strings.LastIndexByte(s, ' ')
	if !startsVersion(s[i+1:]) {
		return serverProduct(s)
	}
	return s[:i], s[i+1:]
}

func openingSIP(s Said) (Match, bool) {
	q, ok := parseTextRequest(s.Data, " SIP/2.")
	if !ok || !strings.Contains(q.target, ":") {
		return Match{}, false
	}
	m := q.opening()
	return m.with("from", textFieldOf(q.fields, "From")).with("to", textFieldOf(q.fields, "To")), true
}
