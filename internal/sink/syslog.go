package sink

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Syslog sends messages as RFC 5424 says: over UDP (RFC 5426), over TCP with the
// length before each (RFC 6587, section 3.4.1), over TLS (RFC 5425), or to a
// socket of this host.
type Syslog struct {
	network, address string
	inTLS            bool
	host, app        string
	pid              int

	mu sync.Mutex // guards c
	c  net.Conn
}

// The bounds and marks of a message.
const (
	// facility is local0 of RFC 5424, table 1: what is no part of the system.
	facility = 16
	// mostDatagram is what every receiver must take (RFC 5424, section 6.1: should).
	mostDatagram = 2048
)

// NewSyslog understands "udp://HOST:514", "tcp://HOST:601", "tls://HOST:6514" and
// "unix:///dev/log". Nothing is sent yet. Host and app are what messages say of
// their sender.
func NewSyslog(target, host, app string, pid int) (*Syslog, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("syslog %q: %w", target, err)
	}
	s := &Syslog{network: u.Scheme, address: u.Host, host: word(host, 255), app: word(app, 48), pid: pid}
	usual := map[string]string{"udp": "514", "tcp": "601", "tls": "6514"}[u.Scheme]
	switch {
	case u.Scheme == "unix" && u.Path != "" && u.Host == "":
		s.address = u.Path
	case usual == "" || u.Hostname() == "" || u.Path != "" || u.RawQuery != "":
		return nil, fmt.Errorf("syslog %q: write udp://HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT or unix:///dev/log", target)
	case u.Port() == "":
		s.address = net.JoinHostPort(u.Hostname(), usual)
	}
	if u.Scheme == "tls" {
		s.network, s.inTLS = "tcp", true
	}
	return s, nil
}

// word makes a field of a header: printable ASCII without spaces, "-" for nothing.
func word(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '_'
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}

// format writes a message: its document where it fits, else its summary.
func (s *Syslog) format(m Message, most int) []byte {
	head := "<" + strconv.Itoa(facility*8+int(m.Severity)) + ">1 " + m.At.UTC().Format("2006-01-02T15:04:05.000Z") + " " +
		s.host + " " + s.app + " " + strconv.Itoa(s.pid) + " " + word(m.ID, 32) + " - "
	text := string(m.Document)
	if most > 0 && len(head)+len(text) > most {
		text = m.Summary
	}
	b := append([]byte(head), text...)
	if most > 0 && len(b) > most {
		b = b[:most]
	}
	return b
}

// Send implements [Sink].
func (s *Syslog) Send(ctx context.Context, m Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := s.c == nil
	err := s.once(ctx, m)
	if err != nil && !fresh && ctx.Err() == nil {
		// A receiver that was started anew has closed the old connection.
		err = s.once(ctx, m)
	}
	return err
}

// once sends on the connection that there is, or a new one. The caller holds mu.
func (s *Syslog) once(ctx context.Context, m Message) error {
	if s.c == nil {
		c, err := s.dial(ctx)
		if err != nil {
			return err
		}
		s.c = c
	}
	if until, ok := ctx.Deadline(); ok {
		_ = s.c.SetWriteDeadline(until)
	}
	var b []byte
	switch s.c.LocalAddr().Network() {
	case "tcp":
		b = s.format(m, 0)
		b = append([]byte(strconv.Itoa(len(b))+" "), b...)
	case "unix":
		b = append(s.format(m, 0), '\n')
	default:
		b = s.format(m, mostDatagram)
	}
	if _, err := s.c.Write(b); err != nil {
		s.c.Close()
		s.c = nil
		return err
	}
	return nil
}

func (s *Syslog) dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	if s.network == "unix" {
		// /dev/log takes datagrams on most systems, a stream on some.
		if c, err := d.DialContext(ctx, "unixgram", s.address); err == nil {
			return c, nil
		}
	}
	c, err := d.DialContext(ctx, s.network, s.address)
	if err != nil || !s.inTLS {
		return c, err
	}
	host, _, _ := net.SplitHostPort(s.address)
	t := tls.Client(c, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return t, nil
}

// Close implements [Sink].
func (s *Syslog) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		return nil
	}
	c := s.c
	s.c = nil
	_ = c.SetDeadline(time.Now().Add(time.Second))
	return c.Close()
}
