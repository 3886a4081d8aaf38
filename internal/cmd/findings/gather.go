package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/figures"
	"github.com/portolan/portolan/registry"
)

// findings are all figures of the page.
type findings struct {
	Version          string
	Editions         []edition
	First, Last      edition
	Holes            []holeBetween
	Ghosts           []figures.GhostCount
	GhostKeys        int
	AssignedKeys     int
	Share            string
	Witnesses        []registry.Source
	Lost             []figures.LostCount
	LostSum          figures.LostCount
	LostByTime       []lostWhen
	Silent           figures.LostCount
	Unchanged        []figures.Unchanged
	UnchangedPort    string // the lowest, as "1/tcp"
	UnchangedPlace   registry.Citation
	UnchangedWords   string
	UnchangedCommand string
	Names            int // of the ports that had most
	Renamed          []nameAt
	RenamedPorts     string
	Rows             int
	Registered       string
	Referenced       string
	Phrases          []phrase
	Said             int // lines that hold one of the phrases
	Sources          int
}

// edition is one edition in figures.
type edition struct {
	registry.Counts
	Title, Date        string
	System, User       int
	TCP, UDP, Reserved int
	Held               string
	Hole               string // before it, "" where there is none
}

type holeBetween struct {
	From, To string
	Years    int
}

// lostWhen is what was lost in a year or between two editions.
type lostWhen struct {
	When                   string
	Keys, Vacated, Another int
	end                    int
}

// nameAt is a name that a port had, and an edition that shows it.
type nameAt struct {
	Ports, Transport, Name, Date string
}

// phrase is how a source might say that a holder is gone.
type phrase struct {
	Text string
	Hits []registry.Hit
}

// phrases of holders that no longer exist. A source that says it otherwise is
// found by whoever adds it; then a phrase is added here.
var phrases = []string{"no longer exist", "defunct", "out of business", "bankrupt", "liquidat", "dissolved", "ceased"}

func gather() *findings {
	f := &findings{Version: registry.Version(), Sources: len(registry.Sources()), Witnesses: registry.SourcesSearched()}
	f.editions()
	f.ghosts()
	f.losses()
	f.unchanged()
	f.renamed()
	for _, p := range phrases {
		hits := registry.Search(p)
		f.Phrases = append(f.Phrases, phrase{p, hits})
		f.Said += len(hits)
	}
	return f
}

func (f *findings) editions() {
	var before registry.Source
	for _, s := range figures.Editions() {
		c := registry.CountsAt(s)
		e := edition{Counts: c, Title: s.Title, Date: s.Date.String(), System: c.Ports[0], User: c.Ports[1], TCP: c.Keys(portolan.TCP), UDP: c.Keys(portolan.UDP),
			Reserved: c.ReservedKeys(), Held: percent(c.Named, c.Rows)}
		if years, ok := figures.Hole(before, s); ok {
			e.Hole = fmt.Sprintf("no edition for %d years", years)
			f.Holes = append(f.Holes, holeBetween{before.Date.String(), s.Date.String(), years})
		}
		f.Editions = append(f.Editions, e)
		before = s
	}
	f.First, f.Last = f.Editions[0], f.Editions[len(f.Editions)-1]
	f.Rows, f.Registered, f.Referenced = f.Last.Rows, fmt.Sprint(f.Last.Registered), fmt.Sprint(f.Last.Referenced)
}

// RegisteredShare and ReferencedShare are of today's rows.
func (f *findings) RegisteredShare() string { return percent(f.Last.Counts.Registered, f.Rows) }
func (f *findings) ReferencedShare() string { return percent(f.Last.Counts.Referenced, f.Rows) }

func percent(n, of int) string {
	if of == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%d %%", (n*100+of/2)/of)
}

func (f *findings) ghosts() {
	f.Ghosts = figures.Ghosts(func(portolan.Key) bool { return true })
	for _, g := range f.Ghosts {
		f.GhostKeys += g.Ghosts
		f.AssignedKeys += g.Assigned
	}
	f.Share = percent(f.GhostKeys, f.AssignedKeys)
}

func (f *findings) losses() {
	all := figures.Lost()
	f.Lost = figures.CountLost(all)
	for _, c := range f.Lost {
		f.LostSum.Keys += c.Keys
		f.LostSum.Vacated += c.Vacated
		f.LostSum.Another += c.Another
		f.LostSum.Renamed += c.Renamed
		if c.Word == registry.Silent {
			f.Silent = c
		}
	}
	for _, l := range all {
		if l.Fate == figures.Renamed {
			continue
		}
		i := slices.IndexFunc(f.LostByTime, func(w lostWhen) bool { return w.When == l.When() })
		if i < 0 {
			i = len(f.LostByTime)
			f.LostByTime = append(f.LostByTime, lostWhen{When: l.When(), end: l.To})
		}
		w := &f.LostByTime[i]
		w.Keys += l.Keys()
		if l.Fate == figures.Vacated {
			w.Vacated += l.Keys()
		} else {
			w.Another += l.Keys()
		}
	}
	// "2013–2015" comes before "2015", which ends in the same year.
	slices.SortFunc(f.LostByTime, func(a, b lostWhen) int {
		return cmp.Or(cmp.Compare(a.end, b.end), cmp.Compare(a.When, b.When))
	})
}

func (f *findings) unchanged() {
	f.Unchanged = figures.OldestUnchanged()
	u := f.Unchanged[0]
	f.UnchangedPort = u.Key.String()
	name, description := u.Assignment.Service(), u.Assignment.Description()
	f.UnchangedWords = cmp.Or(name, description)
	if name != "" && description != "" && name != description {
		f.UnchangedWords += " (" + description + ")"
	}
	life, _ := registry.LifeOf(u.Key, u.Assignment)
	for c := range life.Rows[0].Citations() {
		f.UnchangedPlace = c
		break
	}
	f.UnchangedCommand = "portolan cite " + u.Key.String()
}

// renamed lists the ports that had most names, each name with an edition that
// shows it; tcp and udp, where they went the same way, once.
func (f *findings) renamed() {
	all := figures.MostRenamed()
	f.Names = len(all[0].Names())
	var told, ports []string
	for _, r := range all {
		mark := fmt.Sprint(r.Span, r.Names())
		if slices.Contains(told, mark) {
			continue
		}
		told = append(told, mark)
		if !slices.Contains(ports, r.Span.String()) {
			ports = append(ports, r.Span.String())
		}
		for _, n := range r.Names() {
			f.Renamed = append(f.Renamed, nameAt{r.Span.String(), r.Transport.String(), n.Name, n.In.Date.String()})
		}
	}
	f.RenamedPorts = strings.Join(ports, ", ")
}
