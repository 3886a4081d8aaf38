package trap

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Hold bounds what strangers may hold of this host. A zero field stands for its
// usual value.
type Hold struct {
	For       time.Duration // a connection; 5 s, and never more
	Total     int           // connections at a time; 10,000
	PerSource int           // of one address, an IPv6 /64 being one; 1,000
	PerPort   int           // to one port; 64
}

const mostHold = 5 * time.Second

func (h Hold) withDefaults() Hold {
	return Hold{
		For:       min(or(h.For, mostHold), mostHold),
		Total:     or(h.Total, 10_000),
		PerSource: or(h.PerSource, 1_000),
		PerPort:   or(h.PerPort, 64),
	}
}

// holding counts the connections that are held.
type holding struct {
	Hold
	refused atomic.Uint64

	mu      sync.Mutex // guards what follows
	closed  bool
	held    map[net.Conn]struct{}
	sources map[netip.Addr]int
	ports   map[uint16]int
}

func newHolding(h Hold) *holding {
	return &holding{Hold: h, held: map[net.Conn]struct{}{}, sources: map[netip.Addr]int{}, ports: map[uint16]int{}}
}

// serve accepts from every listener until all are closed.
func (h *holding) serve(listeners []net.Listener, handle func(net.Conn)) error {
	errs := make([]error, len(listeners))
	var wg sync.WaitGroup
	for i, l := range listeners {
		wg.Go(func() { errs[i] = h.accept(l, handle) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// pause is how long accept waits when the system is short of something.
const pause = 10 * time.Millisecond

func (h *holding) accept(l net.Listener, handle func(net.Conn)) error {
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			// Out of descriptors or memory: what is held ends soon.
			time.Sleep(pause)
		case !h.take(c):
			h.refused.Add(1)
			reset(c)
		default:
			go h.keep(c, handle)
		}
	}
}

// keep is the life of a connection that is held.
func (h *holding) keep(c net.Conn, handle func(net.Conn)) {
	defer h.drop(c)
	// The deadline comes first, so that a reader learns that its time is over;
	// who does not look at it is cut off.
	_ = c.SetDeadline(time.Now().Add(h.For - h.For/50))
	late := time.AfterFunc(h.For, func() { reset(c) })
	defer late.Stop()
	handle(c)
}

// take counts a connection in, if there is room for it.
func (h *holding) take(c net.Conn) bool {
	source, port := ends(c)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.held) >= h.Total || h.sources[source] >= h.PerSource || h.ports[port] >= h.PerPort {
		return false
	}
	h.held[c] = struct{}{}
	h.sources[source]++
	h.ports[port]++
	return true
}

func (h *holding) drop(c net.Conn) {
	reset(c)
	source, port := ends(c)
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.held, c)
	less(h.sources, source)
	less(h.ports, port)
}

// less counts down, and forgets what is at nothing.
func less[K comparable](m map[K]int, k K) {
	if m[k]--; m[k] <= 0 {
		delete(m, k)
	}
}

// close resets all that is held, and takes no more.
func (h *holding) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for c := range h.held {
		reset(c)
	}
}

// ends returns who a connection is counted for, and the port that it is for.
func ends(c net.Conn) (netip.Addr, uint16) {
	return counted(addrPort(c.RemoteAddr()).Addr()), addrPort(c.LocalAddr()).Port()
}

// counted returns the address that stands for a source: who holds an IPv6
// address holds its /64.
func counted(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a
	}
	return p.Addr()
}

func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.AddrPort()
	}
	return netip.AddrPort{}
}

// reset closes with a RST: nothing waits in TIME_WAIT on a port that is not ours.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}
