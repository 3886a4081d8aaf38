package protocol

import "strings"

// nntp greets with 200 or 201, and refuses with 400, 500 or 502.
var nntp = Protocol{
	Name: "nntp", Title: "NNTP", Source: "RFC 3977, section 5.1", TCPOnly: true,
	Services: []string{"nntp", "nnsp"}, TLSServices: []string{"nntps"},
	Usual:  []uint16{119, 433, 563},
	Answer: answerNNTP,
}

var nntpProducts = []string{"INN", "InterNetNews", "NNRP", "Leafnode NNTP Daemon", "Leafnode", "sn", "Diablo", "Typhoon", "DNews", "Cyrus NNTP", "Microsoft NNTP Service", "Papercut"}

func answerNNTP(s Said) (Match, bool) {
	code, text, _, whole := codedLine(s.Data)
	if !whole || !textual(s.Data) {
		return Match{}, false
	}
	line, _ := firstLine(s.Data)
	m := Match{Strength: Certain, Kind: Banner, To: len(line)}
	upper := strings.ToUpper(text)
	about := strings.Contains(upper, "NNTP") || strings.Contains(upper, "INTERNETNEWS") || strings.Contains(upper, "NEWS SERVER") || strings.Contains(upper, "NNRP")
	if !about || code != 200 && code != 201 && code != 400 && code != 502 {
		return Match{}, false
	}
	if code >= 400 {
		m.Kind = ErrorText
	}
	m.Product, m.Version, _ = named(text, nntpProducts)
	if strings.Contains(text, "posting ok") || code == 200 {
		m = m.with("posting", "allowed")
	}
	return m, true
}
