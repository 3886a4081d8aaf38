package protocol

import (
	"bytes"
	"strings"
)

// whois answers a name with whatever its owner likes. It is asked, at home alone,
// for a name that cannot exist; most say in their own words that it does not.
var whois = Protocol{
	Name: "whois", Title: "WHOIS", Source: "RFC 3912, section 2; RFC 2606, section 2",
	Services: []string{"nicname"},
	Usual:    []uint16{43},
	Answer:   answerWhois,
	Questions: []Question{
		{Name: "whois-invalid", When: AtHome, Rank: 85, Bytes: func(a Ask) []byte { return []byte(whoisName(a.Nonce) + "\r\n") }},
	},
}

func whoisName(n Nonce) string { return "portolan" + textNonce(n, 4) + ".invalid" }

func answerWhois(s Said) (Match, bool) {
	lower := bytes.ToLower(s.Data)
	if s.Question != "whois-invalid" || !textual(s.Data) || bytes.HasPrefix(lower, []byte(whoisName(s.Nonce))) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, To: len(s.Data)}
	missing := hasAny(string(lower), "no match", "not found", "no entries found", "no data found", "no object found", "does not exist", "is available", "not registered", "invalid query", "no whois server is known", "malformed request")
	switch {
	case missing && bytes.Contains(lower, []byte(whoisName(s.Nonce))):
	case missing && s.Data[0] == '%' && (bytes.Contains(lower, []byte("%error:")) || bytes.Contains(lower, []byte("whois"))):
	case missing && hasAny(string(lower), "whois", "registry", "registrar") && s.Closed:
		m.Strength = Likely
	default:
		return Match{}, false
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(s.Data)), "\n")
	return m.with("text", strings.TrimSpace(first)), true
}
