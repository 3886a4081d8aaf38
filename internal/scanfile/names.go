package scanfile

import (
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/protocol"
)

// word is a scanner's name for a protocol, where it is neither portolan's own
// nor one of the registry.
type word struct{ says, means string }

// words are looked at before the registry's names. A name stands here for what
// the scanner has seen when it prints it, not for what the name promises.
var words = []word{
	// nmap-service-probes, as -sV prints them.
	{"netbios-ssn", "smb"},            // Samba's and Windows' SMB, on 445 too
	{"kerberos-sec", "kerberos"},      // Microsoft's name of it, in nmap-services too
	{"jabber", "xmpp"},                // the name before RFC 3920
	{"cassandra-native", "cassandra"}, // CQL's binary protocol
	{"distccd", "distcc"},             // the name of its server
	{"icy", "shoutcast"},              // the "ICY 200 OK" of its answers
	{"svnserve", "svn"},               // the name of its server
	{"beanstalkd", "beanstalk"},       // the name of its server
	{"vnc-http", "http"},              // the page with a VNC viewer
	{"ntop-http", "http"},             // ntop's pages
	{"webdav", "http"},                // methods of HTTP (RFC 4918)
	{"caldav", "http"},                // methods of HTTP (RFC 4791)
	{"websocket", "http"},             // the HTTP that it begins with (RFC 6455)
	{"http-proxy", "http"},            // gateways in front of their own servers too
	{"ftp-proxy", "ftp"},              // a proxy's own greeting, in the protocol
	{"imap-proxy", "imap"},            // the same
	{"irc-proxy", "irc"},              // the same
	{"nntp-proxy", "nntp"},            // the same
	{"pop3-proxy", "pop3"},            // the same
	{"sip-proxy", "sip"},              // the same
	{"smtp-proxy", "smtp"},            // the same
	{"telnet-proxy", "telnet"},        // the same
	{"clam", "clamd"},                 // its answers
	{"ssl", "tls"},                    // a handshake, and nothing known inside it
	// nmap-rpc: programs that -sV finds behind a port that speaks ONC RPC.
	{"portmapper", "rpcbind"}, // program 100000
	{"mountd", "sunrpc"},      // program 100005
	{"nlockmgr", "sunrpc"},    // program 100021
	{"nfs_acl", "sunrpc"},     // program 100227
	{"rquotad", "sunrpc"},     // program 100011
	{"status", "sunrpc"},      // program 100024
	{"ypserv", "sunrpc"},      // program 100004
	{"ypbind", "sunrpc"},      // program 100007
	// masscan, as its banners are named.
	{"ssh1", "ssh"},         // by the version that the banner says
	{"ssh2", "ssh"},         // the same
	{"http.server", "http"}, // the Server field of an answer
	{"title", "http"},       // the title of a page
	{"html", "http"},        // a page
	{"x509", "tls"},         // the certificate of a handshake
	{"x509ca", "tls"},       // a certificate of its chain
	{"pop", "pop3"},         // its greeting
	{"imap4", "imap"},       // its greeting
	{"dns-ver", "dns"},      // the answer to version.bind
	// zgrab2, the names of its modules.
	{"postgres", "postgresql"}, // module postgres
	{"oracle", "oracle-tns"},   // module oracle
	{"amqp091", "amqp"},        // module amqp091
}

// Meaning is what a scanner's word is to portolan.
type Meaning struct {
	Protocol string // of protocol.Table; "" where the word is not known there
	TLS      bool
	Word     string // the scanner's, where it rests on what the port said; else ""
}

// Meaning says what was observed, in portolan's words. A name that comes from a
// table of numbers is no observation, and means nothing.
func (r Row) Meaning() Meaning {
	m := Meaning{TLS: r.TLS}
	if r.Method == Probed && r.State == Open && r.Service != "tcpwrapped" {
		m.Word = r.Service
	}
	if m.Word == "" {
		if r.TLS && r.State == Open && r.Service != "tcpwrapped" {
			return Meaning{Protocol: "tls", Word: "tls"} // only TLS itself was seen
		}
		return Meaning{}
	}
	name, inTLS := meaning(m.Word, r.Key.Transport)
	if p, ok := protocol.Named(m.Word); ok && r.Scanner == string(Portolan) {
		name, inTLS = p.Name, false // its own words mean themselves
	}
	if m.Protocol = name; name == "tls" || name == "dtls" {
		return Meaning{Protocol: name, Word: m.Word}
	}
	m.TLS = m.TLS || inTLS
	return m
}

// meaning finds the protocol of a word: by the table above, by portolan's own
// name, and by the registered names of which it keeps the promise.
func meaning(text string, t portolan.Transport) (name string, inTLS bool) {
	text, inTLS = strings.CutPrefix(strings.ToLower(text), "ssl/")
	if text == "upnp" { // nmap's word for what speaks SSDP, and for what describes a device over HTTP
		return map[bool]string{true: "http", false: "ssdp"}[t == portolan.TCP], inTLS
	}
	for _, w := range words {
		if w.says == text {
			return w.means, inTLS
		}
	}
	if p, ok := protocol.Named(text); ok {
		return p.Name, inTLS
	}
	for i := range protocol.Table {
		p := &protocol.Table[i]
		switch {
		case p.TCPOnly && t != portolan.TCP:
		case p.Keeps(text, false):
			return p.Name, inTLS
		case p.Keeps(text, true):
			return p.Name, true
		}
	}
	return "", false
}

// hear lets portolan's own grammar read product and version from a banner that a
// scanner kept, where it finds there what the scanner did.
func (r *Row) hear(banner string) {
	name, _ := meaning(r.Service, r.Key.Transport)
	if r.Product != "" || r.Method != Probed || len(banner) > protocol.MostKept {
		return
	}
	if r.Service == "http.server" {
		banner = httpServer(banner)
	}
	if name == "ssh" && !strings.HasSuffix(banner, "\n") {
		banner += "\r\n" // scanners keep the line without its end
	}
	for _, m := range protocol.Recognise(protocol.Said{Transport: r.Key.Transport, Data: []byte(banner), InTLS: r.TLS}) {
		if m.Protocol == name && m.Product != "" {
			r.Product, r.Version = m.Product, m.Version
		}
	}
}

// httpServer is an answer with a Server field, of which scanners keep only the value.
func httpServer(value string) string {
	if strings.ContainsAny(value, "\r\n") {
		return ""
	}
	return "HTTP/1.0 200 OK\r\nServer: " + value + "\r\n\r\n"
}
