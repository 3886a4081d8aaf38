package sweep

import (
	"context"
	"errors"
	"iter"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func ports(addr netip.Addr, from, to int) iter.Seq[netip.AddrPort] {
	return func(yield func(netip.AddrPort) bool) {
		for p := from; p <= to; p++ {
			if !yield(netip.AddrPortFrom(addr, uint16(p))) {
				return
			}
		}
	}
}

var loopback = netip.MustParseAddr("127.0.0.1")

func TestConnectFindsAllOpenPorts(t *testing.T) {
	var want []uint16
	for range 20 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		want = append(want, uint16(l.Addr().(*net.TCPAddr).Port))
	}
	before := runtime.NumGoroutine()
	got := map[uint16]bool{}
	n := 0
	err := Connect(context.Background(), Options{Retries: 2, Longest: 3 * time.Second}, ports(loopback, 1, 65535), func(r Result) {
		if n++; r.State == Open {
			got[r.Addr.Port()] = true
		} else if r.State != Closed {
			t.Errorf("%s is %s, %s", r.Addr, r.State, r.Reason)
		}
	})
	if err != nil || n != 65535 {
		t.Fatalf("%d results, %v", n, err)
	}
	for _, p := range want {
		if !got[p] {
			t.Errorf("%d was not found", p)
		}
	}
	time.Sleep(10 * time.Millisecond)
	if n := runtime.NumGoroutine(); n > before+5 {
		t.Errorf("%d goroutines are left of %d", n, before)
	}
}

// A connection that reaches its own socket is no open port.
func TestASelfConnectionIsNoPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	self := l.Addr().(*net.TCPAddr)
	l.Close()
	opt := Options{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		return (&net.Dialer{LocalAddr: self}).DialContext(ctx, network, address)
	}}
	err = Connect(context.Background(), opt, slices.Values([]netip.AddrPort{self.AddrPort()}), func(r Result) {
		if r.State != Closed {
			t.Errorf("got %+v", r)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// Where this host runs out of descriptors, fewer are used, and none is missed.
func TestConnectWithFewDescriptors(t *testing.T) {
	var open, most atomic.Int64
	opt := Options{Dial: func(context.Context, string, string) (net.Conn, error) {
		n := open.Add(1)
		defer open.Add(-1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		if n > 10 {
			return nil, &net.OpError{Op: "dial", Err: syscall.EMFILE}
		}
		time.Sleep(time.Millisecond)
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}}
	n := 0
	err := Connect(context.Background(), opt, ports(loopback, 1, 2000), func(r Result) {
		if n++; r.State != Closed {
			t.Errorf("got %+v", r)
		}
	})
	if err != nil || n != 2000 {
		t.Errorf("%d results, %v", n, err)
	}
}

func TestStateOf(t *testing.T) {
	for _, c := range []struct {
		err    error
		state  State
		reason string
	}{
		{syscall.ECONNREFUSED, Closed, "reset"},
		{context.DeadlineExceeded, Filtered, "time-out"},
		{syscall.EHOSTUNREACH, Filtered, syscall.EHOSTUNREACH.Error()},
		{syscall.EACCES, Filtered, syscall.EACCES.Error()},
		{errors.New("odd"), Failed, "odd"},
	} {
		if state, reason := stateOf(&net.OpError{Op: "dial", Err: c.err}); state != c.state || reason != c.reason && c.state != Failed {
			t.Errorf("%v: %s %s", c.err, state, reason)
		}
	}
}

// A host that answers nothing is tried again, and many at a time.
func TestConnectToSilence(t *testing.T) {
	var mu sync.Mutex
	tries := map[string]int{}
	var open, most atomic.Int64
	opt := Options{Retries: 1, Longest: 20 * time.Millisecond, Dial: func(ctx context.Context, _, address string) (net.Conn, error) {
		mu.Lock()
		tries[address]++
		mu.Unlock()
		most.Store(max(most.Load(), open.Add(1)))
		defer open.Add(-1)
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	n := 0
	if err := Connect(context.Background(), opt, ports(loopback, 1, 3000), func(r Result) {
		if n++; r.State != Filtered || r.Reason != "time-out" {
			t.Errorf("got %+v", r)
		}
	}); err != nil || n != 3000 {
		t.Errorf("%d results, %v", n, err)
	}
	for at, k := range tries {
		if k != 2 {
			t.Errorf("%s was tried %d times", at, k)
		}
	}
	if most.Load() <= first {
		t.Errorf("at most %d at a time", most.Load())
	}
}

func TestConnectEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	opt := Options{Longest: time.Minute, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	time.AfterFunc(20*time.Millisecond, cancel)
	if err := Connect(ctx, opt, ports(loopback, 1, 65535), func(r Result) { t.Errorf("got %+v", r) }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOrderIsABijection(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 5, 1000, 65535, 1 << 17} {
		for seed := range uint64(3) {
			order := Order(n, seed)
			seen := make([]bool, n)
			for i := range n {
				j := order(i)
				if j >= n || seen[j] {
					t.Fatalf("n %d, seed %d: %d comes twice or is too large", n, seed, j)
				}
				seen[j] = true
			}
		}
	}
	a, b := Order(1000, 1), Order(1000, 2)
	same := 0
	for i := range uint64(1000) {
		if a(i) == b(i) {
			same++
		}
	}
	if same > 50 {
		t.Errorf("two seeds agree on %d of 1000", same)
	}
}

func BenchmarkConnectLoopback(b *testing.B) {
	for b.Loop() {
		n := 0
		if err := Connect(context.Background(), Options{}, ports(loopback, 1, 65535), func(Result) { n++ }); err != nil || n != 65535 {
			b.Fatal(n, err)
		}
	}
}
