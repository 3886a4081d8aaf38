package protocol

import (
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// rtsp looks like HTTP, but says its own name: a server of HTTP that is asked in
// RTSP answers in HTTP and is not taken for one.
var rtsp = Protocol{
	Name: "rtsp", Title: "RTSP", Source: "RFC 2326 and RFC 7826",
	Outranks: []string{"http"},
	Services: []string{"rtsp", "rtsp-alt"}, TLSServices: []string{"rtsps"},
	Usual:     []uint16{554, 8554, 5554, 322, 7070},
	Answer:    answerRTSP,
	Opening:   openingRTSP,
	Questions: []Question{{Name: "rtsp-options", When: Anywhere, Rank: 52, InTLS: true, Bytes: askRTSP}},
}

func askRTSP(a Ask) []byte {
	return []byte("OPTIONS * RTSP/1.0\r\nCSeq: " + textSequence(a.Nonce) + "\r\nUser-Agent: " + a.Agent + "\r\n\r\n")
}

// textSequence is a nonce as the number that RTSP and SIP count requests by.
func textSequence(n Nonce) string {
	return strconv.Itoa(1 + int(n[0])<<16 + int(n[1])<<8 + int(n[2]))
}

func answerRTSP(s Said) (Match, bool) {
	if s.Transport != portolan.TCP {
		return Match{}, false
	}
	r, ok := parseTextReply(s.Data, "RTSP/1.")
	if !ok {
		r, ok = parseTextReply(s.Data, "RTSP/2.")
	}
	if !ok {
		return rtspInHTTP(s)
	}
	m := Match{Strength: r.strength(), Kind: ErrorText, To: r.head}
	if s.Question == "rtsp-options" && r.field("CSeq") == textSequence(s.Nonce) {
		m.Kind = Handshake
	}
	m.Product, m.Version = serverProduct(r.field("Server"))
	m = m.with("protocol", r.version)
	return httpFacts(m, r).with("public", r.field("Public")), true
}

// rtspInHTTP knows a server of RTSP that lets itself be tunnelled through HTTP
// by the name that it gives itself: "GStreamer RTSP Server".
func rtspInHTTP(s Said) (Match, bool) {
	r, ok := parseTextReply(s.Data, "HTTP/1.")
	if !ok || !slices.Contains(strings.Fields(strings.ToUpper(r.field("Server"))), "RTSP") {
		return Match{}, false
	}
	m := Match{Strength: Likely, Kind: ErrorText, To: r.head}
	m.Product, m.Version = serverProduct(r.field("Server"))
	return httpFacts(m, r), true
}

func openingRTSP(s Said) (Match, bool) {
	for _, version := range []string{" RTSP/1.", " RTSP/2."} {
		if q, ok := parseTextRequest(s.Data, version); ok && s.Transport == portolan.TCP {
			return q.opening(), true
		}
	}
	return Match{}, false
}
