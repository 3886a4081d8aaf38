package figures

import (
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// When says when an assignment was lost: a year, or the years of the two
// editions between which it went, "1994–2005". Editions that are a few weeks
// apart place a loss in the year of the one that lacks it.
func (l Loss) When() string {
	last, gone := l.Life.Last.Date, l.Life.Gone.Date
	if last.Year == gone.Year || monthOf(gone)-monthOf(last) <= 3 {
		return year(gone.Year)
	}
	return year(last.Year) + "–" + year(gone.Year)
}

func year(y int16) string { return registry.Date{Year: y}.String() }

// Unchanged is an assignment of today that no edition ever changed: not its
// name, its description, its ports, its holder or any note. Case, blanks and
// punctuation are the typist's and do not count.
type Unchanged struct {
	Key        portolan.Key
	Assignment registry.Assignment
	Since      registry.Source // the first edition that lists it
}

// OldestUnchanged returns the unchanged assignments that the oldest edition
// lists which lists any of them, by port.
func OldestUnchanged() []Unchanged {
	order := whole()
	number := func(s registry.Source) int {
		return slices.IndexFunc(order, func(o registry.Source) bool { return o.ID == s.ID })
	}
	var oldest []Unchanged
	best := len(order)
	for k := range assignedKeys() {
		u, ok := unchanged(k)
		if !ok {
			continue
		}
		switch n := number(u.Since); {
		case n < 0 || n > best:
		case n < best:
			best, oldest = n, []Unchanged{u}
		default:
			oldest = append(oldest, u)
		}
	}
	return oldest
}

// assignedKeys yields the keys that are assigned today, by port.
func assignedKeys() func(yield func(portolan.Key) bool) {
	return func(yield func(portolan.Key) bool) {
		for run := range registry.Runs() {
			for p := int(run.First); p <= int(run.Last); p++ {
				for _, t := range portolan.Transports {
					k := portolan.Key{Port: uint16(p), Transport: t}
					if registry.Lookup(k).Status() == registry.Assigned && !yield(k) {
						return
					}
				}
			}
		}
	}
}

func unchanged(k portolan.Key) (Unchanged, bool) {
	events := registry.Events(k)
	if len(events) != 1 || events[0].Kind != registry.Listed {
		return Unchanged{}, false
	}
	return Unchanged{k, registry.Lookup(k).First(), events[0].At}, true
}

// Renaming is a run of ports on one transport with the events that gave them
// another name.
type Renaming struct {
	Span      portolan.Span
	Transport portolan.Transport
	Events    []registry.Event // of the kinds renamed and reassigned, oldest first
}

// Named is a service name and an edition that shows it.
type Named struct {
	Name string
	In   registry.Source
}

// Names are the distinct service names, in any case, in the order in which they
// came, each with the edition that tells of it. The descriptions that older
// lists have in place of names are none.
func (r Renaming) Names() []Named {
	var all []Named
	add := func(a registry.Assignment, in registry.Source) {
		name := a.Service()
		if name != "" && !slices.ContainsFunc(all, func(n Named) bool { return strings.EqualFold(n.Name, name) }) {
			all = append(all, Named{name, in})
		}
	}
	for _, e := range r.Events {
		add(e.From, e.Before)
		add(e.To, e.At)
	}
	return all
}

// MostRenamed returns the runs of ports that had the most names one after the
// other, by port.
func MostRenamed() []Renaming {
	var most []Renaming
	names := 1
	for run := range registry.Runs() {
		for _, t := range AllTransports {
			r := renaming(run, t)
			n := len(r.Names())
			if n > names {
				names, most = n, nil
			}
			if n == names && n > 1 {
				most = append(most, r)
			}
		}
	}
	return most
}

func renaming(run portolan.Span, t portolan.Transport) Renaming {
	events := registry.Events(portolan.Key{Port: run.First, Transport: t})
	return Renaming{run, t, slices.DeleteFunc(events, func(e registry.Event) bool {
		return e.Kind != registry.Renamed && e.Kind != registry.Reassigned
	})}
}
