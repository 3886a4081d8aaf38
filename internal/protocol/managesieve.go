package protocol

import (
	"bytes"
	"strings"
)

// managesieve greets with what it can do, a quoted word to a line, then OK.
var managesieve = Protocol{
	Name: "managesieve", Title: "ManageSieve", Source: "RFC 5804, sections 1.3, 1.7 and 1.8",
	Services: []string{"sieve"},
	Usual:    []uint16{4190, 2000},
	Answer:   answerManageSieve,
}

func answerManageSieve(s Said) (Match, bool) {
	if !textual(s.Data) {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Banner, To: len(s.Data)}
	if rest, ok := bytes.CutPrefix(s.Data, []byte(`"IMPLEMENTATION" "`)); ok {
		who, ended := between(rest, "", "\"\r\n")
		if !ended {
			return Match{}, false
		}
		if !bytes.Contains(rest, []byte("\n\"SIEVE\" \"")) && !bytes.Contains(rest, []byte("\n\"SASL\"")) {
			m.Strength = Likely
		}
		m.Product, m.Version = sieveImplementation(who)
		if bytes.Contains(rest, []byte("\n\"STARTTLS\"")) {
			m = m.with("starttls", "offered")
		}
		auth, _ := between(rest, "\n\"SASL\" \"", "\"")
		return m.with("auth", auth), true
	}
	line, whole := firstLine(s.Data)
	text := string(line)
	m.To, m.Kind = len(line), ErrorText
	switch {
	case !whole || !strings.HasPrefix(text, "NO ") && !strings.HasPrefix(text, "BYE "):
		return Match{}, false
	case strings.HasSuffix(text, `"`) && hasAny(strings.ToUpper(text), "MANAGESIEVE", "MANAGE SIEVE", "TIMSIEVED"):
		return m, true
	case strings.HasPrefix(text, "BYE (TRYLATER) \""), strings.HasPrefix(text, "BYE (REFERRAL \"sieve"):
		return m, true
	case foreign(s) && strings.HasSuffix(text, `"`) && (strings.HasPrefix(text, `NO "`) || strings.HasPrefix(text, `BYE "`)):
		m.Strength = Likely
		return m, true
	}
	return Match{}, false
}

// sieveImplementation splits "Cyrus timsieved v3.6.1" and "Dovecot (Debian) Pigeonhole".
func sieveImplementation(who string) (product, version string) {
	i := strings.LastIndexByte(who, ' ')
	if v := strings.TrimPrefix(who[i+1:], "v"); i > 0 && isVersion(v) {
		return who[:i], v
	}
	return who, ""
}
