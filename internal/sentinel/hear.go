package sentinel

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"time"
)

// Listener says how connections are listened to. Its zero value is silent, and
// has the usual bounds.
type Listener struct {
	Most int           // bytes that are kept of a peer; 0 is 4,096
	For  time.Duration // how long a peer is listened to; 0 is 5 seconds
	// Quiet ends listening once a peer has spoken and then said nothing for so long;
	// 0 is 500 milliseconds.
	Quiet time.Duration
	// Greeting is what a port's service would say first, where peers that wait are
	// to be offered it; nil is silent.
	Greeting func(port uint16) []byte
	// After is how long a peer may wait before it is greeted; 0 is 2 seconds.
	After time.Duration
	// Talk begins a talk where a port is worth one; nil, of the function or of what
	// it returns, is silent. A talk takes the place of a greeting.
	Talk func(port uint16) Talk
}

// Talk is the listening side of a protocol, as far as it takes to learn who asks.
type Talk interface {
	// Start is what to say to a peer that waits.
	Start() []byte
	// Hear takes what the peer said next, and returns what to say; nil for nothing.
	Hear([]byte) []byte
}

// Ending is how a connection ended.
type Ending string

// The endings.
const (
	PeerEnded Ending = "closed"   // the peer closed
	Reset     Ending = "reset"    // the peer reset the connection
	Quiet     Ending = "quiet"    // it spoke, and then waited
	TimedOut  Ending = "time-out" // its time was over
	Full      Ending = "full"     // it said more than is kept
)

// Words are what a peer said first.
type Words struct {
	At           time.Time
	Source, Dest netip.AddrPort // Dest is where the peer meant to go
	Said         []byte
	Told         []byte // what it was told, a greeting or a dialogue
	Truncated    bool
	Ending       Ending
	Took         time.Duration
}

// mostSteps bounds what is said in a talk, and patience how long an answer in it
// is waited for.
const (
	mostSteps = 32
	patience  = 2 * time.Second
)

// Hear listens to a connection. The caller closes it.
func (l *Listener) Hear(c net.Conn) Words {
	h := hearing{Listener: l, c: c, w: Words{At: time.Now(), Source: endOf(c.RemoteAddr()), Dest: endOf(c.LocalAddr())}}
	h.until = h.w.At.Add(or(l.For, 5*time.Second))
	h.run()
	h.w.Took = time.Since(h.w.At)
	return h.w
}

func or(d, usual time.Duration) time.Duration {
	if d <= 0 {
		return usual
	}
	return d
}

// hearing is one connection.
type hearing struct {
	*Listener
	c     net.Conn
	w     Words
	until time.Time
	talk  Talk
	steps int
}

func (h *hearing) run() {
	most := h.Most
	if most <= 0 {
		most = 4096
	}
	b := make([]byte, min(most, 1024)+1)
	if h.Talk != nil {
		h.talk = h.Talk(h.w.Dest.Port())
	}
	greeted := h.Greeting == nil && h.talk == nil
	for {
		n, err := h.wait(b[:min(len(b), most-len(h.w.Said)+1)], greeted)
		h.w.Said = append(h.w.Said, b[:n]...)
		switch {
		case len(h.w.Said) > most:
			h.w.Said, h.w.Truncated, h.w.Ending = h.w.Said[:most], true, Full
			return
		case n > 0 && h.answer(b[:n]):
		case err == nil:
		case errors.Is(err, io.EOF):
			h.w.Ending = PeerEnded
			return
		case !errors.Is(err, os.ErrDeadlineExceeded):
			h.w.Ending = Reset
			return
		case !time.Now().Before(h.until):
			h.w.Ending = TimedOut
			return
		case len(h.w.Said) > 0:
			h.w.Ending = Quiet
			return
		case !greeted:
			greeted = true
			h.greet()
		}
	}
}

// wait reads as long as the state of the talk allows.
func (h *hearing) wait(b []byte, greeted bool) (int, error) {
	until := h.until
	switch {
	case h.steps > 0:
		until = earlier(until, time.Now().Add(patience))
	case len(h.w.Said) > 0:
		until = earlier(until, time.Now().Add(or(h.Quiet, 500*time.Millisecond)))
	case !greeted:
		until = earlier(until, h.w.At.Add(or(h.After, 2*time.Second)))
	}
	_ = h.c.SetReadDeadline(until)
	return h.c.Read(b)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// greet says something to a peer that waits.
func (h *hearing) greet() {
	if h.talk != nil {
		h.tell(h.talk.Start())
		return
	}
	h.tell(h.Greeting(h.w.Dest.Port()))
}

// answer goes on with a talk where there is one.
func (h *hearing) answer(b []byte) bool {
	if h.talk == nil || h.steps == mostSteps {
		return false
	}
	reply := h.talk.Hear(b)
	if len(reply) == 0 {
		return false
	}
	h.steps++
	h.tell(reply)
	return true
}

// tell says something. A peer that does not take it is heard all the same.
func (h *hearing) tell(b []byte) {
	if len(b) == 0 {
		return
	}
	_ = h.c.SetWriteDeadline(earlier(h.until, time.Now().Add(time.Second)))
	n, _ := h.c.Write(b)
	h.w.Told = append(h.w.Told, b[:n]...)
}

func endOf(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		ap := t.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	return netip.AddrPort{}
}
