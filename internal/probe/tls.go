package probe

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/portolan/portolan/internal/protocol"
)

// TLS is what a port said of itself in TLS. Certificates are not verified: who
// answers is asked, not trusted.
type TLS struct {
	Version    string // "TLS 1.3"
	ALPN       string // "" for none
	Cipher     string
	Subject    string // the leaf certificate's common name
	Issuer     string
	Names      []string // DNS names and addresses of the leaf, at most mostNames
	NotBefore  time.Time
	NotAfter   time.Time
	SHA256     string // of the leaf certificate
	Chain      int    // certificates sent
	ClientCert bool   // the server asks the client for a certificate
	// Refused is the error of a server that speaks TLS, but not with us.
	Refused string
}

// mostNames is how many names of a certificate are kept.
const mostNames = 20

// helloName is what the exchange of a TLS handshake is called in reports.
const helloName = "tls-client-hello"

// metered is a connection whose handshake is bounded in bytes and time, and
// whose first bytes are kept: a server without TLS answers in its own words.
type metered struct {
	net.Conn
	start, until time.Time // of the first byte, and of the handshake
	first        []byte
	read, sent   int
	done         bool // the handshake is over: nothing is bounded here any more
}

var errTooLong = errors.New("the handshake is longer than any honest one")

func (m *metered) Read(b []byte) (int, error) {
	if m.done {
		return m.Conn.Read(b)
	}
	if m.read >= mostTLSBytes {
		return 0, errTooLong
	}
	limit := m.until
	if m.read == 0 {
		limit = m.start
	}
	_ = m.Conn.SetReadDeadline(limit)
	n, err := m.Conn.Read(b[:min(len(b), mostTLSBytes-m.read)])
	m.read += n
	if room := protocol.MostKept - len(m.first); room > 0 {
		m.first = append(m.first, b[:min(n, room)]...)
	}
	return n, err
}

func (m *metered) Write(b []byte) (int, error) {
	n, err := m.Conn.Write(b)
	m.sent += n
	return n, err
}

// secure makes a connection and speaks TLS on it. A server that does not is heard
// in the exchange; the connection is nil then.
func (a *asking) secure(ctx context.Context, alpn ...string) (*tls.Conn, *TLS, Exchange, error) {
	e := Exchange{Question: helloName}
	c, err := a.open(ctx)
	if err != nil {
		return nil, nil, e, err
	}
	wait := a.wait()
	m := &metered{Conn: c, start: time.Now().Add(wait), until: time.Now().Add(4 * wait)}
	facts := &TLS{}
	conn := tls.Client(m, a.config(facts, alpn))
	if a.Sent != nil {
		a.Sent(a.t, helloName, nil)
	}
	start := time.Now()
	_ = c.SetWriteDeadline(m.until)
	err = conn.HandshakeContext(ctx)
	m.done = true
	e.Took = time.Since(start)
	a.mu.Lock()
	a.r.BytesRead += m.read
	a.r.BytesSent += m.sent
	a.mu.Unlock()
	if err == nil {
		facts.fill(conn.ConnectionState())
		return conn, facts, e, nil
	}
	c.Close()
	e.Received, e.Ending = m.first, ending(err, m.read, true)
	e.said = protocol.Said{Transport: a.t.Transport, Question: helloName, Data: m.first, Closed: e.Ending.closed()}
	e.matches = protocol.Recognise(e.said)
	if errors.Is(err, errTooLong) {
		e.Cut, e.Ending = true, Full
	}
	if isTLS(m.first) {
		facts.Refused = err.Error()
		return nil, facts, e, err
	}
	return nil, nil, e, err
}

// isTLS reports whether bytes begin as a TLS record of a server does: an alert
// or a handshake, version 3.x.
func isTLS(b []byte) bool {
	return len(b) >= 5 && (b[0] == 0x15 || b[0] == 0x16) && b[1] == 3 && b[2] <= 4
}

// config accepts all that a server may speak: it is asked what it is, and no
// secret is told to it.
func (a *asking) config(facts *TLS, alpn []string) *tls.Config {
	var suites []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		suites = append(suites, s.ID)
	}
	return &tls.Config{
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10,
		CipherSuites:       suites,
		NextProtos:         alpn,
		ServerName:         a.t.Name,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			facts.ClientCert = true
			return &tls.Certificate{}, nil
		},
	}
}

// fill takes over what a handshake showed.
func (t *TLS) fill(s tls.ConnectionState) {
	t.Version, t.ALPN, t.Cipher = tls.VersionName(s.Version), s.NegotiatedProtocol, tls.CipherSuiteName(s.CipherSuite)
	t.Chain = len(s.PeerCertificates)
	if t.Chain == 0 {
		return
	}
	leaf := s.PeerCertificates[0]
	sum := sha256.Sum256(leaf.Raw)
	t.SHA256 = hex.EncodeToString(sum[:])
	t.Subject, t.Issuer = leaf.Subject.CommonName, leaf.Issuer.CommonName
	t.NotBefore, t.NotAfter = leaf.NotBefore, leaf.NotAfter
	t.Names = slices.Clone(leaf.DNSNames[:min(len(leaf.DNSNames), mostNames)])
	for _, ip := range leaf.IPAddresses[:min(len(leaf.IPAddresses), mostNames-len(t.Names))] {
		t.Names = append(t.Names, ip.String())
	}
}

// tls asks a port in TLS: the handshake, then what is inside.
func (a *asking) tls() bool {
	conn, facts, e, err := a.secure(a.ctx, "h2", "http/1.1")
	if facts != nil && facts.Refused != "" && isAlert(e.Received, alertNoProtocol) {
		conn, facts, e, err = a.secure(a.ctx)
	}
	if facts != nil {
		a.mu.Lock()
		a.r.TLS = facts
		a.mu.Unlock()
	}
	if err != nil {
		return a.note(e)
	}
	defer conn.Close()
	defer a.follow(conn)()
	plain := a.takeBack()
	if a.greeted(conn, facts.ALPN) || a.insideQuestions() {
		return true
	}
	a.giveBack(plain)
	return a.r.named()
}

// takeBack puts aside what a server said without TLS: its complaint that it
// was not spoken to in TLS must not stand for what it says inside.
func (a *asking) takeBack() Report {
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.r
	a.r.Match, a.r.Evidence, a.r.InTLS = nil, nil, false
	return was
}

func (a *asking) giveBack(was Report) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.r.Match == nil {
		a.r.Match, a.r.Evidence, a.r.InTLS = was.Match, was.Evidence, was.InTLS
	}
}

// alertNoProtocol is TLS's no_application_protocol (RFC 7301, section 3.2).
const alertNoProtocol = 120

func isAlert(b []byte, description byte) bool {
	return isTLS(b) && b[0] == 0x15 && len(b) >= 7 && b[6] == description
}

// greeted listens inside TLS and asks for the first page on the same connection.
func (a *asking) greeted(conn net.Conn, alpn string) bool {
	if alpn == "h2" {
		if q, ok := asked("http2-preface"); ok {
			return a.note(a.question(conn, q, true, alpn))
		}
	}
	hello := a.listen(conn, Exchange{InTLS: true}, protocol.Said{ALPN: alpn})
	if a.note(hello) {
		return true
	}
	q, ok := asked("http-get")
	if own := a.promised(); len(own) > 0 && own[0].InTLS {
		q, ok = own[0], true
	}
	return ok && !hello.Ending.closed() && a.note(a.question(conn, q, true, alpn))
}

// insideQuestions asks what may be asked inside TLS, those of the port's own
// protocols first.
func (a *asking) insideQuestions() bool {
	done := map[string]bool{}
	for _, e := range a.all {
		if e.InTLS {
			done[e.Question] = true
		}
	}
	next := make(chan ranked)
	ctx, cancel := context.WithCancel(a.ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range inFlight {
		wg.Go(func() {
			for q := range next {
				if a.guarded(func() bool { e, ok := a.inside(q); return ok && ctx.Err() == nil && a.note(e) }) {
					cancel()
				}
			}
		})
	}
send:
	for _, q := range questions(a.t, a.Industrial) {
		if !q.InTLS || done[q.Name] {
			continue
		}
		select {
		case next <- q:
		case <-ctx.Done():
			break send
		}
	}
	close(next)
	wg.Wait()
	return a.r.named()
}

// inside asks a question on a new connection in TLS.
func (a *asking) inside(q ranked) (Exchange, bool) {
	var alpn []string
	if q.Name == "http2-preface" {
		alpn = []string{"h2"}
	}
	conn, facts, e, err := a.secure(a.ctx, alpn...)
	if err != nil {
		return e, false
	}
	defer conn.Close()
	defer a.follow(conn)()
	if q.Waits {
		if hello := a.listen(conn, Exchange{InTLS: true}, protocol.Said{}); strong(hello.matches) || hello.Ending.closed() {
			return hello, true
		}
	}
	return a.question(conn, q, true, facts.ALPN), true
}
