package sentinel

import (
	"bytes"
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
	// Process finds who holds an end that is this host's; nil where nobody is to be
	// named. Local reports whether an address is.
	Process func(ctx context.Context, t portolan.Transport, end netip.AddrPort) *visit.Process
	Local   func(netip.Addr) bool
	// Ticked is called about every second, and never while a visit is handed out;
	// nil is nobody.
	Ticked func(now time.Time)

	mu     sync.Mutex // guards what follows
	book   *visit.Book
	over   bool // what comes now is too late
	counts Counts
	local  chan trap.Event // of this host, until it is known who sent them
}

// mostLocal is how many packets of this host wait for a name. Beyond it they are
// noted without.
const mostLocal = 64

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
	g.local = make(chan trap.Event, mostLocal)
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
	wg.Go(func() { g.name(ctx) })
	err := g.watch()
	close(g.local)
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

// take notes one packet, where it lies, or keeps it until it is known who of this
// host has sent it.
func (g *Guard) take(e *trap.Event) {
	p, err := packet.Decode(e.Packet)
	if err == nil && g.names(p.Source.Addr()) {
		kept := *e
		kept.Packet = bytes.Clone(e.Packet)
		select {
		case g.local <- kept:
			return
		default:
		}
	}
	g.note(e, p, err, nil)
}

// names reports whether it is to be found out who is behind an address.
func (g *Guard) names(addr netip.Addr) bool {
	return g.Process != nil && g.Local != nil && g.Local(addr)
}

// name finds who sent the packets of this host. Reading the descriptors of all
// processes takes long for a packet, and must not make the trap wait.
func (g *Guard) name(ctx context.Context) {
	for e := range g.local {
		p, err := packet.Decode(e.Packet)
		var who *visit.Process
		if t, ok := p.Transport(); ok && ctx.Err() == nil {
			who = g.Process(ctx, t, p.Source)
		}
		g.note(&e, p, err, who)
	}
}

func (g *Guard) note(e *trap.Event, p packet.Packet, err error, who *visit.Process) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts.Events++
	if err != nil {
		g.counts.Unreadable++
		return
	}
	g.book.Knock(visit.Knock{At: e.At, Interface: e.Interface, Packet: p, Why: e.Why.String(), Process: who})
	if e.Answered {
		g.book.Answered(e.At, p.Source, p.Dest)
	}
}

// listen hears one connection.
func (g *Guard) listen(ctx context.Context, c net.Conn) {
	var who *visit.Process
	if end := endOf(c.RemoteAddr()); g.names(end.Addr()) {
		who = g.Process(ctx, portolan.TCP, end)
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
			g.locked(func() {
				g.book.Tick(now)
				if g.Ticked != nil {
					g.Ticked(now)
				}
			})
		case <-ctx.Done():
			return
		}
	}
}
