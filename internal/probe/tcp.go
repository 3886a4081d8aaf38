package probe

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/portolan/portolan/internal/protocol"
)

// lateGreeting is how long a port that said nothing to any question is listened
// to once more: some greet only after looking up who calls, and a tarpit shows itself.
const lateGreeting = 5 * time.Second

// tcp asks a TCP port.
func (a *asking) tcp() {
	c, err := a.reach()
	if c == nil && errors.Is(err, syscall.ECONNRESET) {
		// It was reset so soon behind the handshake that the dialer never had it.
		a.r.State, a.r.Reason, a.r.Conduct = Open, "syn-ack, then reset", ClosesAtOnce
		return
	}
	if err != nil {
		a.r.State, a.r.Reason = refused(err)
		return
	}
	defer c.Close()
	a.r.State, a.r.Reason = Open, "syn-ack"
	a.follow(c)
	hello := a.listen(c, Exchange{}, protocol.Said{})
	named := a.note(hello)
	switch {
	case !mayBeSent(a.t, a.Industrial):
		if !named {
			a.r.Conduct = NotAsked
		}
		return
	case named:
	case hello.Ending.closed() && len(hello.Received) == 0:
		if a.closesAgain() {
			a.r.Conduct = ClosesAtOnce
			return
		}
		named = a.questions(hello)
	default:
		named = a.first(c, hello)
		// A server that serves one after the other waits for this.
		c.Close()
		named = named || a.questions(hello)
	}
	if named {
		a.enrich()
		a.confirm()
		return
	}
	if a.r.TLS == nil && !a.spoke() {
		a.late()
	}
}

// connectTime is how long an answer to the attempt to connect is waited for, as
// long as a second SYN and its answer take.
const connectTime = 3 * time.Second

// reach makes the first connection; a second time, where the first was reset at once.
func (a *asking) reach() (c net.Conn, err error) {
	if c, err = a.open(a.ctx); errors.Is(err, syscall.ECONNRESET) {
		return a.open(a.ctx)
	}
	return c, err
}

// mayBeSent reports whether a port may get a byte from us.
func mayBeSent(t Target, onRequest bool) bool {
	return !NeverSent(t.Addr.Port()) && (onRequest || !Industrial(t.Addr.Port()))
}

// follow closes a connection when the time of the target is up, so that
// nothing waits for it.
func (a *asking) follow(c net.Conn) func() bool {
	return context.AfterFunc(a.ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
}

// closesAgain reports whether a second connection is closed too before it is sent anything.
func (a *asking) closesAgain() bool {
	c, err := a.open(a.ctx)
	if err != nil {
		return false
	}
	defer c.Close()
	defer a.follow(c)()
	e := a.listen(c, Exchange{}, protocol.Said{})
	return !a.note(e) && e.Ending.closed() && len(e.Received) == 0
}

// first asks the first question on the connection that was listened to: the one
// of the protocol that the port is registered for, where it has one, else a GET.
func (a *asking) first(c net.Conn, hello Exchange) bool {
	q, ok := asked("http-get")
	if own := a.promised(); len(own) > 0 {
		q, ok = own[0], true
	}
	if hello.Ending.closed() || !ok {
		return false
	}
	e := a.question(c, q, false, "")
	named := a.note(e)
	if !named && len(hello.Received) > 0 && len(e.Received) > 0 {
		// The greeting may only have been half there.
		whole := e.said
		whole.Question, whole.Data = "", append(bytes.Clone(hello.Received), e.Received...)
		e.matches = protocol.Recognise(whole)
		e.said, e.Received = whole, whole.Data
		named = a.note(e)
	}
	return named && !a.wantsTLS()
}

// promised are the questions of the protocols that the port is registered or usual for.
func (a *asking) promised() []ranked {
	var own []ranked
	for _, q := range questions(a.t, a.Industrial) {
		if q.home && !q.Waits {
			own = append(own, q)
		}
	}
	return own
}

// wantsTLS reports whether what is known may only be a server's complaint that
// it was not spoken to in TLS: an alert, or an HTTP answer 400.
func (a *asking) wantsTLS() bool {
	m := a.r.Match
	return m != nil && (m.Protocol == "tls" || m.Protocol == "http" && m.Detail("status") == "400")
}

// questions goes through TLS and all that may be asked, each on a connection of its own.
func (a *asking) questions(hello Exchange) bool {
	spokeFirst := len(hello.Received) > 0
	done := map[string]bool{}
	for _, e := range a.all {
		done[e.Question] = true
	}
	var own, others []ranked
	for _, q := range questions(a.t, a.Industrial) {
		switch {
		case done[q.Name]:
		case q.home || q.Name == "http-get":
			own = append(own, q)
		default:
			others = append(others, q)
		}
	}
	if a.wantsTLS() {
		return a.tls() || a.r.named()
	}
	for _, q := range own {
		if a.alone(q) && !a.wantsTLS() {
			return true
		}
	}
	if !spokeFirst && (a.tls() || a.r.TLS != nil) || a.r.named() {
		return a.r.named()
	}
	if spokeFirst && a.sameGreeting(hello) {
		return false
	}
	return a.together(others)
}

// sameGreeting reports whether all connections were greeted alike, so that a
// server which speaks first, and is not known, need not be asked more.
func (a *asking) sameGreeting(hello Exchange) bool {
	c, err := a.open(a.ctx)
	if err != nil {
		return true
	}
	defer c.Close()
	defer a.follow(c)()
	e := a.listen(c, Exchange{}, protocol.Said{})
	return !a.note(e) && bytes.Equal(e.Received, hello.Received)
}

// alone asks a question on a new connection.
func (a *asking) alone(q ranked) bool {
	e, ok := a.once(a.ctx, q)
	return ok && a.note(e)
}

// once asks a question on a new connection; false where there was none.
func (a *asking) once(ctx context.Context, q ranked) (Exchange, bool) {
	c, err := a.open(ctx)
	if err != nil {
		return Exchange{}, false
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if q.Waits {
		if hello := a.listen(c, Exchange{}, protocol.Said{}); strong(hello.matches) || hello.Ending.closed() {
			return hello, true
		}
	}
	return a.question(c, q, false, ""), true
}

// together asks questions a few at a time, in order, and stops at the first
// answer that is known.
func (a *asking) together(qs []ranked) bool {
	ctx, cancel := context.WithCancel(a.ctx)
	defer cancel()
	next := make(chan ranked)
	var wg sync.WaitGroup
	for range inFlight {
		wg.Go(func() {
			for q := range next {
				if a.guarded(func() bool { e, ok := a.once(ctx, q); return ok && ctx.Err() == nil && a.note(e) }) {
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
	return a.r.named()
}

// guarded keeps a fault in one exchange from ending the run.
func (a *asking) guarded(f func() bool) (ok bool) {
	defer func() {
		if e := recover(); e != nil {
			ok = false
		}
	}()
	return f()
}

// spoke reports whether the peer said anything, unasked or asked.
func (a *asking) spoke() bool {
	for _, e := range a.all {
		if len(e.Received) > 4 {
			return true
		}
	}
	return false
}

// late listens once more, for long.
func (a *asking) late() {
	a.limit = MostConnections - 1
	c, err := a.open(a.ctx)
	if err != nil {
		return
	}
	defer c.Close()
	defer a.follow(c)()
	if a.note(a.hearOn(c, Exchange{}, protocol.Said{}, lateGreeting)) {
		a.enrich()
		a.confirm()
	}
}
