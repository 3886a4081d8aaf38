package sink

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func message(n int) Message {
	return Message{ID: fmt.Sprintf("a%04d", n), At: time.Date(2026, 11, 23, 9, 0, 0, 5e6, time.UTC), Severity: Warning,
		Summary: "192.0.2.1 knocked on 378/tcp", Document: fmt.Appendf(nil, `{"n":%d}`, n)}
}

// rfc5424 is the shape of section 6: what stands before the message.
var rfc5424 = regexp.MustCompile(`^<132>1 2026-11-23T09:00:00\.005Z host portolan 77 a0001 - (.*)$`)

func TestSyslogFormats(t *testing.T) {
	for _, network := range []string{"udp", "tcp", "unix", "unix stream"} {
		t.Run(network, func(t *testing.T) {
			target, read := receiver(t, network)
			s, err := NewSyslog(target, "host", "portolan", 77)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Send(t.Context(), message(1)); err != nil {
				t.Fatal(err)
			}
			got := read()
			if m := rfc5424.FindStringSubmatch(got); m == nil || m[1] != `{"n":1}` {
				t.Errorf("got %q", got)
			}
		})
	}
}

// receiver gives where to send, and what reads one message.
func receiver(t *testing.T, network string) (target string, read func() string) {
	t.Helper()
	switch network {
	case "udp":
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return "udp://" + c.LocalAddr().String(), func() string { return datagram(t, c) }
	case "unix":
		if runtime.GOOS == "windows" {
			t.Skip("windows has no unix datagrams")
		}
		path := filepath.Join(t.TempDir(), "log")
		c, err := net.ListenPacket("unixgram", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return "unix://" + path, func() string { return strings.TrimSuffix(datagram(t, c), "\n") }
	}
	address, prefix := "127.0.0.1:0", "tcp://"
	if network == "unix stream" {
		network, address, prefix = "unix", filepath.Join(t.TempDir(), "log"), "unix://"
	}
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return prefix + l.Addr().String(), func() string {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		r := bufio.NewReader(c)
		if network == "unix" {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			return strings.TrimSuffix(line, "\n")
		}
		size, err := r.ReadString(' ')
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

func datagram(t *testing.T, c net.PacketConn) string {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 65536)
	n, _, err := c.ReadFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

// What does not fit a datagram is said in a line.
func TestSyslogLongMessage(t *testing.T) {
	s := &Syslog{host: "h", app: "a"}
	m := message(1)
	m.Document = bytes.Repeat([]byte("x"), 5000)
	if got := string(s.format(m, mostDatagram)); !strings.HasSuffix(got, m.Summary) {
		t.Errorf("got %q", got)
	}
	m.Summary = strings.Repeat("y", 5000)
	if got := s.format(m, mostDatagram); len(got) != mostDatagram {
		t.Errorf("%d bytes", len(got))
	}
}

// No field of a header lets another begin.
func TestSyslogHeaderIsClosed(t *testing.T) {
	s, err := NewSyslog("udp://127.0.0.1", "a b\n<1>1", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(s.format(message(1), 0)); !strings.HasPrefix(got, "<132>1 2026-11-23T09:00:00.005Z a_b_<1>1 - 1 a0001 - ") {
		t.Errorf("got %q", got)
	}
	if s.address != "127.0.0.1:514" {
		t.Errorf("goes to %s", s.address)
	}
}

func TestSyslogTargets(t *testing.T) {
	for _, bad := range []string{"", "localhost", "ftp://h", "udp://", "tcp://h/path", "unix://", "unix://host/log", "://", "udp://h:514?x=1"} {
		if _, err := NewSyslog(bad, "h", "a", 1); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// A receiver that was started anew gets the next message.
func TestSyslogReconnects(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	heard := make(chan string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b := make([]byte, 1000)
			n, _ := c.Read(b)
			heard <- string(b[:n])
			_ = c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}
	}()
	s, err := NewSyslog("tcp://"+l.Addr().String(), "host", "portolan", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 3 {
		if err := s.Send(t.Context(), message(i)); err != nil {
			t.Fatal(err)
		}
		if got := <-heard; !strings.Contains(got, fmt.Sprintf("a%04d", i)) {
			t.Errorf("got %q", got)
		}
		time.Sleep(20 * time.Millisecond) // the reset is on its way
	}
}

func TestWebhook(t *testing.T) {
	type post struct {
		h    http.Header
		body string
	}
	posts := make(chan post, 10)
	answer := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		posts <- post{r.Header, string(b)}
		if answer == http.StatusFound {
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
		}
		w.WriteHeader(answer)
	}))
	defer server.Close()
	w, err := NewWebhook(server.URL+"/hook", []byte("key"), "portolan/0.1")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.now = func() time.Time { return time.Unix(1700000000, 0) }
	if err := w.Send(t.Context(), message(1)); err != nil {
		t.Fatal(err)
	}
	got := <-posts
	// printf '1700000000.{"n":1}' | openssl dgst -sha256 -hmac key
	const signed = "sha256=fb65f9bd0a02faafbd7bb3a9fe9f62c2809b0ed738871c173e25db852f7ff138"
	if got.body != `{"n":1}` || got.h.Get("X-Portolan-Signature") != signed || got.h.Get("X-Portolan-Delivery") != "a0001" || got.h.Get("User-Agent") != "portolan/0.1" {
		t.Errorf("got %+v", got)
	}
	for code, refused := range map[int]bool{500: false, 503: false, 429: false, 408: false, 400: true, 404: true, 302: true} {
		answer = code
		err := w.Send(t.Context(), message(1))
		<-posts
		if err == nil || errors.Is(err, ErrRefused) != refused {
			t.Errorf("%d: %v", code, err)
		}
	}
	for _, bad := range []string{"", "host/path", "ftp://h/", "https://user:pass@h/", "http://"} {
		if _, err := NewWebhook(bad, nil, ""); err == nil || strings.Contains(err.Error(), "pass@") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// flaky fails until it is told not to.
type flaky struct {
	mu    sync.Mutex
	fails error
	got   []string
}

func (f *flaky) Send(_ context.Context, m Message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails == nil {
		f.got = append(f.got, m.ID)
	}
	return f.fails
}

func (f *flaky) Close() error { return nil }

func (f *flaky) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = err
}

func (f *flaky) ids() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.got, " ")
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); !f(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestQueue(t *testing.T) {
	f := &flaky{fails: errors.New("down")}
	var mu sync.Mutex
	var said []error
	q := newQueue(f, func(err error) { mu.Lock(); said = append(said, err); mu.Unlock() }, 3, time.Millisecond, 5*time.Millisecond)
	for i := range 5 {
		q.Add(message(i))
	}
	time.Sleep(20 * time.Millisecond)
	f.set(nil)
	eventually(t, "all are sent", func() bool { return q.Counts().Waiting == 0 })
	c, err := q.Close()
	if err != nil || c.Offered != 5 || c.Lost != 2 || c.Sent != 3 || f.ids() != "a0002 a0003 a0004" {
		t.Errorf("%+v, got %s, %v", c, f.ids(), err)
	}
	if len(said) != 2 || said[0] == nil || said[1] != nil {
		t.Errorf("said %v", said)
	}
}

func TestQueueLeavesWhatIsRefused(t *testing.T) {
	f := &flaky{fails: fmt.Errorf("%w: no", ErrRefused)}
	q := newQueue(f, nil, 10, time.Hour, time.Hour)
	q.Add(message(1))
	eventually(t, "it is refused", func() bool { return q.Counts().Refused == 1 })
	f.set(nil)
	q.Add(message(2))
	eventually(t, "the next is sent", func() bool { return q.Counts().Sent == 1 })
	q.Close()
}

// What a spool took outlives the process, and is sent once.
func TestSpool(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	down := &flaky{fails: errors.New("down")}
	s, err := newSpool(dir, down, nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := s.Add(message(i)); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := s.Close(); err != nil || c.Waiting != 3 {
		t.Fatalf("%+v %v", c, err)
	}
	// Files that are none of ours, or damaged, hold nothing up.
	for name, text := range map[string]string{"README": "x", "00000000000000000001.json.tmp": "{", "00000000000000000000.json": "damaged"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	up := new(flaky)
	if s, err = newSpool(dir, up, nil, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(message(3)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "all are sent", func() bool { return s.Counts().Waiting == 0 })
	c, err := s.Close()
	if err != nil || up.ids() != "a0001 a0002 a0003" || c.Lost != 1 || c.Sent != 3 {
		t.Errorf("%+v, got %q, %v", c, up.ids(), err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"+spoolSuffix))
	if err != nil || len(left) != 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

func FuzzParseMessage(f *testing.F) {
	b, err := json.Marshal(message(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := parseMessage(b); err == nil && !json.Valid(m.Document) {
			t.Errorf("%q was taken", b)
		}
	})
}

// closer is a file in memory.
type closer struct{ bytes.Buffer }

func (*closer) Close() error { return nil }

func TestLines(t *testing.T) {
	var b closer
	l := NewLines(&b)
	for i := range 2 {
		if err := l.Send(t.Context(), message(i)); err != nil {
			t.Fatal(err)
		}
	}
	if b.String() != "{\"n\":0}\n{\"n\":1}\n" || l.Close() != nil {
		t.Errorf("got %q", b.String())
	}
}
