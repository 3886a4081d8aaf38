// Package figures counts what the registry holds over time: editions, ghosts,
// losses, and how well today's rows are known. "portolan stats" prints it,
// docs/findings.md and its plots are made from it.
//
// A key is a port on one transport. Where a figure is of keys and where it is of
// ports is said with each: the two must not be added.
package figures

import (
	"slices"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// AllTransports are the transports that editions speak of, the ARPANET's included.
var AllTransports = [...]portolan.Transport{portolan.TCP, portolan.UDP, portolan.SCTP, portolan.DCCP, portolan.NCP}

// Editions returns the editions that tell the story: every one that was
// published as a document of its own, the last of each year among those that
// came week by week, and the newest, oldest first.
func Editions() []registry.Source {
	all := whole()
	var kept []registry.Source
	for i, s := range all {
		last := i == len(all)-1 || all[i+1].Date.Year != s.Date.Year
		if s.Of == "" || last {
			kept = append(kept, s)
		}
	}
	return kept
}

// whole returns all whole editions of the registry, of any transport.
func whole() []registry.Source {
	newest := registry.Lookup(portolan.Key{}).Edition()
	return slices.DeleteFunc(registry.Sources(), func(s registry.Source) bool {
		return s.Series != newest.Series || !s.Whole
	})
}

// holeYears is how many years must lie between two editions to be called a hole.
const holeYears = 5

// Hole returns how many whole years lie between an edition and the next, if so many
// that a timeline must mark them: what happened there is not known.
func Hole(before, next registry.Source) (years int, ok bool) {
	months := monthOf(next.Date) - monthOf(before.Date)
	return months / 12, before.ID != "" && months >= holeYears*12
}

func monthOf(d registry.Date) int { return int(d.Year)*12 + int(max(d.Month, 1)) }

// GhostCount is of the keys of one range and transport.
type GhostCount struct {
	Range     string             `json:"range"`
	Transport portolan.Transport `json:"transport"`
	Assigned  int                `json:"assigned"`
	Ghosts    int                `json:"ghosts"`
}

// Ghosts counts the assigned keys that are asked for, and the ghosts among them,
// by range and transport; what has none assigned is left out.
func Ghosts(asked func(portolan.Key) bool) []GhostCount {
	var assigned, ghosts [2][len(portolan.Transports)]int
	for run := range registry.Runs() {
		in := portolan.RangeOf(run.First)
		for i, t := range portolan.Transports {
			k := portolan.Key{Port: run.First, Transport: t}
			if in == portolan.Dynamic || registry.Lookup(k).Status() != registry.Assigned {
				continue
			}
			n := askedOf(run, t, asked)
			assigned[in][i] += n
			if registry.IsGhost(k) {
				ghosts[in][i] += n
			}
		}
	}
	all := []GhostCount{}
	for _, in := range [...]portolan.Range{portolan.System, portolan.User} {
		for i, t := range portolan.Transports {
			if assigned[in][i] > 0 {
				all = append(all, GhostCount{in.String(), t, assigned[in][i], ghosts[in][i]})
			}
		}
	}
	return all
}

func askedOf(run portolan.Span, t portolan.Transport, asked func(portolan.Key) bool) int {
	n := 0
	for p := int(run.First); p <= int(run.Last); p++ {
		if asked(portolan.Key{Port: uint16(p), Transport: t}) {
			n++
		}
	}
	return n
}

// Loss is an assignment on one transport that an edition lists and the newest
// does not, with the place in time where it went.
type Loss struct {
	registry.Loss
	Fate Fate
	// From is the year of the last edition that lists it, To that of the next:
	// it went after the one and at or before the other.
	From, To int
}

// Keys is how many keys were lost with it.
func (l Loss) Keys() int { return l.Span.Len() }

// Fate is what became of the port.
type Fate string

// The fates.
const (
	Vacated Fate = "vacated" // nothing is assigned there today
	Another Fate = "another" // something else is
	Renamed Fate = "renamed" // what reads as the same service, under another name
)

// Lost returns all losses on the transports of today.
func Lost() []Loss {
	var all []Loss
	for _, t := range portolan.Transports {
		for _, l := range registry.Lost(t) {
			all = append(all, Loss{l, fateOf(l), int(l.Life.Last.Date.Year), int(l.Life.Gone.Date.Year)})
		}
	}
	return all
}

func fateOf(l registry.Loss) Fate {
	switch {
	case l.Renamed:
		return Renamed
	case slices.ContainsFunc(l.Now, func(a registry.Assignment) bool { return a.Status() == registry.Assigned }):
		return Another
	}
	return Vacated
}

// LostCount is of the keys of which the newest edition says the same word.
type LostCount struct {
	Word    registry.Word `json:"word"`
	Keys    int           `json:"keys"`
	Vacated int           `json:"vacated"`
	Another int           `json:"another"`
	Renamed int           `json:"renamed"`
}

// CountLost sums losses by word, in the order of [registry.Words].
func CountLost(losses []Loss) []LostCount {
	all := make([]LostCount, len(registry.Words))
	for i, w := range registry.Words {
		all[i].Word = w
	}
	for _, l := range losses {
		c := &all[slices.Index(registry.Words[:], l.Word)]
		c.Keys += l.Keys()
		switch l.Fate {
		case Vacated:
			c.Vacated += l.Keys()
		case Another:
			c.Another += l.Keys()
		case Renamed:
			c.Renamed += l.Keys()
		}
	}
	return all
}
