package protocol

import (
	"bytes"
	"strings"
)

// xmpp is a stream of XML that both sides open; a server that does not have the
// host that was asked for says so inside its own stream.
var xmpp = Protocol{
	Name: "xmpp", Title: "XMPP", Source: "RFC 6120, sections 4.2 and 4.9", TCPOnly: true,
	Services: []string{"xmpp-client", "xmpp-server"}, TLSServices: []string{"xmpp-client", "xmpp-server"},
	Usual:   []uint16{5222, 5223, 5269},
	Answer:  xmppStream(Handshake),
	Opening: xmppStream(Opening),
	Questions: []Question{{Name: "xmpp-stream", When: Anywhere, Rank: 42, InTLS: true, Bytes: func(a Ask) []byte {
		return []byte("<?xml version='1.0'?><stream:stream to='" + xmlText(a.Host) + "' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>")
	}}},
}

// xmlText keeps a host's name from ending the attribute that it stands in.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`<>&'"`, r) {
			return -1
		}
		return r
	}, s)
}

func xmppStream(kind Kind) func(Said) (Match, bool) {
	return func(s Said) (Match, bool) {
		i := bytes.Index(s.Data, []byte("<stream:stream"))
		if i < 0 || i > 64 || !bytes.Contains(s.Data, []byte("http://etherx.jabber.org/streams")) {
			return Match{}, false
		}
		if kind != Opening && (bytes.Equal(s.Data, s.Asked) || !bytes.Contains(s.Data, []byte(" id=")) && !bytes.Contains(s.Data, []byte("<stream:error")) && !bytes.Contains(s.Data, []byte("<stream:features"))) {
			return Match{}, false
		}
		m := Match{Strength: Certain, Kind: kind, From: i, To: len(s.Data)}
		for _, space := range []string{"jabber:client", "jabber:server"} {
			if bytes.Contains(s.Data, []byte("'"+space+"'")) || bytes.Contains(s.Data, []byte(`"`+space+`"`)) {
				m = m.with("namespace", space)
				break
			}
		}
		if kind == Opening {
			return m, true
		}
		if bytes.Contains(s.Data, []byte("<host-unknown")) {
			m = m.with("error", "host-unknown")
		}
		if bytes.Contains(s.Data, []byte("urn:ietf:params:xml:ns:xmpp-tls")) {
			m = m.with("starttls", "offered")
		}
		return m, true
	}
}
