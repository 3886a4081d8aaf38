package registry

import (
	"github.com/portolan/portolan"
)

// EditionAt returns the newest whole edition at or before a date, whatever
// transports it speaks of, and the one that comes next; zero where there is none.
func EditionAt(d Date) (at, next Source) {
	for i := firstEdition; i <= edition; i++ {
		s := &certificates()[i]
		if !s.Whole {
			continue
		}
		if s.Date.earliest() > d.latest() {
			return at, *s
		}
		at = *s
	}
	return at, Source{}
}

// In answers from one edition; ok is false where the source is no edition of
// the registry, or does not speak of the transport.
func In(k portolan.Key, s Source) (a Answer, ok bool) {
	i, ok := number(s)
	if !ok || i < firstEdition || i > edition || !s.Whole || !s.Covers(k.Transport) {
		return Answer{key: k}, false
	}
	return answer(k, i), true
}

// Turns returns the editions in which a row of a key comes or is first lacking,
// oldest first. Between two of them every edition says the same of the key.
func Turns(k portolan.Key) []Source {
	var x comparison
	x.read(cellOf(k.Port), k.Transport)
	var all []Source
	for _, at := range boundaries(x.held, k.Transport) {
		all = append(all, source(at))
	}
	return all
}

// Count says how many ports of a transport have each status in an edition, by
// the number of the [Status].
func Count(t portolan.Transport, s Source) (ports [4]int) {
	for _, span := range []portolan.Span{{Last: portolan.Dynamic.Span().First - 1}, portolan.Dynamic.Span()} {
		for _, cell := range cells(span) {
			if a, ok := In(portolan.Key{Port: cell.First, Transport: t}, s); ok {
				ports[a.Status()] += cell.Len()
			}
		}
	}
	return ports
}
