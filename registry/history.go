package registry

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/portolan/portolan"
)

// Tenure is a stretch of a key's life: what the sources say from First to Last.
type Tenure struct {
	First, Last Source
	// NotYet is the whole edition before First, which lacks it: it began after
	// that one's date and at or before First's. Gone is the whole edition after
	// Last, which lacks it. Zero where there is none.
	NotYet, Gone Source
	// Assignment is the row; of a life, its newest.
	Assignment Assignment
	// Rows are all rows of a life, oldest first; of a row, itself.
	Rows []Assignment
}

// History returns every row that an assigning source ever had for the key,
// whatever its status, oldest first. A row whose text changed stands once for
// each text.
func History(k portolan.Key) []Tenure { return historyOf(cellOf(k.Port), k.Transport) }

func historyOf(c cell, on portolan.Transport) []Tenure {
	var all []Tenure
	for r := range c.rows() {
		if !r.on(on) {
			continue
		}
		if r.status() == statusSeen || source(r.firstSource()).Role != Assigns {
			continue
		}
		if source(r.firstSource()).Whole || r.flags()&newsBit != 0 {
			all = append(all, tenure(r, on))
		}
	}
	slices.SortStableFunc(all, func(a, b Tenure) int {
		return cmp.Compare(a.First.Date.earliest(), b.First.Date.earliest())
	})
	return all
}

// cellRows yields all rows, of any source, that speak of a key.
func cellRows(k portolan.Key) iter.Seq[row] {
	return func(yield func(row) bool) {
		for r := range cellOf(k.Port).rows() {
			if r.on(k.Transport) && !yield(r) {
				return
			}
		}
	}
}

func tenure(r row, on portolan.Transport) Tenure {
	first, last := r.firstSource(), r.lastSource()
	t := Tenure{First: source(first), Last: source(last), Assignment: assignment(r), Rows: []Assignment{assignment(r)}}
	t.NotYet, t.Gone = neighbour(first, on, -1), neighbour(last, on, +1)
	return t
}

// neighbour returns the next source before or after i that is of its series,
// whole, and speaks of the transport.
func neighbour(i int, on portolan.Transport, step int) Source {
	if j := neighbourNumber(i, on, step); j >= 0 {
		return source(j)
	}
	return Source{}
}

// neighbourNumber is neighbour's number, -1 where there is none.
func neighbourNumber(i int, on portolan.Transport, step int) int {
	all := certificates()
	for j := i + step; 0 <= j && j < len(all) && all[j].Series == all[i].Series; j += step {
		if all[j].Whole && all[j].Covers(on) {
			return j
		}
	}
	return -1
}

// Lives returns what the key was ever assigned for, one for each service name in
// any spelling of case, oldest first: from the first source that lists it to the
// last. Rows without a name belong to the name that they describe ("Telnet" of
// RFC 820 to the telnet that RFC 900 named), else to their description. A life
// may have holes; [History] shows them.
func Lives(k portolan.Key) []Tenure { return livesOf(cellOf(k.Port), k.Transport) }

func livesOf(c cell, on portolan.Transport) []Tenure {
	var lives []Tenure
	var nameless []Tenure
	for _, t := range historyOf(c, on) {
		switch {
		case t.Assignment.Status() != Assigned:
		case t.Assignment.Service() == "":
			nameless = append(nameless, t)
		default:
			lives = livedAs(lives, t)
		}
	}
	for _, t := range nameless {
		lives = livedAs(lives, t)
	}
	slices.SortStableFunc(lives, func(a, b Tenure) int { return cmp.Compare(a.First.Date.earliest(), b.First.Date.earliest()) })
	return lives
}

// livedAs adds a tenure to the life that it belongs to, or as a life of its own.
func livedAs(lives []Tenure, t Tenure) []Tenure {
	i := slices.IndexFunc(lives, func(l Tenure) bool {
		return slices.ContainsFunc(l.Rows, func(r Assignment) bool { return sameName(r, t.Assignment) })
	})
	if i < 0 {
		return append(lives, t)
	}
	l := &lives[i]
	l.Rows = append(l.Rows, t.Assignment)
	slices.SortStableFunc(l.Rows, func(a, b Assignment) int { return cmp.Compare(a.row().firstSource(), b.row().firstSource()) })
	if t.First.Date.earliest() < l.First.Date.earliest() {
		l.First, l.NotYet = t.First, t.NotYet
	}
	if l.Last.Date.latest() <= t.Last.Date.latest() {
		l.Last, l.Gone, l.Assignment = t.Last, t.Gone, t.Assignment
	}
	return lives
}

// LifeOf returns the life that an assignment of the key is a part of.
func LifeOf(k portolan.Key, a Assignment) (Tenure, bool) {
	for _, l := range Lives(k) {
		if slices.Contains(l.Rows, a) {
			return l, true
		}
	}
	return Tenure{}, false
}

// sameName reports whether two rows give a key to the same service by name.
// Lists without names came first: "Telnet", without a name, is the telnet that
// RFC 900 gave one.
func sameName(a, b Assignment) bool {
	switch x, y := a.Service(), b.Service(); {
	case x == "" && y == "":
		return SameText(a.Description(), b.Description())
	case x == "":
		return describes(a, b)
	case y == "":
		return describes(b, a)
	default:
		return strings.EqualFold(x, y)
	}
}

// describes reports whether a nameless row is described as a named one is
// called or described.
func describes(nameless, named Assignment) bool {
	d := plain(nameless.Description())
	return d != "" && (d == plain(named.Service()) || d == plain(named.Description()))
}

// EverAssigned reports whether any assigning source ever gave the port, on any
// transport. It does not allocate.
func EverAssigned(port uint16) bool {
	for r := range cellOf(port).rows() {
		if Status(r.status()) == Assigned {
			return true
		}
	}
	return false
}
