package trap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Mode is a way to stand behind ports.
type Mode uint8

// The modes, the best first. Auto takes the first that this host allows.
const (
	Auto Mode = iota
	BPF
	Nftables
	Packets
	Listeners
)

var modeNames = [...]string{"auto", "bpf", "nftables", "packets", "listeners"}

func (m Mode) String() string { return modeNames[m] }

// Why says what made a packet an event.
type Why uint8

// What a packet was. None of them found a socket.
const (
	SYN         Why = 1 + iota // opens a TCP connection
	Flags                      // TCP flags that open nothing: FIN, none, FIN+PSH+URG, FIN+ACK
	Backscatter                // a RST or SYN+ACK that answers nothing of ours
	ACK                        // a TCP segment of a connection that is not there
	UDP                        // a datagram
	ICMP                       // an error about a packet that no socket here sent
	Fragment                   // the first fragment of a TCP segment, too short to judge by
	Headers                    // IPv6 extension headers that go on and on
)

var whyNames = [...]string{"", "syn", "flags", "backscatter", "ack", "udp", "icmp", "fragment", "headers"}

func (w Why) String() string {
	if int(w) < len(whyNames) {
		return whyNames[w]
	}
	return "unknown"
}

// Event is one packet that found no socket.
type Event struct {
	At        time.Time
	Interface string
	Packet    []byte // from the IP header on, as much as was kept; Read writes over it
	Length    int    // of the packet as it came in, from the IP header on, with a short frame's padding
	Why       Why
	Answered  bool // a witness was left
}

// Interface is one of this host's and whether it is watched.
type Interface struct {
	Name    string
	Watched bool
	Why     string // it is not
}

// Counters count packets since Open. Seen is always Emitted + RingLost + Limited.
type Counters struct {
	Seen     uint64 // found no socket and is not to be ignored
	Emitted  uint64 // handed on, for Read
	RingLost uint64 // there was no room, or the packet could not be read
	Limited  uint64 // more of its source than Options.PerSource, or of datagrams with the same ends than 32 and one a second
	Ignored  uint64 // as Options.Ignore says
	Steered  uint64 // look-ups for a listener that were answered with the trap's
	Refused  uint64 // connections closed at once: beyond what Hold allows
}

// Ignore names packets that are no event, and are not answered.
type Ignore struct {
	Source netip.Prefix
	Port   uint16 // they go to; 0: any
}

// Options say what to stand behind. The zero value watches everything and
// answers nothing.
type Options struct {
	Mode       Mode
	Interfaces []string // nil: all, with the loopback, and those that come later
	Answer     bool     // take TCP connections

	TCP, UDP   *PortSet // watched; nil: all
	AnswerOnly *PortSet // answered, of those watched; nil: all
	Ignore     []Ignore

	PerSource int // events a second of a source, an IPv6 /64 being one; 0: 20,000
	Burst     int // events at once of a source; 0: 131,072, every port of both transports
	Snap      int // bytes kept of a packet; 0: 512, at most 4,096
	SnapUDP   int // bytes kept of a datagram; 0: 2,048, at most 4,096
	Ring      int // bytes of the ring between kernel and Read, a power of two; 0: 8 MiB

	Hold  Hold
	Ports []uint16     // for Listeners: what to listen on
	Log   *slog.Logger // nil: nowhere
}

const mostSnap = 4096

func (o Options) withDefaults() Options {
	o.PerSource = or(o.PerSource, 20_000)
	o.Burst = or(o.Burst, 131_072)
	o.Snap = min(or(o.Snap, 512), mostSnap)
	o.SnapUDP = min(or(o.SnapUDP, 2048), mostSnap)
	o.Ring = or(o.Ring, 8<<20)
	o.Hold = o.Hold.withDefaults()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func (o *Options) valid() error {
	for _, i := range o.Ignore {
		if !i.Source.IsValid() {
			return fmt.Errorf("a source to ignore that is no prefix, to port %d", i.Port)
		}
	}
	if o.Ring < 4096 || o.Ring&(o.Ring-1) != 0 {
		return fmt.Errorf("a ring of %d bytes: give a power of two, 4096 at least", o.Ring)
	}
	if o.Mode > Listeners {
		return fmt.Errorf("no mode has the number %d", o.Mode)
	}
	return nil
}

// or returns n, or what stands for 0.
func or[T int | time.Duration](n, usual T) T {
	if n <= 0 {
		return usual
	}
	return n
}

// wants reports whether an interface is to be watched.
func (o *Options) wants(name string) bool {
	if o.Interfaces == nil {
		return true
	}
	for _, n := range o.Interfaces {
		if n == name {
			return true
		}
	}
	return false
}

// Errors that Open answers with, besides errors.ErrUnsupported.
var (
	// ErrTaken: one trap a network namespace.
	ErrTaken = errors.New("another trap stands in this network namespace")
	// ErrSelfTest: a connection did not arrive where it had to.
	ErrSelfTest = errors.New("the trap's test of itself failed")
)

// Check is one thing that a mode needs, tried on this host.
type Check struct {
	Mode Mode
	What string
	OK   bool
	Why  string // it is not
	Next string // what to do about that
}

// Doctor tries what each mode needs, for real but on the loopback alone, and
// leaves nothing behind. Another trap in this network namespace is in its way.
func Doctor(ctx context.Context, o Options) []Check { return doctor(ctx, o.withDefaults()) }

// source is what hears in a mode.
type source interface {
	read(*Event) error
	counters() Counters
	interfaces() []Interface
	steered(source, destination netip.AddrPort) bool
	Close() error
}

// Trap stands behind ports until it is closed.
type Trap struct {
	mode      Mode
	source    source
	listeners []net.Listener // answered connections come out of these
	hold      *holding
	lock      io.Closer
	closing   sync.Once
	closed    error
	last      atomic.Pointer[Counters] // set by Close
}

// Open sets a trap. Errors are ErrUnsupported where this system or kernel has no
// such mode, ErrTaken where a trap stands already, fs.ErrPermission where
// privileges are missing.
func Open(ctx context.Context, o Options) (*Trap, error) {
	o = o.withDefaults()
	if err := o.valid(); err != nil {
		return nil, err
	}
	return open(ctx, o)
}

// Mode returns the mode that the trap is in.
func (t *Trap) Mode() Mode { return t.mode }

// Read waits for the next event. After Close it answers with net.ErrClosed. One
// goroutine may read at a time.
func (t *Trap) Read(e *Event) error { return t.source.read(e) }

// Counters returns what was counted so far; after Close, what was counted in all.
func (t *Trap) Counters() Counters {
	if c := t.last.Load(); c != nil {
		return *c
	}
	c := t.source.counters()
	c.Refused = t.hold.refused.Load()
	return c
}

// Interfaces returns the interfaces of this host, and which are watched.
func (t *Trap) Interfaces() []Interface { return t.source.interfaces() }

// Steered reports whether a connection came as far as the look-up for a listener
// and was handed to the trap. It is known a moment after the event.
func (t *Trap) Steered(source, destination netip.AddrPort) bool {
	return t.source.steered(source, destination)
}

// Serve takes the answered connections and hands each to handle, in a goroutine
// of its own, within the bounds of Options.Hold. When handle returns, or its
// time is over, the connection is reset. Serve ends with Close. Who asks for
// answers calls it, once: what nobody takes waits in the kernel's queue.
func (t *Trap) Serve(handle func(net.Conn)) error { return t.hold.serve(t.listeners, handle) }

// Close ends it all: unused ports refuse connections again. It may be called again.
func (t *Trap) Close() error {
	t.closing.Do(func() { t.closed = t.close() })
	return t.closed
}

func (t *Trap) close() error {
	c := t.Counters()
	t.last.Store(&c)
	errs := []error{t.source.Close()}
	for _, l := range t.listeners {
		errs = append(errs, l.Close())
	}
	t.hold.close()
	if t.lock != nil {
		errs = append(errs, t.lock.Close())
	}
	return errors.Join(errs...)
}
