package trap

import (
	"errors"
	"net/netip"
	"time"
)

// judge says what a packet is an event of, as the programs of bpf/watch.c do, for
// the modes without them. It is not safe for two goroutines at once.
type judge struct {
	opt     Options
	answers bool // SYNs are answered
	locals  map[netip.Prefix]bool
	bits    map[int]bool // lengths of prefixes in locals
	limits  recent[netip.Addr, time.Time]
	flows   recent[[2]netip.AddrPort, time.Time] // of datagrams
	said    recent[[2]netip.AddrPort, Why]
	// exists asks the kernel for a socket.
	exists func(p *Packet, ifindex int) (bool, error)
}

func newJudge(o Options, answers bool, exists func(*Packet, int) (bool, error)) *judge {
	return &judge{opt: o, answers: answers, exists: exists, locals: map[netip.Prefix]bool{}, bits: map[int]bool{}}
}

func (j *judge) setLocals(locals []netip.Prefix) {
	clear(j.locals)
	clear(j.bits)
	for _, p := range locals {
		j.locals[p.Masked()] = true
		j.bits[p.Bits()] = true
	}
}

func (j *judge) local(a netip.Addr) bool {
	for n := range j.bits {
		if p, err := a.Prefix(n); err == nil && j.locals[p] {
			return true
		}
	}
	return false
}

// classify says what a packet would be an event of, if it found no socket: 0 for
// what is none. parse is what DecodePacket answered.
func classify(p *Packet, parse error) Why {
	switch {
	case errors.Is(parse, errEndless):
		return Headers
	case p.Protocol == ProtocolTCP && p.First && p.Size < tiny && p.Destination.Port() != 0:
		return Fragment
	case parse != nil:
		return 0
	case p.Protocol == ProtocolTCP:
		return classifyTCP(p.Flags)
	case p.Protocol == ProtocolUDP:
		return UDP
	case icmpError(p):
		return ICMP
	}
	return 0
}

// tiny is shorter than the longest TCP header and one unit of a fragment.
const tiny = 64

func classifyTCP(flags uint8) Why {
	const kinds = FlagSYN | FlagACK | FlagRST | FlagFIN
	switch {
	case flags&kinds == FlagSYN:
		return SYN
	case flags&FlagRST != 0 || flags&(FlagSYN|FlagACK) == FlagSYN|FlagACK:
		return Backscatter
	case flags&kinds == FlagACK:
		return ACK
	}
	return Flags
}

func icmpError(p *Packet) bool {
	if len(p.Transport) < 8 {
		return false
	}
	switch kind := p.Transport[0]; p.Protocol {
	case ProtocolICMP:
		return kind == 3 || kind == 4 || kind == 5 || kind == 11 || kind == 12
	case ProtocolICMPv6:
		return kind >= 1 && kind <= 4
	}
	return false
}

// verdict is what becomes of a packet.
type verdict uint8

const (
	nothing verdict = iota
	ignored
	limited
	emitted
)

// see judges one packet and fills the event.
func (j *judge) see(b []byte, ifindex int, now time.Time, e *Event) verdict {
	p, err := DecodePacket(b)
	e.Why = classify(&p, err)
	if e.Why == 0 || !j.guarded(&p) || !j.local(p.Destination.Addr()) {
		return nothing
	}
	if e.Why != SYN && p.Protocol == ProtocolTCP {
		if why, ok := j.said.get(pairOf(&p)); ok && (why == SYN || why == e.Why) {
			return nothing
		}
	}
	asked := &p
	if e.Why == ICMP {
		asked = quoted(&p)
	}
	if asked.Protocol == ProtocolTCP || asked.Protocol == ProtocolUDP {
		if there, err := j.exists(asked, ifindex); there || err != nil {
			return nothing
		}
	}
	if j.ignores(&p) {
		return ignored
	}
	if p.Protocol == ProtocolUDP && beyond(&j.flows, pairOf(&p), time.Second, (same-1)*time.Second, now) {
		return limited
	}
	interval := time.Second / time.Duration(j.opt.PerSource)
	if beyond(&j.limits, counted(p.Source.Addr()), interval, interval*time.Duration(j.opt.Burst-1), now) {
		return limited
	}
	if p.Protocol == ProtocolTCP {
		j.said.put(pairOf(&p), e.Why)
	}
	e.Answered = j.answers && e.Why == SYN && j.opt.AnswerOnly.Has(p.Destination.Port())
	j.keep(b, &p, e)
	return emitted
}

func pairOf(p *Packet) [2]netip.AddrPort { return [2]netip.AddrPort{p.Source, p.Destination} }

func (j *judge) guarded(p *Packet) bool {
	switch p.Protocol {
	case ProtocolTCP:
		return j.opt.TCP.Has(p.Destination.Port())
	case ProtocolUDP:
		return j.opt.UDP.Has(p.Destination.Port())
	}
	return true
}

func (j *judge) ignores(p *Packet) bool {
	for _, i := range j.opt.Ignore {
		if i.Source.Contains(p.Source.Addr()) && (i.Port == 0 || i.Port == p.Destination.Port()) {
			return true
		}
	}
	return false
}

// same is how many datagrams with the same ends are events at once; after that it
// is one a second.
const same = 32

// beyond is the generic cell rate algorithm, as in watch.c: one moment says until
// when a share is used up.
func beyond[K comparable](shares *recent[K, time.Time], who K, every, ahead time.Duration, now time.Time) bool {
	until, _ := shares.get(who)
	if until.Before(now) {
		until = now
	}
	if until.Sub(now) > ahead {
		return true
	}
	shares.put(who, until.Add(every))
	return false
}

// keep copies as much of the packet as is asked for.
func (j *judge) keep(b []byte, p *Packet, e *Event) {
	e.Length = len(b)
	most := j.opt.Snap
	if p.Protocol == ProtocolUDP {
		most = j.opt.SnapUDP
	}
	e.Packet = append(e.Packet[:0], b[:min(most, len(b))]...)
}

// quoted is the packet that an ICMP error is about, as an answer to it would come
// in: its ends the other way round.
func quoted(p *Packet) *Packet {
	q, _ := DecodePacket(p.Transport[8:])
	q.Source, q.Destination = q.Destination, q.Source
	if q.Destination.Port() == 0 {
		q.Protocol = 0
	}
	return &q
}

// recent remembers the last of what it was told, and no more than twice most.
type recent[K comparable, V any] struct{ now, before map[K]V }

const mostRecent = 65536

func (r *recent[K, V]) get(k K) (V, bool) {
	if v, ok := r.now[k]; ok {
		return v, true
	}
	v, ok := r.before[k]
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	if r.now == nil || len(r.now) >= mostRecent {
		r.before, r.now = r.now, map[K]V{}
	}
	r.now[k] = v
}
