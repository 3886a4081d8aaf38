package protocol

import (
	"bytes"
	"strings"
)

// xmpp is a stream of XML that both sides open; a server that does not have the
// host that was asked for says so inside its own stream.
var xmpp = Protocol{
	Name: "xmpp", Title: "XMPP", Source: "RFC 6120, sections 4.2, 4.7 and 4.9", TCPOnly: true,
	Services: []string{"xmpp-client", "xmpp-server"},
	Usual:    []uint16{5222, 5223, 5269, 5270},
	Answer:   answerXMPP,
	Opening:  openingXMPP,
	Questions: []Question{
		{Name: "xmpp-stream", When: Anywhere, Rank: 42, InTLS: true, Bytes: func(a Ask) []byte {
			return []byte("<?xml version='1.0'?><stream:stream to='" + xmlText(a.Host) + "' version='1.0' xmlns='jabber:client' xmlns:stream='" + xmppStreams + "'>")
		}},
	},
}

const xmppStreams = "http://etherx.jabber.org/streams"

// xmlText keeps a host's name from ending the attribute that it stands in.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`<>&'"`, r) {
			return -1
		}
		return r
	}, s)
}

// xmppHeader returns the tag that opens a stream, behind nothing but an XML
// declaration and spaces.
func xmppHeader(b []byte) (from int, tag string, ok bool) {
	i := bytes.Index(b, []byte("<stream:stream"))
	if i < 0 || i > 80 || !textual(b) {
		return 0, "", false
	}
	if before := strings.TrimSpace(string(b[:i])); before != "" && !strings.HasPrefix(before, "<?xml ") {
		return 0, "", false
	}
	end := bytes.IndexByte(b[i:], '>')
	if end < 0 {
		return 0, "", false
	}
	tag = string(b[i : i+end])
	return i, tag, strings.Contains(tag, xmppStreams)
}

// xmlAttribute returns the value of an attribute of a tag.
func xmlAttribute(tag, name string) (string, bool) {
	for _, quote := range []string{"'", `"`} {
		for _, space := range []string{" ", "\n", "\t"} {
			if v, ok := between([]byte(tag), space+name+"="+quote, quote); ok {
				return v, true
			}
		}
	}
	return "", false
}

// answerXMPP knows a server's stream by its id, which a client's has not, or by
// the error that it begins with.
func answerXMPP(s Said) (Match, bool) {
	from, tag, ok := xmppHeader(s.Data)
	if !ok {
		return Match{}, false
	}
	_, id := xmlAttribute(tag, "id")
	fault, failed := between(s.Data, "<stream:error>", "</stream:error>")
	if !id && !failed {
		return Match{}, false
	}
	m := Match{Strength: Certain, Kind: Handshake, From: from, To: len(s.Data)}
	m = m.with("namespace", xmppNamespace(tag))
	if failed {
		// <host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>
		condition, _ := between([]byte(fault), "<", " ")
		m = m.with("error", condition)
		if foreign(s) {
			m.Kind = ErrorText
		}
	}
	if bytes.Contains(s.Data, []byte("urn:ietf:params:xml:ns:xmpp-tls")) {
		m = m.with("starttls", "offered")
	}
	host, _ := xmlAttribute(tag, "from")
	return m.with("host", host), true
}

// xmppNamespace is "jabber:client", "jabber:server" or a component's.
func xmppNamespace(tag string) string {
	space, _ := xmlAttribute(tag, "xmlns")
	return space
}

func openingXMPP(s Said) (Match, bool) {
	from, tag, ok := xmppHeader(s.Data)
	if !ok {
		return Match{}, false
	}
	to, _ := xmlAttribute(tag, "to")
	return Match{Strength: Certain, Kind: Opening, From: from, To: from + len(tag)}.with("namespace", xmppNamespace(tag)).with("to", to), true
}
