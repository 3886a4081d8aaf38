package visit

import (
	"crypto/sha256"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/protocol"
)

// known holds words to the grammars of all protocols, and remembers what came of
// it: a flood of datagrams from forged sources says the same again and again, or
// costs too much to be read to the last one.
type known struct {
	by     map[lookedAt]protocol.Match
	second int64 // that left is of
	left   int
	unread uint64
}

// lookedAt is what words are known by.
type lookedAt struct {
	sum       [sha256.Size]byte
	transport portolan.Transport
	truncated bool
	closed    bool
	inTLS     bool
}

const (
	// mostLooked bounds the memory, which is emptied when it is full.
	mostLooked = 512
	// looksPerSecond bounds the time: a look takes some 70 microseconds.
	looksPerSecond = 3000
)

// tick allows as many looks as there are in a second.
func (k *known) tick(now time.Duration) {
	if s := int64(now / time.Second); s != k.second || k.by == nil {
		k.second, k.left = s, looksPerSecond
	}
}

// look names the protocol of words; false where none is known, or where they
// belong to several, or where too much was said to read all of it.
func (k *known) look(s *sample) (protocol.Match, bool) {
	key := lookedAt{s.sum, s.transport, s.truncated, s.closed, s.inTLS}
	if m, seen := k.by[key]; seen {
		return m, m.Protocol != ""
	}
	if k.left <= 0 {
		k.unread++
		return protocol.Match{}, false
	}
	k.left--
	if k.by == nil || len(k.by) >= mostLooked {
		k.by = map[lookedAt]protocol.Match{}
	}
	var m protocol.Match
	found := protocol.RecogniseOpening(protocol.Said{
		Transport: s.transport, Data: s.data, Cut: s.truncated, Closed: s.closed, InTLS: s.inTLS, ALPN: s.alpn,
	})
	if len(found) == 1 || len(found) > 1 && found[1].Strength < found[0].Strength {
		m = owned(found[0])
	}
	k.by[key] = m
	return m, m.Protocol != ""
}

// owned copies what a match states, so that no part of it keeps all that was said.
func owned(m protocol.Match) protocol.Match {
	m.Product, m.Version = clip(m.Product), clip(m.Version)
	details := make([]protocol.Detail, 0, min(len(m.Details), mostDetails))
	for _, d := range m.Details[:cap(details)] {
		details = append(details, protocol.Detail{Name: d.Name, Value: clip(d.Value)})
	}
	m.Details = details
	return m
}
