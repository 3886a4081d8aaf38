package sweep

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// State is what became of an attempt.
type State string

// The states.
const (
	Open     State = "open"
	Closed   State = "closed"   // refused
	Filtered State = "filtered" // no answer, or told unreachable
	Failed   State = "error"    // this side could not try
)

// ErrLoopback is the answer to a SYN sweep of this host's loopback, where a
// connect sweep is exact and spares nobody anything.
var ErrLoopback = errors.New("a SYN sweep does not do loopback: use the connect sweep")

// reachedItself is the reason of a connection that, on loopback, reached the
// socket that made it.
const reachedItself = "the connection reached itself"

// reachedOurs is the same where it reached another of this sweep.
const reachedOurs = "the connection reached another of ours"

// Result is what is known of one target.
type Result struct {
	Addr   netip.AddrPort
	State  State
	Reason string // "syn-ack", "reset", "time-out", or the system's words for an ICMP message
	RTT    time.Duration

	own bool // the connection came from the target's own address
}

// answered reports whether the target itself answered.
func (r Result) answered() bool { return r.State == Open || r.State == Closed }

// silent reports whether nobody did.
func (r Result) silent() bool { return r.State == Filtered && r.Reason == timedOut }

const timedOut = "time-out"

// Options are how a sweep goes. The zero value is for hosts nearby.
type Options struct {
	// Dial makes connections; nil is a [net.Dialer].
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Pace waits until one more attempt may be made; nil is at once.
	Pace func(ctx context.Context, to netip.AddrPort) error
	// Most is the largest window; 0 is 256, and 8,192 where nothing answers. The
	// descriptors that the process may have bound it too.
	Most int
	// Retries is how often a target that did not answer is tried again. For SYN
	// it is how many passes in a row must bring nothing new; 0 is 1.
	Retries int
	// Longest is how long an answer is waited for at most; 0 is 1 second.
	Longest time.Duration
}

// The bounds of the window, and of the time that an answer is waited for.
const (
	first     = 64
	usualMost = 256
	darkMost  = 8192
	// shortest is enough for a host that answers at once to be busy for a moment.
	shortest = 300 * time.Millisecond
	// patience is how often a want of descriptors or ports of this host is waited
	// out before it is an error.
	patience = 40
)

// Connect tries every target and hands what became of it to found, which is
// called by one goroutine at a time. It ends when all are done, or soon after
// ctx; the error is then the context's.
func Connect(ctx context.Context, opt Options, targets iter.Seq[netip.AddrPort], found func(Result)) error {
	opt.Longest = cmp.Or(opt.Longest, time.Second)
	find := connectEach
	if quick(opt) {
		find = connectQuick
	}
	var own []Result
	err := find(ctx, opt, targets, func(r Result) {
		if r.own && r.State == Open {
			own = append(own, r)
			return
		}
		found(r)
	})
	for _, r := range own {
		if err == nil {
			r, err = openAgain(ctx, opt, r)
		}
		if err == nil {
			found(r)
		}
	}
	return err
}

// openAgain connects once more to a port of this host that took a connection,
// with nothing else under way: two connections to free ports, each from the
// other's, complete each other (RFC 9293, section 3.5).
func openAgain(ctx context.Context, opt Options, r Result) (Result, error) {
	again := &sweeping{Options: opt, w: newWindow(1), stateOf: stateAt}
	again.Pace = nil
	if again.Dial == nil {
		again.Dial = new(net.Dialer).DialContext
	}
	for range patience {
		second, ok := again.try(ctx, r.Addr)
		switch {
		case !ok:
			return r, ctx.Err()
		case second.Reason == reachedItself:
			continue
		case second.State == Closed:
			second.Reason = reachedOurs
		}
		return second, nil
	}
	return Result{Addr: r.Addr, State: Closed, Reason: reachedItself}, nil
}

// connectEach is Connect by a worker for each attempt.
func connectEach(ctx context.Context, opt Options, targets iter.Seq[netip.AddrPort], found func(Result)) error {
	s := &sweeping{Options: opt, w: newWindow(opt.Most), stateOf: func(_ netip.AddrPort, err error) (State, string) { return stateOf(err) }}
	if s.Dial == nil {
		s.Dial, s.stateOf = new(net.Dialer).DialContext, stateAt
	}
	next, stop := iter.Pull(targets)
	defer stop()
	var taking, telling sync.Mutex // guard next, and found
	var wg sync.WaitGroup
	var work func()
	work = func() {
		defer s.w.leave()
		for s.w.stays() && ctx.Err() == nil {
			taking.Lock()
			to, ok := next()
			taking.Unlock()
			if !ok {
				return
			}
			r, ok := s.try(ctx, to)
			if !ok {
				return
			}
			telling.Lock()
			found(r)
			telling.Unlock()
			s.w.heard(!r.silent())
			for range s.w.room() {
				wg.Go(work)
			}
		}
	}
	for range s.w.begin() {
		wg.Go(work)
	}
	wg.Wait()
	return ctx.Err()
}

// sweeping is one sweep.
type sweeping struct {
	Options
	w       *window
	stateOf func(netip.AddrPort, error) (State, string)

	mu  sync.Mutex // guards rtt
	rtt estimate
}

// try makes the attempts on one target; false where the sweep was called off.
func (s *sweeping) try(ctx context.Context, to netip.AddrPort) (Result, bool) {
	short := 0
	for attempt := 0; ; {
		if s.Pace != nil {
			if s.Pace(ctx, to) != nil {
				return Result{}, false
			}
		}
		r, err := s.once(ctx, to, attempt > 0)
		switch {
		case ctx.Err() != nil:
			return Result{}, false
		case isShort(err) && short < patience:
			// This host has no more descriptors or ports: fewer at a time.
			short++
			s.w.shrink(s.w.opened())
			if !sleep(ctx, 25*time.Millisecond) {
				return Result{}, false
			}
		case r.silent() && attempt < s.Retries:
			attempt++
		default:
			return r, true
		}
	}
}

// once makes one attempt; one that is made again waits as long as allowed.
func (s *sweeping) once(ctx context.Context, to netip.AddrPort, again bool) (Result, error) {
	wait := s.wait()
	if again {
		wait = max(wait, s.Longest)
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	start := time.Now()
	c, err := s.Dial(waiting, "tcp", to.String())
	r := Result{Addr: to, RTT: time.Since(start)}
	if err == nil {
		r.State, r.Reason = Open, "syn-ack"
		if c.LocalAddr().String() == c.RemoteAddr().String() {
			// On loopback a connection can reach the socket that makes it.
			r.State, r.Reason = Closed, reachedItself
		}
		r.own = sameHost(c.LocalAddr(), c.RemoteAddr())
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset leaves nothing behind on either side
		}
		c.Close()
	} else {
		r.State, r.Reason = s.stateOf(to, err)
	}
	if r.answered() {
		s.mu.Lock()
		s.rtt.add(r.RTT)
		s.mu.Unlock()
	}
	return r, err
}

// sameHost reports whether both ends of a connection have one address.
func sameHost(a, b net.Addr) bool {
	x, ok1 := a.(*net.TCPAddr)
	y, ok2 := b.(*net.TCPAddr)
	return ok1 && ok2 && x.IP.Equal(y.IP)
}

func (s *sweeping) wait() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rtt.timeout(s.Longest)
}

// stateAt is stateOf, and tells a host that is said to be unreachable from one
// that there is no route to, which is this host's trouble. A UDP socket is
// connected without a packet.
func stateAt(to netip.AddrPort, err error) (State, string) {
	state, reason := stateOf(err)
	if errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH) {
		c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
		if err != nil {
			return Failed, "no route: " + reason
		}
		c.Close()
	}
	return state, reason
}

// stateOf says what an error of connect means.
func stateOf(err error) (State, string) {
	var no syscall.Errno
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return Closed, "reset"
	case errors.Is(err, syscall.ECONNRESET):
		// Reset behind the handshake, before the dialer had the connection.
		return Open, "syn-ack, then reset"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return Filtered, timedOut
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ENOPROTOOPT):
		errors.As(err, &no)
		return Filtered, no.Error()
	}
	return Failed, err.Error()
}

// isShort reports whether an attempt failed for want of something of this host's.
func isShort(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRNOTAVAIL, syscall.EAGAIN} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// estimate is the round trip and how much it varies, smoothed as RFC 6298 has it.
type estimate struct {
	mean, spread time.Duration
	known        bool
}

func (e *estimate) add(rtt time.Duration) {
	if !e.known {
		e.mean, e.spread, e.known = rtt, rtt/2, true
		return
	}
	e.spread += ((e.mean - rtt).Abs() - e.spread) / 4
	e.mean += (rtt - e.mean) / 8
}

// timeout is how long to wait. Nobody has answered yet: as long as allowed.
func (e *estimate) timeout(longest time.Duration) time.Duration {
	if !e.known {
		return longest
	}
	return min(longest, max(shortest, e.mean+4*e.spread)*2)
}
