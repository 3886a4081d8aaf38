package registry

import (
	"iter"
	"sort"

	"github.com/portolan/portolan"
)

// Match is a span that a name stands, or stood, for.
type Match struct {
	Span       portolan.Span
	Transport  portolan.Transport
	Assignment Assignment
	Current    bool // today's answer for the key has it
	Alias      bool // the name is an alias in the row, or a witness's word
}

// Service returns what a service name stands for, in any case: what holds
// today first, then former holders, then aliases and the names that witnesses
// use. One match for each row and transport.
func Service(name string) []Match {
	var groups [3][]Match
	n := len(dataNames) / 6
	for i := sort.Search(n, func(i int) bool { return compareFold(nameAt(i), name) >= 0 }); i < n && compareFold(nameAt(i), name) == 0; i++ {
		r := row(u24(dataNames, i*6+3))
		for _, m := range matches(r, name) {
			groups[m.rank()] = append(groups[m.rank()], m)
		}
	}
	return append(append(groups[0], groups[1]...), groups[2]...)
}

// Named yields every row of any source that has a name or an alias, in any
// case, the ARPANET's too. Lists of names that repeat an edition are left out.
func Named(name string) iter.Seq[Assignment] {
	return func(yield func(Assignment) bool) {
		n := len(dataNames) / 6
		for i := sort.Search(n, func(i int) bool { return compareFold(nameAt(i), name) >= 0 }); i < n && compareFold(nameAt(i), name) == 0; i++ {
			r := row(u24(dataNames, i*6+3))
			if s := &certificates()[r.firstSource()]; s.Role == Assigns && !s.Whole && r.flags()&newsBit == 0 {
				continue
			}
			if !yield(assignment(r)) {
				return
			}
		}
	}
}

func nameAt(i int) string { return text(u24(dataNames, i*6)) }

func matches(r row, name string) []Match {
	var all []Match
	s := source(r.firstSource())
	if s.Role == Assigns && !s.Whole && r.flags()&newsBit == 0 {
		return nil // a list of names repeats the edition
	}
	for _, t := range portolan.Transports {
		if r.on(t) {
			all = append(all, Match{Span: r.span(), Transport: t, Assignment: assignment(r),
				Current: r.current(), Alias: r.status() == statusSeen || compareFold(r.text(fieldService), name) != 0})
		}
	}
	return all
}

func (m Match) rank() int {
	switch {
	case m.Alias:
		return 2
	case !m.Current:
		return 1
	}
	return 0
}

// Names yields every name that the registry or a witness uses today, in lower
// case order, once whatever its case.
func Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		last := ""
		for i := range len(dataNames) / 6 {
			r, name := row(u24(dataNames, i*6+3)), nameAt(i)
			if compareFold(name, last) == 0 || !r.current() && r.status() != statusSeen {
				continue
			}
			if last = name; !yield(name) {
				return
			}
		}
	}
}

// compareFold compares two names as if both were in lower case. Service names
// are ASCII (RFC 6335, section 5.1); other bytes compare as they are.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
