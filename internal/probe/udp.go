package probe

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/portolan/portolan/internal/protocol"
)

// mostDatagrams is how many datagrams of one answer are read.
const mostDatagrams = 8

// udp asks a UDP port. Only an answer shows that it is open; only the system's
// word of an ICMP message shows that it is closed.
func (a *asking) udp() {
	a.r.State, a.r.Reason = NoAnswer, "time-out"
	if !mayBeSent(a.t, a.Industrial) {
		a.r.Reason = "nothing may be sent there"
		return
	}
	var own, others []ranked
	for _, q := range questions(a.t, a.Industrial) {
		if q.home {
			own = append(own, q)
		} else {
			others = append(others, q)
		}
	}
	for _, q := range own {
		if e, ok := a.datagram(a.ctx, q); ok && a.note(e) || a.r.State == Closed {
			break
		}
	}
	if !a.r.named() && a.r.State != Closed {
		a.datagrams(others)
	}
	if a.r.named() {
		a.enrich()
		a.confirm()
	}
}

// datagrams asks questions a few at a time and stops at the first answer that is known.
func (a *asking) datagrams(qs []ranked) {
	ctx, cancel := context.WithCancel(a.ctx)
	defer cancel()
	next := make(chan ranked)
	var wg sync.WaitGroup
	for range inFlight {
		wg.Go(func() {
			for q := range next {
				known := a.guarded(func() bool { e, ok := a.datagram(ctx, q); return ok && a.note(e) })
				if known || a.shut() {
					cancel()
				}
			}
		})
	}
send:
	for _, q := range qs {
		select {
		case next <- q:
		case <-ctx.Done():
			break send
		}
	}
	close(next)
	wg.Wait()
}

func (a *asking) shut() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.r.State == Closed
}

// datagram asks one question over UDP, twice where the first gets no answer: a
// datagram may be lost. false where the socket could not be had.
func (a *asking) datagram(ctx context.Context, q ranked) (Exchange, bool) {
	a.mu.Lock()
	spent := a.r.Connections >= a.limit
	if !spent {
		a.r.Connections++
	}
	a.mu.Unlock()
	if spent || ctx.Err() != nil {
		return Exchange{}, false
	}
	if a.paced(ctx) != nil {
		return Exchange{}, false
	}
	s, err := a.socket(ctx, q.OtherPort)
	if err != nil {
		if ctx.Err() == nil { // else another question has ended the asking
			a.state(Failed, err.Error())
		}
		return Exchange{}, false
	}
	defer s.Close()
	stop := context.AfterFunc(ctx, func() { _ = s.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	said := protocol.Said{Transport: a.t.Transport, Question: q.Name, Nonce: nonce()}
	said.Asked = q.Bytes(protocol.Ask{Nonce: said.Nonce, Agent: a.Agent, Host: a.t.host(), Port: a.t.Addr.Port()})
	e := Exchange{Question: q.Name, Ending: TimedOut}
	start := time.Now()
	for try := 1; try <= 2 && e.Ending == TimedOut && ctx.Err() == nil; try++ {
		e = a.ask1(ctx, s, q, said, e)
	}
	e.Took = time.Since(start)
	return e, true
}

// ask1 sends a request and reads its answers, with the further steps of q.
func (a *asking) ask1(ctx context.Context, s datagrams, q ranked, said protocol.Said, e Exchange) Exchange {
	data := said.Asked
	for step := 1; step <= mostSteps && len(data) > 0; step++ {
		if a.Sent != nil {
			a.Sent(a.t, q.Name, data)
		}
		e.Sent = data
		if err := s.send(data); err != nil {
			a.trouble(err)
			e.Ending = Reset
			return e
		}
		a.mu.Lock()
		a.r.BytesSent += len(data)
		a.mu.Unlock()
		wait := a.wait()
		if step == 1 {
			wait /= 2
		}
		if e = a.receive(ctx, s, said, e, wait); len(e.Received) == 0 || len(e.matches) > 0 || q.Next == nil {
			return e
		}
		said = e.said
		data = q.Next(said, step)
	}
	return e
}

// receive reads datagrams until one is known, and keeps the first that is not.
func (a *asking) receive(ctx context.Context, s datagrams, said protocol.Said, e Exchange, wait time.Duration) Exchange {
	until := time.Now().Add(wait)
	buf := make([]byte, protocol.MostKept+1)
	for range mostDatagrams {
		if ctx.Err() != nil {
			return e
		}
		_ = s.SetDeadline(until)
		n, err := s.receive(buf)
		if err != nil {
			a.trouble(err)
			if len(e.Received) == 0 && isRefused(err) {
				e.Ending = Reset
			}
			return e
		}
		if n == 0 {
			continue
		}
		a.state(Open, "datagram")
		a.mu.Lock()
		a.r.BytesRead += n
		a.mu.Unlock()
		now := said
		now.Data, now.Cut = slices.Clone(buf[:min(n, protocol.MostKept)]), n > protocol.MostKept
		ms := protocol.Recognise(now)
		if len(e.Received) == 0 || len(ms) > 0 {
			e.Received, e.Cut, e.Ending, e.matches, e.said = now.Data, now.Cut, Answered, ms, now
		}
		if len(ms) > 0 {
			return e
		}
	}
	return e
}

// trouble reads a socket's error: refused means that an ICMP message came back.
func (a *asking) trouble(err error) {
	if isRefused(err) {
		a.state(Closed, "icmp port-unreachable")
		return
	}
	if errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM) {
		state, reason := refused(err)
		a.state(state, reason)
	}
}

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// state sets the state, which an answer settles for good.
func (a *asking) state(s State, reason string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.r.State != Open {
		a.r.State, a.r.Reason = s, reason
	}
}

// datagrams is a socket that speaks with one host.
type datagrams interface {
	send([]byte) error
	receive([]byte) (int, error)
	SetDeadline(time.Time) error
	Close() error
}

// socket makes a connected socket, which hears of ICMP messages, or one that hears
// answers from any port of the host.
func (a *asking) socket(ctx context.Context, otherPort bool) (datagrams, error) {
	if !otherPort {
		c, err := a.dial(ctx, "udp", a.t.Addr.String())
		if err != nil {
			return nil, err
		}
		return connected{c}, nil
	}
	c, err := a.listenPacket(ctx, "udp", ":0")
	if err != nil {
		return nil, err
	}
	return unconnected{c, a}, nil
}

type connected struct{ net.Conn }

func (c connected) send(b []byte) error           { _, err := c.Write(b); return err }
func (c connected) receive(b []byte) (int, error) { return c.Read(b) }

// unconnected hears only the target's host: others may know the port by chance.
type unconnected struct {
	net.PacketConn
	a *asking
}

func (c unconnected) send(b []byte) error {
	_, err := c.WriteTo(b, net.UDPAddrFromAddrPort(c.a.t.Addr))
	return err
}

func (c unconnected) receive(b []byte) (int, error) {
	for range mostDatagrams {
		n, from, err := c.ReadFrom(b)
		if err != nil || c.a.sameHost(from) {
			return n, err
		}
	}
	return 0, nil
}
