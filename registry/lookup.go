package registry

import (
	"iter"

	"github.com/portolan/portolan"
)

// Answer is what the sources of one day say of a key. It is a small value that
// points into the embedded data.
type Answer struct {
	key     portolan.Key
	status  Status
	listed  bool
	edition uint16 // number of the whole edition that it rests on
	news    bool   // whether lists newer than the edition count
	cell    uint16
}

// Key is what was asked.
func (a Answer) Key() portolan.Key { return a.key }

// Status is the word for the key on that day.
func (a Answer) Status() Status { return a.status }

// Listed reports whether a row of the source names the key. False means that
// the status follows from the key's absence, or from its range for dynamic.
func (a Answer) Listed() bool { return a.listed }

// Edition is the whole edition that the answer rests on. Newer lists of names
// may add to it; see [Assignment.First] of each.
func (a Answer) Edition() Source { return source(int(a.edition)) }

// Lookup answers for today: from the newest whole edition that we hold, and
// for names newer than it from the lists that have them. It does not allocate.
func Lookup(k portolan.Key) Answer {
	c := cellOf(k.Port)
	a := Answer{key: k, edition: uint16(edition), news: true, cell: uint16(c)}
	a.status, a.listed = c.today(k.Transport)
	return a
}

// At answers for a date: from the newest whole edition at or before it, and for
// names newer than the newest from the lists that were there by then.
// ok is false before the first edition that speaks of the transport. Between two editions the
// truth may be that of either: [Answer.Edition] says which day the answer is of,
// and [Gap] which edition comes next.
func At(k portolan.Key, d Date) (a Answer, ok bool) {
	if e, ok := editionAt(d, k.Transport); ok {
		if e == edition && newsDate.earliest() <= d.latest() {
			return Lookup(k), true
		}
		return answer(k, e), true
	}
	return Answer{key: k}, false
}

// Gap returns the next whole edition after that of an answer, which bounds
// what the answer can know; ok is false where the answer is of the newest.
func (a Answer) Gap() (next Source, ok bool) {
	s := neighbour(int(a.edition), a.key.Transport, +1)
	return s, s.ID != ""
}

func answer(k portolan.Key, e int) Answer {
	a := Answer{key: k, edition: uint16(e), cell: uint16(cellOf(k.Port))}
	for x := range a.Rows() {
		a.listed = true
		if s := x.Status(); s == Assigned || a.status == Unassigned {
			a.status = s
		}
	}
	if a.status == Unassigned && portolan.RangeOf(k.Port) == portolan.Dynamic {
		a.status = Dynamic
	}
	return a
}

// counts reports whether a row of the key's cell belongs to the answer.
func (a Answer) counts(r row) bool {
	if a.news {
		return r.current() && r.on(a.key.Transport)
	}
	return r.on(a.key.Transport) && r.in(int(a.edition))
}

// Rows yields every row that the answer rests on, whatever its status, in the
// source's order.
func (a Answer) Rows() iter.Seq[Assignment] {
	return func(yield func(Assignment) bool) {
		for r := range cell(a.cell).rows() {
			if a.counts(r) && !yield(assignment(r)) {
				return
			}
			if a.news && !r.current() {
				return // the rows of today's answers stand first in a cell
			}
		}
	}
}

// Assignments yields what the key is assigned for, in the source's order;
// nothing unless Status is Assigned.
func (a Answer) Assignments() iter.Seq[Assignment] {
	return func(yield func(Assignment) bool) {
		for x := range a.Rows() {
			if x.Status() == Assigned && !yield(x) {
				return
			}
		}
	}
}

// First is the first assignment, zero where there is none.
func (a Answer) First() Assignment {
	for x := range a.Assignments() {
		return x
	}
	return Assignment{}
}

// Service is the service name of the first assignment, "" where there is none.
func (a Answer) Service() string { return a.First().Service() }
