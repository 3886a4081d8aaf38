package visit

import (
	"net/netip"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/fingerprint"
	"github.com/portolan/portolan/internal/packet"
)

// Options say how a Book keeps visits. A zero field has the default.
type Options struct {
	// Emit is called with every visit that began, grew or ended, from within the
	// Book's methods. It must not call the Book. Required.
	Emit func(Visit)
	// Most is how many visits are open at a time; 16,384.
	Most int
	// MostBytes bounds what all open visits take; 64 MiB, and at least 1 MiB.
	MostBytes int
	// Idle ends a visit for which nothing came; two hours, so that what comes every
	// hour is one visit.
	Idle time.Duration
	// Within is how long an irregular SYN is remembered; six hours.
	Within time.Duration
	// Slowest is how long a visit that grows waits until it is handed out again;
	// a minute. It begins with a second and doubles.
	Slowest time.Duration
	// Own are the own networks; private and link-local addresses are always own.
	Own []netip.Prefix
	// Local reports whether an address is this host's; loopback always is.
	Local func(netip.Addr) bool
	// Registry says what a port is for: a status and a service.
	Registry func(portolan.Transport, uint16) (status, service string)
	// Seed makes identifiers unlike those of other processes.
	Seed [16]byte
}

func (o *Options) fill() {
	if o.Most <= 0 {
		o.Most = 16384
	}
	if o.MostBytes <= 0 {
		o.MostBytes = 64 << 20
	}
	o.MostBytes = max(o.MostBytes, 1<<20)
	if o.Idle <= 0 {
		o.Idle = 2 * time.Hour
	}
	if o.Within <= 0 {
		o.Within = 6 * time.Hour
	}
	if o.Slowest <= 0 {
		o.Slowest = time.Minute
	}
}

// Counts are what a Book did. Each event is in exactly one of Knocks, Words and
// Listenings; each visit that ended in one of Ended and Evicted.
type Counts struct {
	Knocks, Words, Listenings uint64
	Ignored                   uint64 // events that say nothing: without a source, pings
	FollowUps                 uint64 // answers to what was answered here, no backscatter
	Started, Ended, Evicted   uint64
	Emitted                   uint64
	Unread                    uint64 // payloads kept whose protocol was not looked for: too many in a second
}

// Book makes visits of events.
type Book struct {
	options   Options
	clock     clock
	ids       ids
	open      map[who]*open
	newest    *open // the list of open visits, by their last event
	oldest    *open
	dirty     []*open // those that changed since they were handed out, in no order
	bytes     int     // that the open visits take
	irregular marks
	answered  tuples
	known     known
	scratch   packet.Packet // of the knock at hand, so that none is allocated
	counts    Counts
}

// who is what a visit is open for: a source, and of this host's own a process, so
// that one does not hide another.
type who struct {
	source netip.Addr
	pid    int
}

func whoOf(source netip.Addr, p *Process) who {
	if p == nil {
		return who{source: source.Unmap()}
	}
	return who{source.Unmap(), p.PID}
}

// NewBook returns an empty Book.
func NewBook(o Options) *Book {
	o.fill()
	return &Book{options: o, open: map[who]*open{}, ids: ids{seed: o.Seed}, irregular: newMarks()}
}

// Counts returns what was done so far.
func (b *Book) Counts() Counts {
	c := b.counts
	c.Unread = b.known.unread
	return c
}

// Len is how many visits are open.
func (b *Book) Len() int { return len(b.open) }

// Bytes is what open visits take, at most [Options.MostBytes]. What is the same
// for every Book, at most 4 MiB, comes on top.
func (b *Book) Bytes() int { return b.bytes }

// Knock takes a packet.
func (b *Book) Knock(k Knock) {
	b.counts.Knocks++
	now := b.clock.at(k.At)
	b.known.tick(now)
	b.scratch = k.Packet
	p := &b.scratch
	defer b.letGo()
	technique := fingerprint.TechniqueOf(p)
	if technique == fingerprint.None || !p.Source.Addr().IsValid() {
		b.counts.Ignored++
		return
	}
	from := whoOf(p.Source.Addr(), k.Process)
	if !technique.Asks() && b.follows(p, technique, now) {
		b.counts.FollowUps++
		if v := b.open[from]; v != nil {
			v.packets++
			b.touch(v, k.At, now)
		}
		return
	}
	v := b.visit(from, k.At, now)
	v.meet(k.Interface, k.Why, k.Process)
	v.knock(p, technique, now)
	if technique == fingerprint.SYN {
		b.noteSYN(v, p, now)
	}
	if len(p.Payload) > 0 && (technique == fingerprint.Datagram || technique == fingerprint.SYN) {
		transport, _ := p.Transport()
		v.hear(said{at: k.At, transport: transport, source: p.Source, dest: p.Dest, data: p.Payload, length: p.PayloadSize, truncated: p.Truncated()}, &b.known)
	}
	b.settle(v, k.At, now)
}

// letGo drops what a knock's slices point into.
func (b *Book) letGo() { b.scratch.Payload, b.scratch.Options = nil, nil }

// noteSYN remembers irregular SYNs, and whether a regular one came behind one.
func (b *Book) noteSYN(v *open, p *packet.Packet, now time.Duration) {
	rules := v.sightings.Add(p)
	if rules.Has(fingerprint.Irregular) {
		v.irregular = true
		b.irregular.put(network(v.source), v.source, now)
		return
	}
	v.regular = true
	if v.irregular {
		v.regularAfter = true
	}
}

// Words takes what was heard on an accepted connection.
func (b *Book) Words(w Words) {
	b.counts.Words++
	now := b.clock.at(w.At)
	if !w.Source.Addr().IsValid() {
		b.counts.Ignored++
		return
	}
	b.known.tick(now)
	b.answered.put(w.Source, w.Dest, now)
	v := b.visit(whoOf(w.Source.Addr(), w.Process), w.At, now)
	v.meet(w.Interface, "", w.Process)
	v.connected(w.Source, w.Dest, w.Transport, now)
	b.secondPhase(v, now)
	if len(w.Bytes) > 0 {
		v.hear(said{at: w.At, transport: w.Transport, source: w.Source, dest: w.Dest, data: w.Bytes, length: max(w.Size, len(w.Bytes)),
			truncated: w.Truncated || w.Size > len(w.Bytes), closed: w.Closed, inTLS: w.InTLS, alpn: w.ALPN}, &b.known)
	}
	b.settle(v, w.At, now)
}

// Listening takes a process of this host that holds a port.
func (b *Book) Listening(l Listening) {
	b.counts.Listenings++
	now := b.clock.at(l.At)
	if !l.Local.Addr().IsValid() {
		b.counts.Ignored++
		return
	}
	v := b.visit(whoOf(l.Local.Addr(), l.Process), l.At, now)
	v.meet("", "", l.Process)
	v.listens = true
	v.touchPort(l.Transport, l.Local.Port())
	b.settle(v, l.At, now)
}

// Answered says that a packet from source to dest was answered here, so that
// what the source says to the answer is not taken for backscatter. [Book.Words]
// says so too.
func (b *Book) Answered(at time.Time, source, dest netip.AddrPort) {
	b.answered.put(source, dest, b.clock.at(at))
}

// follows reports whether a packet that asks for nothing answers what we said: a
// RST to our SYN-ACK, or an error about it.
func (b *Book) follows(p *packet.Packet, t fingerprint.Technique, now time.Duration) bool {
	source, dest, protocol := p.Source, p.Dest, p.Protocol
	if t == fingerprint.Error {
		source, dest, protocol = p.Quoted.Dest, p.Quoted.Source, p.Quoted.Protocol
		if !source.Addr().IsValid() {
			return false
		}
	}
	if b.answered.has(source, dest, now) {
		return true
	}
	transport, ok := protocol.Transport()
	v := b.open[whoOf(source.Addr(), nil)]
	return ok && v != nil && v.asked(transport, dest.Port())
}

// secondPhase looks whether an irregular SYN came before a connection.
func (b *Book) secondPhase(v *open, now time.Duration) {
	if v.second != "" {
		return
	}
	if v.regularAfter {
		v.second = "an irregular SYN of the same source came before a regular one that completed its handshake"
		return
	}
	if v.irregular || !v.regular || !v.source.Is4() {
		return
	}
	if other, ok := b.irregular.get(network(v.source), now, b.options.Within); ok && other != v.source {
		v.second = "an irregular SYN came from " + other.String() + ", of the same /24, before this source completed a handshake"
	}
}

// network is the /24 of an IPv4 address; of IPv6 an address is its own.
func network(a netip.Addr) netip.Prefix {
	length := a.BitLen()
	if a.Is4() {
		length = 24
	}
	p, _ := a.Prefix(length)
	return p
}

// Tick hands out what changed and ends what is over. Call it about every second,
// with the time as it is then.
func (b *Book) Tick(at time.Time) {
	now := b.clock.at(at)
	for b.oldest != nil && now-b.oldest.seen >= b.options.Idle {
		b.end(b.oldest, Ended)
	}
	for i := 0; i < len(b.dirty); {
		v := b.dirty[i]
		if !v.due(now) {
			i++
			continue
		}
		b.clean(v) // puts another one at i
		b.emit(v, Open)
		v.waits(now, b.options.Slowest)
	}
}

// Close ends all visits.
func (b *Book) Close() {
	for b.oldest != nil {
		b.end(b.oldest, Ended)
	}
}

// visit returns the open visit of a source; a new one where there is none.
func (b *Book) visit(w who, at time.Time, now time.Duration) *open {
	if v := b.open[w]; v != nil {
		return v
	}
	for len(b.open) >= b.options.Most {
		b.end(b.oldest, Evicted)
	}
	v := &open{who: w, id: b.ids.next(at), began: at, first: now, origin: b.origin(w.source), size: openSize}
	b.open[w] = v
	b.bytes += v.size
	b.link(v)
	b.counts.Started++
	return v
}

// settle notes that an event was taken, and holds the bound of bytes.
func (b *Book) settle(v *open, at time.Time, now time.Duration) {
	b.touch(v, at, now)
	size := v.bytes()
	b.bytes += size - v.size
	v.size = size
	for b.bytes > b.options.MostBytes && b.oldest != nil {
		b.end(b.oldest, Evicted)
	}
}

// touch makes a visit the newest.
func (b *Book) touch(v *open, at time.Time, now time.Duration) {
	v.seen, v.last = now, later(v.last, at, v.began.Add(now-v.first))
	if b.newest != v {
		b.unlink(v)
		b.link(v)
	}
	if v.changed == 0 {
		b.dirty = append(b.dirty, v)
		v.changed = len(b.dirty)
	}
}

// clean takes a visit off the list of those that changed.
func (b *Book) clean(v *open) {
	if v.changed == 0 {
		return
	}
	n := len(b.dirty) - 1
	last := b.dirty[n]
	b.dirty[v.changed-1], last.changed = last, v.changed
	b.dirty[n], v.changed = nil, 0
	b.dirty = b.dirty[:n]
}

// later is the time of an event: what the clock says, unless it was set back.
func later(last, at, gone time.Time) time.Time {
	for _, t := range [...]time.Time{at.Round(0), gone.Round(0)} {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// end takes a visit out and hands it out for the last time.
func (b *Book) end(v *open, s State) {
	delete(b.open, v.who)
	b.unlink(v)
	b.clean(v)
	b.bytes -= v.size
	if s == Evicted {
		b.counts.Evicted++
	} else {
		b.counts.Ended++
	}
	b.emit(v, s)
}

func (b *Book) emit(v *open, s State) {
	v.revision++
	b.counts.Emitted++
	b.options.Emit(v.value(s, b.options.Registry))
}

func (b *Book) origin(a netip.Addr) Origin {
	if a.IsLoopback() || b.options.Local != nil && b.options.Local(a) {
		return FromHost
	}
	if a.IsPrivate() || a.IsLinkLocalUnicast() {
		return FromOwn
	}
	for _, p := range b.options.Own {
		if p.Contains(a) {
			return FromOwn
		}
	}
	return FromOutside
}

// link puts a visit at the new end of the list.
func (b *Book) link(v *open) {
	v.older, v.newer = b.newest, nil
	if b.newest != nil {
		b.newest.newer = v
	} else {
		b.oldest = v
	}
	b.newest = v
}

func (b *Book) unlink(v *open) {
	if v.older != nil {
		v.older.newer = v.newer
	} else if b.oldest == v {
		b.oldest = v.newer
	}
	if v.newer != nil {
		v.newer.older = v.older
	} else if b.newest == v {
		b.newest = v.older
	}
	v.older, v.newer = nil, nil
}
