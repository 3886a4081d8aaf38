package sweep

import (
	"context"
	"errors"
	"iter"
	"net"
	"net/netip"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// mostPollers is how many threads wait for connections; a sweep of one host
	// is the kernel's work, which more of them do not speed up.
	mostPollers = 4
	// tick is the longest wait for something to happen, for the context's sake;
	// leastTick makes one wait of many deadlines that are close.
	tick      = 50 * time.Millisecond
	leastTick = 5 * time.Millisecond
	pause     = 25 * time.Millisecond // after a want of descriptors or ports
)

// quick reports whether a sweep goes over sockets that a few threads poll, which
// takes half the time of a goroutine and a [net.Dialer] for each (bench/sweep). A
// thread that paces could not poll meanwhile.
func quick(opt Options) bool { return opt.Dial == nil && opt.Pace == nil }

// connectQuick is [Connect] where quick.
func connectQuick(ctx context.Context, opt Options, targets iter.Seq[netip.AddrPort], found func(Result)) error {
	next, stop := iter.Pull(targets)
	defer stop()
	p := &polling{Options: opt, w: newWindow(opt.Most), next: next, results: make(chan []Result, mostPollers), n: min(mostPollers, runtime.GOMAXPROCS(0))}
	var wg sync.WaitGroup
	for range p.n {
		wg.Go(func() { (&poller{polling: p}).run(ctx) })
	}
	go func() {
		wg.Wait()
		close(p.results)
	}()
	for some := range p.results {
		for _, r := range some {
			if ctx.Err() == nil {
				found(r)
			}
		}
	}
	return ctx.Err()
}

// polling is one sweep, shared by its pollers.
type polling struct {
	Options
	n       int // pollers
	w       *window
	open    atomic.Int64
	results chan []Result

	mu   sync.Mutex // guards what follows
	next func() (netip.AddrPort, bool)
	rtt  estimate
}

func (p *polling) pull() (netip.AddrPort, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next()
}

// wait is how long an attempt is given. A poller that was kept from running looks
// for answers before it gives up, so this need not be generous to this host.
func (p *polling) wait(tries int) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.rtt.known {
		return p.Longest
	}
	return min(p.Longest, max(shortest, (p.rtt.mean+4*p.rtt.spread)<<min(tries, 4)))
}

// attempt is a connection that is being made, or a target to try again.
type attempt struct {
	to          netip.AddrPort
	fd          int
	tries       int // before this one
	short       int // how often this host had no means for it
	start, ends time.Time
}

// poller is one thread's part of the attempts.
type poller struct {
	*polling
	open  []attempt
	fds   []unix.PollFd // of open, in the same order
	again []attempt
	told  []Result
	empty bool // there are no more targets
}

func (p *poller) run(ctx context.Context) {
	defer func() {
		for _, a := range p.open {
			p.close(a)
		}
	}()
	for ctx.Err() == nil {
		short := p.fill()
		p.tell()
		if len(p.open) == 0 {
			if p.empty && len(p.again) == 0 {
				return
			}
			if short && !sleep(ctx, pause) {
				return
			}
			continue
		}
		p.poll(short)
		p.reap()
		p.tell()
	}
}

// fill begins attempts as far as the window allows; true where this host is short
// of something.
func (p *poller) fill() bool {
	for len(p.open) < max(1, p.w.now()/p.n) {
		a, ok := p.take()
		if !ok {
			return false
		}
		if p.begin(a) {
			return true
		}
	}
	return false
}

func (p *poller) take() (attempt, bool) {
	if n := len(p.again); n > 0 {
		a := p.again[n-1]
		p.again = p.again[:n-1]
		return a, true
	}
	if p.empty {
		return attempt{}, false
	}
	to, ok := p.pull()
	p.empty = !ok
	return attempt{to: to}, ok
}

// begin begins an attempt; true where this host is short of something.
func (p *poller) begin(a attempt) bool {
	a.start = time.Now()
	fd, err := dial(a.to)
	if a.fd = fd; err == nil {
		a.ends = a.start.Add(p.wait(a.tries))
		p.polling.open.Add(1)
		p.open = append(p.open, a)
		p.fds = append(p.fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLOUT})
		return false
	}
	if isShort(err) && a.short < patience {
		a.short++
		p.again = append(p.again, a)
		p.w.shrink(int(p.polling.open.Load()))
		return true
	}
	p.done(a, err)
	return false
}

// dial begins a connection.
func dial(to netip.AddrPort) (int, error) {
	family := unix.AF_INET
	addr := to.Addr().Unmap()
	var name unix.Sockaddr = &unix.SockaddrInet4{Port: int(to.Port())}
	if addr.Is4() {
		name = &unix.SockaddrInet4{Port: int(to.Port()), Addr: addr.As4()}
	} else {
		family = unix.AF_INET6
		name = &unix.SockaddrInet6{Port: int(to.Port()), Addr: addr.As16(), ZoneId: zoneID(addr.Zone())}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if err := unix.Connect(fd, name); err != nil && !errors.Is(err, unix.EINPROGRESS) && !errors.Is(err, unix.EINTR) {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func zoneID(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	i, err := net.InterfaceByName(zone)
	if err != nil {
		return 0 // connect says what it thinks of that
	}
	return uint32(i.Index)
}

// poll waits until something may have happened.
func (p *poller) poll(short bool) {
	ends := p.open[0].ends
	for _, a := range p.open[1:] {
		if a.ends.Before(ends) {
			ends = a.ends
		}
	}
	wait := min(tick, max(leastTick, time.Until(ends)))
	if short {
		wait = min(wait, pause)
	}
	_, _ = unix.Poll(p.fds, int(wait.Milliseconds())) // but for EINTR it cannot fail
}

// reap ends the attempts that have an answer, or have had their time.
func (p *poller) reap() {
	now, kept := time.Now(), 0
	for i, a := range p.open {
		var err error
		switch {
		case p.fds[i].Revents != 0:
			err = outcomeOf(a.fd, a.to)
		case now.After(a.ends):
			err = context.DeadlineExceeded
		default:
			p.open[kept], p.fds[kept] = a, p.fds[i]
			kept++
			continue
		}
		p.end(a, err, now)
	}
	p.open, p.fds = p.open[:kept], p.fds[:kept]
}

// What becomes of a connection that reached its own socket, and of one that
// stayed on this host.
var (
	errItself = errors.New(reachedItself)
	errOwn    = errors.New("the connection stayed on this host")
)

// outcomeOf tells what became of a connection.
func outcomeOf(fd int, to netip.AddrPort) error {
	no, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	// The peer's name is gone where it has reset the connection already, as another
	// socket of ours may have: whether it stayed here is told by our own name.
	own := endOf(unix.Getsockname(fd))
	stayed := own.IsValid() && own.Addr() == to.Addr().Unmap().WithZone("")
	if no != 0 && (!stayed || syscall.Errno(no) != unix.ECONNRESET) {
		return syscall.Errno(no)
	}
	// A reset leaves nothing behind on either side.
	_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	switch {
	case !stayed:
		return nil
	case own.Port() == to.Port():
		return errItself
	}
	return errOwn
}

// endOf is an end of a connection; none where the kernel does not tell.
func endOf(name unix.Sockaddr, err error) netip.AddrPort {
	switch a := name.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port))
	}
	return netip.AddrPort{}
}

// end ends an attempt that was under way.
func (p *poller) end(a attempt, err error, now time.Time) {
	p.close(a)
	switch {
	case isShort(err) && a.short < patience:
		a.short++
		p.again = append(p.again, a)
		p.w.shrink(int(p.polling.open.Load()))
	case errors.Is(err, context.DeadlineExceeded) && a.tries < p.Retries:
		a.tries++
		p.w.heard(false)
		p.again = append(p.again, a)
	default:
		p.done(a, err)
	}
}

func (p *poller) close(a attempt) {
	p.polling.open.Add(-1)
	_ = unix.Close(a.fd)
}

// done notes what became of a target.
func (p *poller) done(a attempt, err error) {
	r := Result{Addr: a.to, RTT: time.Since(a.start)}
	switch {
	case err == nil:
		r.State, r.Reason = Open, "syn-ack"
	case errors.Is(err, errOwn):
		r.State, r.Reason, r.own = Open, "syn-ack", true
	case errors.Is(err, errItself):
		r.State, r.Reason = Closed, reachedItself
	default:
		r.State, r.Reason = stateAt(a.to, err)
	}
	if r.answered() {
		p.mu.Lock()
		p.rtt.add(r.RTT)
		p.mu.Unlock()
	}
	p.w.heard(!r.silent())
	p.told = append(p.told, r)
}

// tell hands over what is known, which waits where the caller is slow.
func (p *poller) tell() {
	if len(p.told) > 0 {
		p.results <- p.told
		p.told = nil
	}
}
