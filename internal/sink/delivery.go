package sink

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Counts are what became of the messages that a [Queue] or a [Spool] was given.
// Offered is the sum of the others.
type Counts struct {
	Offered, Sent, Refused, Lost, Waiting uint64
}

// delivery is what a queue and a spool have in common: how what they send is
// counted and told. What waits, and where, is their own.
type delivery struct {
	to   Sink
	said func(error) // an error that is new, or nil once it is over

	mu      sync.Mutex // guards what follows, and what waits
	counts  Counts
	failing bool

	wake, done chan struct{}
	cancel     context.CancelFunc
}

// begin prepares a delivery. The context ends with Close.
func (d *delivery) begin(to Sink, said func(error)) (ctx context.Context) {
	d.to, d.said, d.wake, d.done = to, said, make(chan struct{}, 1), make(chan struct{})
	ctx, d.cancel = context.WithCancel(context.Background())
	return ctx
}

// Counts returns what became of all messages until now; those that a spool found
// in its folder are among them.
func (d *delivery) Counts() Counts {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.counts
	c.Waiting = c.Offered - c.Sent - c.Refused - c.Lost
	return c
}

// Close ends sending and closes the sink. A queue sends what waits first, as far
// as that works at once; a spool leaves it in its folder.
func (d *delivery) Close() (Counts, error) {
	d.cancel()
	<-d.done
	return d.Counts(), d.to.Close()
}

// nudge lets the sender look for what is new.
func (d *delivery) nudge() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// settled reports whether a message need not be sent again: it was taken, or will
// never be.
func settled(err error) bool { return err == nil || errors.Is(err, ErrRefused) }

// settle counts a message that is settled. The caller holds mu.
func (d *delivery) settle(err error) {
	if err != nil {
		d.counts.Refused++
		return
	}
	d.counts.Sent++
}

// tell says that sending fails, or that it does not any more, once.
func (d *delivery) tell(err error) {
	d.mu.Lock()
	news := (err != nil) != d.failing
	d.failing = err != nil
	d.mu.Unlock()
	if news && d.said != nil {
		d.said(err)
	}
}

// rest waits before a message is tried again, at most until ctx ends.
func rest(ctx context.Context, pause time.Duration) {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
