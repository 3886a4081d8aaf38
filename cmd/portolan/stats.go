package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/figures"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const statsSchema = "portolan.stats/v1"

func (a *app) statsCommand() *cobra.Command {
	probes := false
	c := &cobra.Command{
		Use:   "stats",
		Short: "The registry in figures, edition by edition",
		Long: `Count the registry over time: for every edition that was published as a document
of its own, the last of each year among those that are held week by week, and the
newest. Then today's totals: ghosts, assignments that were lost and the word that
is left of them, and how many rows have a registration date or a reference.

A key is a port on one transport. Below the figures stand the commands that give
them one by one. With --probes: which protocols are recognised by what is said, and
how many of the registry's services that are.`,
		Example: `  portolan stats
  portolan stats --format csv
  portolan stats --probes`,
		Args:              a.atMost(0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if probes {
				return a.print(newProbes().document())
			}
			return a.print(newStats().document())
		},
	}
	c.Flags().BoolVar(&probes, "probes", false, "the protocols that probe and check --probe recognise")
	return c
}

type statsDocument struct {
	Schema      string         `json:"schema"`
	DataVersion string         `json:"data_version"`
	Editions    []statsEdition `json:"editions"`
	Today       statsToday     `json:"today"`
	Commands    []statsCommand `json:"commands"`
}

// statsEdition is one edition in figures.
type statsEdition struct {
	Source string `json:"source"`
	Title  string `json:"title"`
	Date   string `json:"date"`
	// Hole is how many years lie between this edition and the one before, where
	// they are so many that the development between them is not known; else null.
	Hole      *int        `json:"hole_before_years"`
	Keys      []statsKeys `json:"keys"`
	Ports     byRange     `json:"ports"` // assigned on any transport
	Names     int         `json:"names"`
	Rows      int         `json:"rows"` // that assign, as the source prints them
	RowsNamed int         `json:"rows_named"`
	Reserved  int         `json:"reserved_keys"`

	counts registry.Counts
}

// statsKeys are the keys of a transport that the edition speaks of.
type statsKeys struct {
	Transport portolan.Transport `json:"transport"`
	Assigned  byRange            `json:"assigned"`
	Reserved  byRange            `json:"reserved"`
}

type byRange struct {
	System  int `json:"system"`
	User    int `json:"user"`
	Dynamic int `json:"dynamic"`
}

func byRangeOf(of [3]int) byRange { return byRange{of[0], of[1], of[2]} }

// statsToday are figures of today alone.
type statsToday struct {
	Ghosts     []figures.GhostCount `json:"ghosts"`
	Lost       []figures.LostCount  `json:"lost"`
	Rows       int                  `json:"rows"`
	Registered int                  `json:"rows_registered"`
	Referenced int                  `json:"rows_referenced"`
}

// statsCommand says which command gives a figure by itself. DATE stands for
// that of the edition.
type statsCommand struct {
	Figure  string `json:"figure"`
	Command string `json:"command"`
}

var statsCommands = []statsCommand{
	{"tcp, udp, sctp, dccp: assigned keys", "portolan list --status assigned --transport tcp --at DATE --count"},
	{"system, user: ports assigned on any transport", "portolan list --status assigned --range system --at DATE --count"},
	{"names: distinct service names", "portolan list --status assigned --at DATE --count"},
	{"reserved: keys", "portolan list --status reserved --at DATE --count"},
	{"ghosts", "portolan ghosts --limit 1"},
	{"the rest", "portolan stats --json"},
}

func newStats() *statsDocument {
	d := &statsDocument{Schema: statsSchema, DataVersion: registry.Version(), Commands: statsCommands}
	var before registry.Source
	for _, s := range figures.Editions() {
		d.Editions = append(d.Editions, statsEditionOf(registry.CountsAt(s), before))
		before = s
	}
	now := d.Editions[len(d.Editions)-1].counts
	d.Today = statsToday{Ghosts: figures.Ghosts(func(portolan.Key) bool { return true }), Lost: figures.CountLost(figures.Lost()),
		Rows: now.Rows, Registered: now.Registered, Referenced: now.Referenced}
	return d
}

func statsEditionOf(c registry.Counts, before registry.Source) statsEdition {
	e := statsEdition{Source: c.Source.ID, Title: c.Source.Title, Date: c.Source.Date.String(), Ports: byRangeOf(c.Ports),
		Names: c.Names, Rows: c.Rows, RowsNamed: c.Named, Reserved: c.ReservedKeys(), Keys: []statsKeys{}, counts: c}
	if years, ok := figures.Hole(before, c.Source); ok {
		e.Hole = &years
	}
	for _, t := range figures.AllTransports {
		if c.Source.Covers(t) {
			e.Keys = append(e.Keys, statsKeys{t, byRangeOf(c.Assigned[t]), byRangeOf(c.Reserved[t])})
		}
	}
	return e
}

func (d *statsDocument) document() *report.Document {
	columns := []string{"source", "date", "hole_before_years"}
	for _, t := range figures.AllTransports {
		for _, r := range [...]string{"system", "user", "dynamic"} {
			columns = append(columns, t.String()+"_"+r)
		}
	}
	return &report.Document{Schema: statsSchema, DataVersion: d.DataVersion, Value: d, Items: each(d.Editions),
		Columns: append(columns, "ports_system", "ports_user", "ports_dynamic", "reserved_keys", "names", "rows", "rows_named"),
		Rows:    d.rows, Text: d.text}
}

func (d *statsDocument) rows(yield func([]string) bool) {
	for _, e := range d.Editions {
		hole := ""
		if e.Hole != nil {
			hole = strconv.Itoa(*e.Hole)
		}
		row := []string{e.Source, e.Date, hole}
		for _, t := range figures.AllTransports {
			for _, n := range e.counts.Assigned[t] {
				row = append(row, e.cell(n, t))
			}
		}
		for _, n := range [...]int{e.Ports.System, e.Ports.User, e.Ports.Dynamic, e.Reserved, e.Names, e.Rows, e.RowsNamed} {
			row = append(row, strconv.Itoa(n))
		}
		if !yield(row) {
			return
		}
	}
}

// cell is a figure, empty where the edition does not speak of the transport.
func (e *statsEdition) cell(n int, t portolan.Transport) string {
	if !e.counts.Source.Covers(t) {
		return ""
	}
	return strconv.Itoa(n)
}
