package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/protocol"
)

// asking is one target while it is asked.
type asking struct {
	*Prober
	ctx context.Context
	t   Target

	mu  sync.Mutex // guards what follows
	r   Report
	all []Exchange
	rtt time.Duration
	// until is when the target's time is up, timer what ends it then.
	until time.Time
	timer *time.Timer
	// limit is how many connections may be made until something is known; a few
	// are kept for asking twice.
	limit int
}

// errBudget: the target has had all that one target gets.
var errBudget = errors.New("the budget of connections or bytes is used up")

// errSelf: on loopback a connection to a free port can reach the socket that makes it.
var errSelf = errors.New("the connection reached itself: nobody listens")

// Ask asks one target. It returns within [MostTime] and a little, or soon after
// ctx ends; what was learned until then is in the report.
func (p *Prober) Ask(ctx context.Context, t Target) (r Report) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	start := time.Now()
	a := &asking{Prober: p, ctx: ctx, t: t, r: Report{Target: t}, limit: MostConnections - kept, until: start.Add(MostTime), timer: time.AfterFunc(MostTime, cancel)}
	defer a.timer.Stop()
	defer func() {
		// A fault in one recogniser must cost one answer, not the run.
		if e := recover(); e != nil {
			a.r.State, a.r.Reason = Failed, fmt.Sprintf("fault in a recogniser: %v", e)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		r = a.r
		r.Took = time.Since(start)
	}()
	if t.Transport == portolan.UDP {
		a.udp()
	} else {
		a.tcp()
	}
	a.conclude()
	return a.r
}

// open makes a connection and counts it.
func (a *asking) open(ctx context.Context) (net.Conn, error) {
	a.mu.Lock()
	spent := a.r.Connections >= a.limit || a.r.BytesRead >= mostData
	if !spent {
		a.r.Connections++
	}
	a.mu.Unlock()
	if spent {
		return nil, errBudget
	}
	if err := a.paced(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	start := time.Now()
	c, err := a.dial(ctx, "tcp", a.t.Addr.String())
	if err != nil {
		return nil, err
	}
	if c.LocalAddr().String() == c.RemoteAddr().String() {
		c.Close()
		return nil, errSelf
	}
	a.mu.Lock()
	if a.rtt == 0 {
		a.rtt = time.Since(start)
	}
	a.mu.Unlock()
	return c, nil
}

// paced waits for the caller's pace. That is not the target's time.
func (a *asking) paced(ctx context.Context) error {
	start := time.Now()
	err := a.pace(ctx, a.t)
	a.mu.Lock()
	defer a.mu.Unlock()
	if waited := time.Since(start); waited > time.Millisecond && a.timer.Stop() {
		a.until = a.until.Add(waited)
		a.timer.Reset(time.Until(a.until))
	}
	return err
}

// wait is how long a peer is waited for.
func (a *asking) wait() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.patience() + 2*min(a.rtt, time.Second)
}

// listen hears a peer on a connection after it was sent something, or nothing,
// and notes the exchange.
func (a *asking) listen(c net.Conn, e Exchange, said protocol.Said) Exchange {
	return a.hearOn(c, e, said, a.wait())
}

func (a *asking) hearOn(c net.Conn, e Exchange, said protocol.Said, wait time.Duration) Exchange {
	start := time.Now()
	said.Transport = a.t.Transport
	said.Question, said.InTLS, said.Asked = e.Question, e.InTLS, e.Sent
	before := len(said.Data)
	h := hear(c, wait, func(data []byte) bool {
		now := said
		now.Data = append(said.Data[:before:before], data...)
		return slices.ContainsFunc(protocol.Recognise(now), func(m protocol.Match) bool { return m.Strength == protocol.Certain })
	})
	e.Received = append(e.Received, h.data...)
	said.Data = append(said.Data[:before:before], h.data...)
	e.Cut, e.Ending, e.Took = h.cut, h.ending, e.Took+time.Since(start)
	said.Cut, said.Closed = h.cut, h.ending == PeerEnded || h.ending == Reset
	if h.pauses > 1 && h.ending != PeerEnded {
		e.Ending = Trickled
	}
	e.said, e.matches = said, protocol.Recognise(said)
	a.mu.Lock()
	a.r.BytesRead += len(h.data)
	a.mu.Unlock()
	return e
}

// put sends a request; false where the peer does not take it.
func (a *asking) put(c net.Conn, question string, data []byte) bool {
	if a.Sent != nil {
		a.Sent(a.t, question, data)
	}
	_ = c.SetWriteDeadline(time.Now().Add(a.wait()))
	n, err := c.Write(data)
	a.mu.Lock()
	a.r.BytesSent += n
	a.mu.Unlock()
	return err == nil
}

// put and listen, with a question's further steps.
func (a *asking) question(c net.Conn, q ranked, inTLS bool, alpn string) Exchange {
	said := protocol.Said{Nonce: nonce(), ALPN: alpn}
	e := Exchange{Question: q.Name, InTLS: inTLS}
	ask := protocol.Ask{Nonce: said.Nonce, Agent: a.Agent, Host: a.t.host(), Port: a.t.Addr.Port()}
	data := q.Bytes(ask)
	for step := 1; ; step++ {
		if len(data) > 0 {
			e.Sent = append(e.Sent, data...)
			if !a.put(c, q.Name, data) {
				e.Ending = Reset
			}
		}
		// What a peer said before it reset the connection may still be there to read.
		e = a.listen(c, e, said)
		said = e.said
		if q.Next == nil || step >= mostSteps || e.Ending.closed() || strong(e.matches) {
			return e
		}
		if data = q.Next(said, step); len(data) == 0 {
			return e
		}
	}
}

// mostSteps bounds the steps of a handshake.
const mostSteps = 4

// strong reports whether matches name exactly one protocol well enough.
func strong(ms []protocol.Match) bool {
	return len(ms) == 1 && ms[0].Strength >= protocol.Likely || len(ms) > 1 && ms[0].Strength > ms[1].Strength && ms[0].Strength >= protocol.Likely
}

// note keeps an exchange, and takes its match where it is better than what was
// known. It reports whether the target is named well enough now.
func (a *asking) note(e Exchange) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, e)
	if len(e.matches) > 1 && !strong(e.matches) {
		return false
	}
	if len(e.matches) > 0 && (a.r.Match == nil || e.matches[0].Strength > a.r.Match.Strength) {
		m := e.matches[0]
		a.r.Match, a.r.Evidence, a.r.InTLS = &m, &e, e.InTLS
	}
	return a.r.named()
}

// refused says what a failed attempt to connect means.
func refused(err error) (State, string) {
	var no syscall.Errno
	switch {
	case errors.Is(err, errSelf):
		return Closed, "the connection reached itself"
	case errors.Is(err, syscall.ECONNREFUSED):
		return Closed, "reset"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return Filtered, "time-out"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EACCES):
		errors.As(err, &no)
		return Filtered, no.Error()
	case errors.Is(err, context.Canceled):
		return Failed, "interrupted"
	}
	return Failed, err.Error()
}

// sameHost reports whether an address is the target's.
func (a *asking) sameHost(from net.Addr) bool {
	ap, err := netip.ParseAddrPort(from.String())
	return err == nil && ap.Addr().Unmap().WithZone("") == a.t.Addr.Addr().Unmap().WithZone("")
}
