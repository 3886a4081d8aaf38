package protocol

import (
	"strings"

	"github.com/portolan/portolan"
)

// httpProxy fetches for others. A gateway in front of its own servers (HAProxy,
// Varnish, a Via field) is a web server to its clients and is not meant. There is
// no question: a proxy refuses GET / in words of its own, and what would tell
// more makes some look up a name or connect somewhere.
var httpProxy = Protocol{
	Name: "http-proxy", Title: "HTTP proxy", Source: "RFC 9110, sections 3.7, 7.6.2, 9.3.6 and 11.7",
	Over:    "http",
	Usual:   []uint16{3128, 8080, 8118, 8888, 8123, 8081},
	Answer:  overHTTP(proxyWords),
	Opening: openingProxy,
}

// proxyServers are products that do nothing but fetch for others, as their
// Server and Proxy-Agent fields begin.
var proxyServers = [...]string{"tinyproxy", "Privoxy", "Polipo", "mitmproxy", "CCProxy", "Mikrotik HttpProxy", "WinGate", "Zscaler", "BlueCoat"}

func proxyWords(r textReply) (Match, bool) {
	server := r.field("Server")
	if agent := r.field("Proxy-Agent"); agent != "" {
		server = agent
	}
	var m Match
	m.Product, m.Version = serverProduct(server)
	m = m.with("via", r.field("Via")).with("proxy-error", r.field("X-Squid-Error"))
	if auth, _, _ := strings.Cut(r.field("Proxy-Authenticate"), " "); auth != "" {
		m = m.with("proxy-auth", auth)
	}
	switch {
	case r.has("Proxy-Agent"), r.status == 407 && r.has("Proxy-Authenticate"), squidRefuses(r.field("X-Squid-Error")):
		return m, true
	case r.status >= 400 && proxyText(string(r.text())):
		return m, true
	case r.has("Proxy-Connection"):
		m.Strength = Likely
		return m, true
	}
	for _, p := range proxyServers {
		if len(server) >= len(p) && strings.EqualFold(server[:len(p)], p) {
			return m, true
		}
	}
	return Match{}, false
}

// squidRefuses reports whether an error of Squid is one that it gives only
// where it is asked to fetch for others.
func squidRefuses(e string) bool {
	name, _, _ := strings.Cut(e, " ")
	switch name {
	case "ERR_INVALID_URL", "ERR_UNSUP_REQ", "ERR_CACHE_ACCESS_DENIED":
		return true
	}
	return false
}

// proxyText reports whether an error's page is a proxy's.
func proxyText(page string) bool {
	for _, words := range [...]string{
		"This is a proxy server. Does not respond to non-proxy requests.", // goproxy
		"No protocol handler was valid for the URL",                       // Apache, as a proxy
		"Invalid header received from client.\n",                          // Privoxy
		"Privoxy is not configured to accept intercepted requests",
		"Bad request. Privoxy was unable to extract the destination.",
		"<title>502 Proxy error</title>",
	} {
		if strings.Contains(page, words) {
			return true
		}
	}
	return false
}

// openingProxy recognises a request to a proxy: CONNECT, or a whole URL.
func openingProxy(s Said) (Match, bool) {
	q, ok := parseTextRequest(s.Data, " HTTP/1.")
	if !ok || s.Transport != portolan.TCP {
		return Match{}, false
	}
	scheme, rest, whole := strings.Cut(q.target, "://")
	switch {
	case q.method == "CONNECT" && strings.Contains(q.target, ":"):
		return q.opening().with("target", q.target), true
	case whole && isHTTPToken(scheme) && rest != "":
		// A server must take a whole URL too (RFC 9112, section 3.2.2).
		m := q.opening()
		m.Strength = min(m.Strength, Likely)
		target, _, _ := strings.Cut(rest, "/")
		return m.with("target", target), true
	}
	return Match{}, false
}
