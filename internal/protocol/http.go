package protocol

import (
	"bytes"
	"strings"

	"github.com/portolan/portolan"
)

// http is the generic one: whoever answers in its grammar speaks it. What is
// carried by it names it in Over and says more.
var http = Protocol{
	Name: "http", Title: "HTTP", Source: "RFC 9112, sections 2 to 5",
	// The registered names that promise HTTP in so many letters.
	Services: []string{
		"http", "http-alt", "http-mgmt", "www-http", "appserv-http", "armcenterhttp", "cardbox-http", "dwnmshttp", "http-wmap",
		"llsurfup-http", "manyone-http", "md-cg-http", "multiling-http", "netmo-http", "oob-ws-http", "pcsync-http", "plysrv-http",
		"radan-http", "sgi-esphttp", "smc-http", "soap-http", "sun-sr-http", "sunlps-http", "synapse-nhttp", "ultraseek-http",
		"wap-push-http", "wbem-http", "webemshttp", "wsman",
	},
	TLSServices: []string{
		"https", "appserv-https", "armcenterhttps", "compaq-https", "https-wmap", "llsurfup-https", "oob-ws-https", "oracleas-https",
		"pcsync-https", "plysrv-https", "sun-sr-https", "sun-user-https", "synapse-nhttps", "tungsten-https", "wap-push-https",
		"wbem-exp-https", "wbem-https", "wsmans",
	},
	Usual:   []uint16{80, 8080, 8000, 8008, 8081, 8443, 8888, 443, 3000, 5000, 9000},
	Answer:  answerHTTP,
	Opening: openingHTTP,
	Questions: []Question{
		// It makes many others speak too: an error to it names them.
		{Name: "http-get", When: Anywhere, Rank: 1, InTLS: true, Bytes: httpGet("/")},
	},
}

func answerHTTP(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	r, ok := parseTextReply(s.Data, "HTTP/1.")
	if !ok {
		return answerHTML(s)
	}
	m := Match{Strength: r.strength(), Kind: httpKind(s), To: r.head}
	m.Product, m.Version = serverProduct(r.field("Server"))
	return httpFacts(m, r), true
}

// answerHTML knows the answer of HTTP/0.9, which is a page and nothing else.
// Python's http.server refuses so what it takes for a request of that time.
func answerHTML(s Said) (Match, bool) {
	if s.Question == "" || !s.Closed {
		return Match{}, false
	}
	start := strings.ToLower(string(bytes.TrimSpace(s.Data[:min(len(s.Data), 64)])))
	if !strings.HasPrefix(start, "<!doctype html") && !strings.HasPrefix(start, "<html") {
		return Match{}, false
	}
	r := textReply{body: s.Data}
	return Match{Strength: Hint, Kind: httpKind(s), To: len(s.Data)}.with("protocol", "HTTP/0.9").with("title", r.title()), true
}

// openingHTTP recognises a request. That of HTTP/0.9 has no version and is no
// more than a hint.
func openingHTTP(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	q, ok := parseTextRequest(s.Data, " HTTP/1.")
	if ok {
		return q.opening().with("upgrade", textFieldOf(q.fields, "Upgrade")), true
	}
	line, whole := firstLine(s.Data)
	path, ok := bytes.CutPrefix(line, []byte("GET /"))
	if !ok || !whole || !printable(line) || bytes.IndexByte(path, ' ') >= 0 {
		return Match{}, false
	}
	return Match{Strength: Hint, Kind: Opening, To: len(line)}.with("method", "GET").with("path", "/"+string(path)), true
}
