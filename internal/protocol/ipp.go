package protocol

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// ipp is carried by HTTP's POST. Its servers often name it in their Server field.
var ipp = Protocol{
	Name: "ipp", Title: "IPP", Source: "RFC 8010, section 3; RFC 8011, section 4.2.5",
	Over:     "http",
	Services: []string{"ipp"}, TLSServices: []string{"ipps"},
	Usual:   []uint16{631},
	Answer:  answerIPP,
	Opening: openingIPP,
	Questions: []Question{
		// It reads three attributes; at ports of others a POST is not wanted.
		{Name: "ipp-get-attributes", When: AtHome, Rank: 1, InTLS: true, After: []string{"http"}, Bytes: askIPP},
	},
}

// askIPP is Get-Printer-Attributes (0x000b) with the nonce for its request-id.
func askIPP(a Ask) []byte {
	b := []byte{1, 1, 0, 0x0b}
	b = append(b, ippID(a.Nonce)...)
	b = append(b, 0x01)
	b = ippAttribute(b, 0x47, "attributes-charset", "utf-8")
	b = ippAttribute(b, 0x48, "attributes-natural-language", "en")
	b = ippAttribute(b, 0x45, "printer-uri", "ipp://"+httpHost(a)+"/")
	b = ippAttribute(b, 0x44, "requested-attributes", "printer-make-and-model")
	b = ippAttribute(b, 0x44, "", "printer-firmware-string-version")
	b = ippAttribute(b, 0x44, "", "ipp-versions-supported")
	b = append(b, 0x03)
	return append([]byte("POST / HTTP/1.0\r\nHost: "+httpHost(a)+"\r\nUser-Agent: "+a.Agent+
		"\r\nContent-Type: application/ipp\r\nContent-Length: "+strconv.Itoa(len(b))+"\r\n\r\n"), b...)
}

// ippID is the request-id, which must be positive.
func ippID(n Nonce) []byte { return []byte{n[0] & 0x7f, n[1], n[2], n[3] | 1} }

func ippAttribute(b []byte, tag byte, name, value string) []byte {
	b = binary.BigEndian.AppendUint16(append(b, tag), uint16(len(name)))
	b = binary.BigEndian.AppendUint16(append(b, name...), uint16(len(value)))
	return append(b, value...)
}

func answerIPP(s Said) (Match, bool) {
	r, ok := parseTextReply(s.Data, "HTTP/1.")
	if !ok || s.Transport != portolan.TCP {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: httpKind(s), To: len(s.Data)}
	m.Product, m.Version = serverProduct(r.field("Server"))
	body := r.text()
	if kind := r.field("Content-Type"); strings.EqualFold(kind, "application/ipp") && isIPP(body) {
		if s.Question != "ipp-get-attributes" || !bytes.Equal(body[4:8], ippID(s.Nonce)) {
			m.Strength = Likely
		}
		m = m.with("ipp-version", strconv.Itoa(int(body[0]))+"."+strconv.Itoa(int(body[1])))
		return httpFacts(ippFacts(m, body[8:]), r), true
	}
	_, version, ok := strings.Cut(r.field("Server"), " IPP/")
	if !ok || !startsVersion(version) {
		return Match{}, false
	}
	return httpFacts(m.with("ipp-version", version), r), true
}

// isIPP reports whether a body is an answer of IPP: a version, a status that is
// registered, and its first attributes' group.
func isIPP(b []byte) bool {
	return len(b) >= 9 && b[0] >= 1 && b[0] <= 2 && b[1] <= 2 && b[2] <= 0x05 && (b[8] == 0x01 || b[8] == 0x03)
}

// ippFacts adds the attributes that were asked for.
func ippFacts(m Match, b []byte) Match {
	name := ""
	for len(b) > 0 {
		if tag := b[0]; tag < 0x10 { // the mark of a group
			b = b[1:]
			continue
		}
		n, ok := be16(b, 1)
		if !ok || len(b) < 3+n {
			return m
		}
		if n > 0 { // without a name, it is one more value of the one before
			name = string(b[3 : 3+n])
		}
		b = b[3+n:]
		k, ok := be16(b, 0)
		if !ok || len(b) < 2+k {
			return m
		}
		value := string(b[2 : 2+k])
		b = b[2+k:]
		switch name {
		case "printer-make-and-model", "printer-firmware-string-version", "status-message":
			if m.Detail(name) == "" {
				m = m.with(name, value)
			}
		}
	}
	return m
}

// openingIPP recognises a request by the type of its body.
func openingIPP(s Said) (Match, bool) {
	q, ok := parseTextRequest(s.Data, " HTTP/1.")
	if !ok || s.Transport != portolan.TCP || q.method != "POST" || !strings.EqualFold(textFieldOf(q.fields, "Content-Type"), "application/ipp") {
		return Match{}, false
	}
	m := q.opening()
	if body := s.Data[q.head:]; q.ended && len(body) >= 8 {
		if op, _ := be16(body, 2); op > 0 && op < 0x100 {
			m = m.with("operation", "0x"+strconv.FormatInt(int64(op), 16))
		}
	}
	return m, true
}
