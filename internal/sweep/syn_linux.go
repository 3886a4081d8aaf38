package sweep

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// The bounds of a SYN sweep.
const (
	// blockSize is how many targets are under way at a time: all ports of a host.
	blockSize = 1 << 16
	batchSize = 64
	// mostSenders is how many threads send: in a kernel that is asked on the same
	// machine, or over a link without a queue, the sender does all the work.
	mostSenders = 2
	// usualSilence is how many passes in a row must bring no new answer: a
	// packet may be lost, and no kernel sends it again.
	usualSilence = 1
	mostPasses   = 10
	// between is the least that is waited for between passes.
	between = 200 * time.Millisecond
)

// SYN sends every target a TCP SYN and hands what came back to found, which is
// called by one goroutine at a time. It needs CAP_NET_RAW. What did not answer
// is asked again until Retries passes (0 is 1) brought nothing new.
//
// The packets go through raw IP sockets: routes, neighbours and the firewall of
// this host are the kernel's, on any kind of link. The kernel knows nothing of
// the connection that a SYN-ACK would complete and resets it. That is left to
// it: the target is rid of the half-open connection at once, and does not send
// its SYN-ACK again for a minute.
func SYN(ctx context.Context, opt Options, targets iter.Seq[netip.AddrPort], found func(Result)) error {
	s := &synSweep{Options: opt, found: found, wires: map[bool]*wire{}, wake: make(chan struct{}, 1)}
	s.Longest = cmp.Or(s.Longest, time.Second)
	s.Retries = cmp.Or(s.Retries, usualSilence)
	var key [16]byte
	_, _ = rand.Read(key[:]) // never fails
	var err error
	if s.cookies, err = newCookies(key); err != nil {
		return err
	}
	defer s.close()
	next, stop := iter.Pull(targets)
	defer stop()
	for to, ok := next(); ok && ctx.Err() == nil; {
		if to, ok, err = s.fill(to, next); err != nil {
			return err
		}
		if err := s.sweep(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// synSweep is one sweep; its targets come in blocks.
type synSweep struct {
	Options
	found   func(Result)
	cookies cookies
	wires   map[bool]*wire // by whether they are IPv6
	reading sync.WaitGroup // the goroutines that read the wires
	batches [mostSenders]batch
	wake    chan struct{} // something is ready

	mu     sync.Mutex // guards what follows
	block  []question
	cursor int                      // the next to ask in this pass
	index  map[netip.AddrPort]int32 // in block
	hosts  map[netip.Addr]*host
	left   int // in the block, not answered
	ready  []Result
	rtt    estimate
}

// question is one target.
type question struct {
	to, dst  netip.AddrPort // as it was given, and as packets say it
	host     *host
	seq      uint32
	sent     time.Time
	tries    int
	answered bool
}

// host is how packets get to an address.
type host struct {
	wire *wire
	from netip.AddrPort
	addr *net.IPAddr
	err  error
}

// fill makes a block that begins with one target and returns the next one. A
// target that comes again begins a block, so that each answer is one question's.
func (s *synSweep) fill(to netip.AddrPort, next func() (netip.AddrPort, bool)) (netip.AddrPort, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.block, s.left = s.block[:0], 0
	s.index, s.hosts = map[netip.AddrPort]int32{}, map[netip.Addr]*host{}
	ok := true
	for ; ok && len(s.block) < blockSize; to, ok = next() {
		dst := netip.AddrPortFrom(to.Addr().Unmap().WithZone(""), to.Port())
		if _, again := s.index[dst]; again {
			break
		}
		if a := dst.Addr(); a.IsLoopback() || a.IsUnspecified() {
			return to, false, fmt.Errorf("%s: %w", to, ErrLoopback)
		}
		h, err := s.hostOf(to.Addr().Unmap())
		if err != nil {
			return to, false, err
		}
		q := question{to: to, dst: dst, host: h}
		if h.err == nil {
			q.seq = s.cookies.of(h.from, dst)
		}
		s.index[dst] = int32(len(s.block))
		s.block = append(s.block, q)
		s.left++
	}
	return to, ok, nil
}

// hostOf finds the way to a host. That there is none is the host's error.
func (s *synSweep) hostOf(a netip.Addr) (*host, error) {
	if h, ok := s.hosts[a]; ok {
		return h, nil
	}
	w, err := s.wireFor(a)
	if err != nil {
		return nil, err
	}
	h := &host{wire: w, addr: &net.IPAddr{IP: a.AsSlice(), Zone: a.Zone()}}
	s.hosts[a] = h
	if a.IsMulticast() {
		h.err = errors.New("a multicast address has no ports to connect to")
		return h, nil
	}
	// A UDP socket that is connected and never written to knows the source.
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 9)))
	if err != nil {
		h.err = err
		return h, nil
	}
	defer c.Close()
	h.from = netip.AddrPortFrom(c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap().WithZone(""), w.port)
	return h, nil
}

// wireFor opens a family's sockets where they are not open.
func (s *synSweep) wireFor(a netip.Addr) (*wire, error) {
	if w := s.wires[a.Is6()]; w != nil {
		return w, nil
	}
	w, err := openWire(a.Is6())
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return nil, fmt.Errorf("a SYN sweep needs CAP_NET_RAW, the connect sweep needs nothing: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open raw sockets: %w", err)
	}
	s.wires[a.Is6()] = w
	s.reading.Go(func() { w.readSegments(s.segment) })
	s.reading.Go(func() { w.readICMP(s.icmp) })
	return w, nil
}

func (s *synSweep) close() {
	for _, w := range s.wires {
		w.close()
	}
	s.reading.Wait()
}

// segment takes a TCP answer.
func (s *synSweep) segment(from netip.Addr, seg segment) {
	state, reason, ok := seg.state()
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.index[netip.AddrPortFrom(from, seg.from)]
	if !ok || seg.ack-1 != s.block[i].seq || seg.to != s.block[i].host.from.Port() {
		return
	}
	s.answer(i, state, reason)
}

// icmp takes an ICMP message.
func (s *synSweep) icmp(u unreachable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.index[u.to]
	if !ok || u.seq != s.block[i].seq || u.from != s.block[i].host.from {
		return
	}
	s.answer(i, Filtered, u.reason)
}

// answer notes what became of a question. The caller holds mu.
func (s *synSweep) answer(i int32, state State, reason string) {
	q := &s.block[i]
	if q.answered || q.tries == 0 && state != Failed {
		return
	}
	q.answered = true
	s.left--
	r := Result{Addr: q.to, State: state, Reason: reason}
	if r.answered() {
		r.RTT = time.Since(q.sent)
		if q.tries == 1 { // else nobody knows which one was answered (Karn)
			s.rtt.add(r.RTT)
		}
	}
	s.ready = append(s.ready, r)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// sweep makes the passes over a block.
func (s *synSweep) sweep(ctx context.Context) error {
	s.fail()
	silent := 0
	for pass := 0; pass < mostPasses && silent <= s.Retries; pass++ {
		before := s.remaining()
		if before == 0 {
			break
		}
		if err := s.pass(ctx); err != nil {
			return err
		}
		last := pass == mostPasses-1 || silent == s.Retries
		if !s.listen(ctx, s.wait(last)) {
			return ctx.Err()
		}
		silent++
		if pass > 0 && s.remaining() < before {
			silent = 1
		}
	}
	s.giveUp()
	return ctx.Err()
}

// fail answers what there is no way to.
func (s *synSweep) fail() {
	s.mu.Lock()
	for i := range s.block {
		if err := s.block[i].host.err; err != nil {
			s.answer(int32(i), Failed, err.Error())
		}
	}
	s.mu.Unlock()
	s.deliver()
}

// giveUp answers for what did not.
func (s *synSweep) giveUp() {
	s.mu.Lock()
	for i := range s.block {
		s.answer(int32(i), Filtered, timedOut)
	}
	s.mu.Unlock()
	s.deliver()
}

func (s *synSweep) remaining() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left
}

// wait is how long answers are waited for after a pass.
func (s *synSweep) wait(last bool) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.rtt.known {
		return s.Longest
	}
	least := between
	if last {
		least = shortest
	}
	return min(s.Longest, max(least, 2*(s.rtt.mean+4*s.rtt.spread)))
}

// deliver hands over what is ready. The wires are read meanwhile.
func (s *synSweep) deliver() {
	s.mu.Lock()
	ready := s.ready
	s.ready = nil
	s.mu.Unlock()
	for _, r := range ready {
		s.found(r)
	}
}

// listen delivers for some time, or until all have answered; false where the
// sweep was called off.
func (s *synSweep) listen(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		s.deliver()
		if s.remaining() == 0 {
			s.deliver()
			return true
		}
		select {
		case <-s.wake:
		case <-t.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

// pass asks all that have not answered. What answers meanwhile is handed over.
func (s *synSweep) pass(ctx context.Context) error {
	senders, size := min(mostSenders, runtime.GOMAXPROCS(0)), batchSize
	if s.Pace != nil {
		senders, size = 1, 1 // a batch would wait for its last
	}
	s.cursor = 0
	done := make(chan error, senders)
	for i := range senders {
		go func() { done <- s.send(ctx, &s.batches[i], size) }()
	}
	var errs []error
	for len(errs) < senders {
		select {
		case err := <-done:
			errs = append(errs, err)
		case <-s.wake:
			s.deliver()
		}
	}
	return cmp.Or(ctx.Err(), errors.Join(errs...))
}

// send sends batches until the pass is over.
func (s *synSweep) send(ctx context.Context, b *batch, size int) error {
	for ctx.Err() == nil && s.gather(b, size) {
		if s.Pace != nil {
			if err := s.Pace(ctx, b.to[0]); err != nil {
				return cmp.Or(ctx.Err(), err)
			}
		}
		s.stamp(b)
		if err := b.send(ctx, s.refuse); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// gather puts the next that have not answered into a batch; false where there
// are no more in this pass.
func (s *synSweep) gather(b *batch, size int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	b.reset()
	for ; s.cursor < len(s.block) && b.n < size; s.cursor++ {
		q := &s.block[s.cursor]
		if !q.answered && !b.add(int32(s.cursor), q) {
			break
		}
	}
	return b.n > 0
}

// stamp notes that a batch is sent now.
func (s *synSweep) stamp(b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, i := range b.which[:b.n] {
		s.block[i].sent = now
		s.block[i].tries++
	}
}

// refuse notes that this host would not send a question.
func (s *synSweep) refuse(i int32, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state, reason := stateOf(err)
	if state != Filtered {
		state = Failed
	}
	s.answer(i, state, reason)
}
