package visit

import (
	"hash/maphash"
	"net/netip"
	"time"
)

// marks remember who sent an irregular SYN, by network. The oldest go first.
type marks struct {
	by   map[netip.Prefix]mark
	ring []netip.Prefix
	next int
}

type mark struct {
	source netip.Addr
	at     time.Duration
}

const mostMarks = 4096

func newMarks() marks {
	return marks{by: map[netip.Prefix]mark{}, ring: make([]netip.Prefix, mostMarks)}
}

func (m *marks) put(n netip.Prefix, source netip.Addr, now time.Duration) {
	if _, known := m.by[n]; !known {
		delete(m.by, m.ring[m.next])
		m.ring[m.next] = n
		m.next = (m.next + 1) % mostMarks
	}
	m.by[n] = mark{source, now}
}

// get returns the source that last marked a network.
func (m *marks) get(n netip.Prefix, now, within time.Duration) (netip.Addr, bool) {
	k, ok := m.by[n]
	return k.source, ok && now-k.at <= within
}

// tuples remember for a while which packets were answered, in a table of fixed
// size: a newer one takes the place of an older one of the same hash.
type tuples struct {
	seed maphash.Seed
	at   []tuple
}

type tuple struct {
	hash uint64
	at   time.Duration
}

const (
	mostTuples = 8192
	// answerLives is how long a stranger's stack may still speak of our answer.
	answerLives = 2 * time.Minute
)

func (t *tuples) hash(source, dest netip.AddrPort) uint64 {
	return maphash.Comparable(t.seed, [2]netip.AddrPort{unmapped(source), unmapped(dest)})
}

func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

func (t *tuples) put(source, dest netip.AddrPort, now time.Duration) {
	if t.at == nil {
		t.seed, t.at = maphash.MakeSeed(), make([]tuple, mostTuples)
	}
	h := t.hash(source, dest)
	t.at[h%mostTuples] = tuple{h, now}
}

func (t *tuples) has(source, dest netip.AddrPort, now time.Duration) bool {
	if t.at == nil {
		return false
	}
	h := t.hash(source, dest)
	e := t.at[h%mostTuples]
	return e.hash == h && now-e.at <= answerLives
}
