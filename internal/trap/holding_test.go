package trap

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// holdingServer serves a loopback listener within bounds.
func holdingServer(t *testing.T, bounds Hold, handle func(net.Conn)) (*holding, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := newHolding(bounds.withDefaults())
	done := make(chan error)
	go func() { done <- h.serve([]net.Listener{l}, handle) }()
	t.Cleanup(func() {
		l.Close()
		h.close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return h, l.Addr().String()
}

func dialAll(t *testing.T, to string, n int) []net.Conn {
	t.Helper()
	var all []net.Conn
	for range n {
		c, err := net.Dial("tcp", to)
		if errors.Is(err, syscall.ECONNRESET) {
			continue // before it was noticed that it was open
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		all = append(all, c)
	}
	return all
}

// Beyond each bound a connection is reset at once, and what was counted in is
// counted out.
func TestHoldBounds(t *testing.T) {
	for name, x := range map[string]struct {
		bounds     Hold
		open, held int
	}{
		"total":      {Hold{Total: 3}, 5, 3},
		"per source": {Hold{PerSource: 2}, 5, 2},
		"per port":   {Hold{PerPort: 4}, 5, 4},
	} {
		t.Run(name, func(t *testing.T) {
			var in atomic.Int32
			h, to := holdingServer(t, x.bounds, func(c net.Conn) {
				in.Add(1)
				_, _ = io.Copy(io.Discard, c)
			})
			all := dialAll(t, to, x.open)
			for end := time.Now().Add(2 * time.Second); time.Now().Before(end) && (int(in.Load()) != x.held || h.refused.Load() != uint64(x.open-x.held)); {
				time.Sleep(time.Millisecond)
			}
			if int(in.Load()) != x.held || h.refused.Load() != uint64(x.open-x.held) {
				t.Errorf("%d held and %d refused of %d", in.Load(), h.refused.Load(), x.open)
			}
			for _, c := range all {
				c.Close()
			}
			for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
				if h.mu.Lock(); len(h.held)+len(h.sources)+len(h.ports) == 0 {
					h.mu.Unlock()
					return
				}
				h.mu.Unlock()
			}
			t.Errorf("still counted: %v %v %v", h.held, h.sources, h.ports)
		})
	}
}

// A connection ends by a RST when its time is over: for a handler that reads, with
// a deadline that it sees, and for one that does not.
func TestHoldTime(t *testing.T) {
	saw := make(chan error, 1)
	for name, handle := range map[string]func(net.Conn){
		"reads":  func(c net.Conn) { _, err := c.Read(make([]byte, 1)); saw <- err },
		"sleeps": func(c net.Conn) { time.Sleep(2 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			_, to := holdingServer(t, Hold{For: 200 * time.Millisecond}, handle)
			begin := time.Now()
			c := dialAll(t, to, 1)[0]
			_, err := c.Read(make([]byte, 1))
			if took := time.Since(begin); !errors.Is(err, syscall.ECONNRESET) || took < 150*time.Millisecond || took > time.Second {
				t.Errorf("%v after %v", err, took)
			}
			if name == "reads" {
				if err := <-saw; !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("the handler saw %v", err)
				}
			}
		})
	}
}

// Nobody holds longer than the most, whatever is asked for.
func TestHoldDefaults(t *testing.T) {
	if h := (Hold{For: time.Hour}).withDefaults(); h.For != mostHold || h.Total == 0 || h.PerPort == 0 || h.PerSource == 0 {
		t.Errorf("%+v", h)
	}
}

func TestCounted(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "fe80::1%lo": "fe80::",
	} {
		if got := counted(netip.MustParseAddr(from)); got.String() != want {
			t.Errorf("%s is counted as %s, want %s", from, got, want)
		}
	}
}
