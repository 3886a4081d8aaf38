package sentinel

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/packet"
	"github.com/portolan/portolan/internal/trap"
	"github.com/portolan/portolan/internal/visit"
)

// Guard joins what a trap sees and what its connections say to visits.
type Guard struct {
	Trap     *trap.Trap
	Answers  bool // the trap takes connections
	Listener Listener
	// Process finds who of this host holds the nearer end of a connection; nil where
	// nobody is to be named.
	Process func(ctx context.Context, t portolan.Transport, end netip.AddrPort) *visit.Process

	mu     sync.Mutex // guards what follows
	book   *visit.Book
	over   bool // what comes now is too late
	counts Counts
}

// Counts are what a guard did, besides what its trap and its book count.
type Counts struct {
	Events     uint64 // of the trap
	Unreadable uint64 // of them, packets that could not be decoded
	Heard      uint64 // connections that were listened to
	Bytes      uint64 // that they said
}

// Run watches until the context ends, or the trap fails. Every visit that began,
// grew or ended goes to options.Emit, one at a time, the last ones before Run
// returns. The trap is closed then.
func (g *Guard) Run(ctx context.Context, options visit.Options) error {
	g.mu.Lock()
	g.book = visit.NewBook(options)
	g.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { g.Trap.Close() })
	defer stop()
	var wg sync.WaitGroup
	var served error
	if g.Answers {
		wg.Go(func() {
			served = g.Trap.Serve(func(c net.Conn) { g.listen(ctx, c) })
			g.Trap.Close() // one without the other is no watch
		})
	}
	ticking, done := context.WithCancel(ctx)
	wg.Go(func() { g.tick(ticking) })
	err := g.watch()
	g.Trap.Close()
	done()
	wg.Wait()
	g.locked(func() {
		g.over = true
		g.book.Close()
	})
	if ctx.Err() != nil {
		return nil
	}
	return errors.Join(err, served)
}

func (g *Guard) locked(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f()
}

// Counts returns what was done so far, by the guard and by its book.
func (g *Guard) Counts() (c Counts, book visit.Counts, open, bytes int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.book == nil {
		return g.counts, book, 0, 0
	}
	return g.counts, g.book.Counts(), g.book.Len(), g.book.Bytes()
}

// watch reads the trap's events until it is closed.
func (g *Guard) watch() error {
	var e trap.Event
	for {
		if err := g.Trap.Read(&e); err != nil {
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		g.take(&e)
	}
}

// take notes one packet. It is read where it lies, before the next one comes.
func (g *Guard) take(e *trap.Event) {
	p, err := packet.Decode(e.Packet)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts.Events++
	if err != nil {
		g.counts.Unreadable++
		return
	}
	g.book.Knock(visit.Knock{At: e.At, Interface: e.Interface, Packet: p, Why: e.Why.String()})
	if e.Answered {
		g.book.Answered(e.At, p.Source, p.Dest)
	}
}

// listen hears one connection.
func (g *Guard) listen(ctx context.Context, c net.Conn) {
	var who *visit.Process
	if g.Process != nil {
		who = g.Process(ctx, portolan.TCP, endOf(c.RemoteAddr()))
	}
	w := g.Listener.Hear(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return
	}
	g.counts.Heard++
	g.counts.Bytes += uint64(len(w.Said))
	g.book.Words(visit.Words{At: w.At, Source: w.Source, Dest: w.Dest, Bytes: w.Said, Truncated: w.Truncated, Closed: w.Ending == PeerEnded || w.Ending == Reset, Process: who})
}

// tick lets the book hand out what has grown.
func (g *Guard) tick(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case now := <-t.C:
			g.locked(func() { g.book.Tick(now) })
		case <-ctx.Done():
			return
		}
	}
}
