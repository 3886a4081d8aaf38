package sentinel

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/protocol"
)

// hear lets a peer talk to a listener over a real connection.
func hear(t *testing.T, l *Listener, peer func(net.Conn)) Words {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	done := make(chan bool)
	go func() {
		defer close(done)
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			return
		}
		defer c.Close()
		peer(c)
	}()
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	w := l.Hear(c)
	c.Close()
	<-done
	return w
}

func say(texts ...string) func(net.Conn) {
	return func(c net.Conn) {
		for _, s := range texts {
			_, _ = c.Write([]byte(s))
			time.Sleep(30 * time.Millisecond)
		}
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, _ = c.Read(make([]byte, 10))
	}
}

func TestHear(t *testing.T) {
	for _, c := range []struct {
		name   string
		l      Listener
		peer   func(net.Conn)
		said   string
		ending Ending
		cut    bool
	}{
		{"speaks and waits", Listener{Quiet: 200 * time.Millisecond}, say("GET / HT", "TP/1.0\r\n\r\n"), "GET / HTTP/1.0\r\n\r\n", Quiet, false},
		{"speaks and goes", Listener{}, func(c net.Conn) { _, _ = c.Write([]byte("hello")) }, "hello", PeerEnded, false},
		{"goes", Listener{}, func(net.Conn) {}, "", PeerEnded, false},
		{"resets", Listener{}, func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, "", Reset, false},
		{"waits", Listener{For: 100 * time.Millisecond}, say(), "", TimedOut, false},
		{"says as much as is kept", Listener{Most: 5, Quiet: 100 * time.Millisecond}, say("12345"), "12345", Quiet, false},
		{"says more", Listener{Most: 5}, say("123456"), "12345", Full, true},
		{"drips", Listener{For: 300 * time.Millisecond, Quiet: 200 * time.Millisecond}, say(strings.Split(strings.Repeat("x ", 40), " ")...), "", TimedOut, false},
	} {
		w := hear(t, &c.l, c.peer)
		if c.name == "drips" && strings.Trim(string(w.Said), "x") == "" {
			w.Said = nil
		}
		if string(w.Said) != c.said || w.Ending != c.ending || w.Truncated != c.cut || len(w.Told) > 0 {
			t.Errorf("%s: %q, %s, truncated %v, told %q", c.name, w.Said, w.Ending, w.Truncated, w.Told)
		}
		if w.Source == w.Dest || !w.Source.IsValid() || !w.Dest.IsValid() {
			t.Errorf("%s: from %s to %s", c.name, w.Source, w.Dest)
		}
	}
}

// Who waits is greeted once, and heard on.
func TestHearGreets(t *testing.T) {
	l := &Listener{After: 50 * time.Millisecond, Quiet: 100 * time.Millisecond, Greeting: func(uint16) []byte { return []byte("220 ready\r\n") }}
	w := hear(t, l, func(c net.Conn) {
		b := make([]byte, 100)
		n, _ := c.Read(b)
		_, _ = c.Write(append([]byte("got "), b[:n]...))
		_, _ = c.Read(b)
	})
	if string(w.Said) != "got 220 ready\r\n" || string(w.Told) != "220 ready\r\n" || w.Ending != Quiet {
		t.Errorf("said %q, told %q, %s", w.Said, w.Told, w.Ending)
	}
	// Who speaks first is not.
	w = hear(t, l, say("EHLO"))
	if string(w.Said) != "EHLO" || len(w.Told) > 0 {
		t.Errorf("said %q, told %q", w.Said, w.Told)
	}
}

// parrot asks again whatever is said.
type parrot struct{}

func (parrot) Start() []byte      { return []byte("?") }
func (parrot) Hear([]byte) []byte { return []byte("?") }

// A talk goes on while it has something to say, a bounded number of times, and
// begins with us where the peer waits.
func TestHearTalks(t *testing.T) {
	l := &Listener{Quiet: 100 * time.Millisecond, After: 50 * time.Millisecond, Talk: func(uint16) Talk { return parrot{} }}
	talker := func(first bool) func(net.Conn) {
		return func(c net.Conn) {
			if first {
				_, _ = c.Write([]byte("!"))
			}
			for range 2 * mostSteps {
				_ = c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
				if _, err := c.Read(make([]byte, 1)); err != nil {
					return
				}
				if _, err := c.Write([]byte("!")); err != nil {
					return
				}
			}
		}
	}
	if w := hear(t, l, talker(true)); len(w.Told) != mostSteps || len(w.Said) != mostSteps+1 {
		t.Errorf("said %q, told %q", w.Said, w.Told)
	}
	if w := hear(t, l, talker(false)); len(w.Told) != mostSteps+1 || len(w.Said) != mostSteps+1 {
		t.Errorf("said %q, told %q", w.Said, w.Told)
	}
}

// What is said as a greeting is known as that protocol's, by our own grammar.
func TestGreetings(t *testing.T) {
	want := map[string]string{"ssh": "ssh", "ftp": "ftp", "smtp": "smtp", "pop3": "pop3", "imap": "imap", "nntp": "nntp", "rfb": "vnc", "rsync": "rsync", "telnet": "telnet", "mysql": "mysql"}
	for _, g := range greetings {
		name := g.services[0]
		found := protocol.Recognise(protocol.Said{Transport: portolan.TCP, Data: GreetingOf([]string{"x", name})})
		if len(found) == 0 || found[0].Protocol != want[name] {
			t.Errorf("%s: %q is taken for %v", name, g.text, found)
		}
	}
	if GreetingOf([]string{"http"}) != nil || GreetingOf(nil) != nil {
		t.Error("a client that speaks first is greeted")
	}
}
