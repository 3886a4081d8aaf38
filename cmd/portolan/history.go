package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const historySchema = "portolan.history/v1"

func (a *app) historyCommand() *cobra.Command {
	var kinds kindsFlag
	var only transportsFlag
	brief := false
	c := &cobra.Command{
		Use:   "history PORT[/TRANSPORT] | RANGE | SERVICE...",
		Short: "Tell all that ever changed for a port or a service name",
		Long: `Tells what the registry ever said of a port, from the first edition that is held
to the newest, and draws it over the years. Of a service it tells the life of the
name on all ports that ever had it. Each change cites both sides.

An edition is of one day. What differs between two of them changed after the
first one's date, and at or before the second one's: 1992-07 … 1994-10.

Kinds of changes: ` + kindList(registry.Kinds[:5]) + `,
` + kindList(registry.Kinds[5:11]) + `,
` + kindList(registry.Kinds[11:]) + `.`,
		Example: `  portolan history 378
  portolan history 80/tcp --brief
  portolan history la-maint
  portolan history 0-1023 --kind removed,reassigned --format csv`,
		Args:              a.someArgs("a port, a range or a service"),
		ValidArgsFunction: completePorts,
		RunE: func(c *cobra.Command, args []string) error {
			if brief {
				if c.Flags().Changed("kind") {
					return usage("--brief and --kind contradict each other").hint("--brief is --kind with all but %s", kindList(editorial))
				}
				kinds.kinds = slices.DeleteFunc(slices.Clone(registry.Kinds[:]), func(k registry.Kind) bool { return slices.Contains(editorial, k) })
			}
			return a.history(args, &kinds, only.or(nil))
		},
	}
	c.Flags().SortFlags = false
	addKindFlag(c, &kinds)
	c.Flags().BoolVar(&brief, "brief", false, "leave out notes, references and dates")
	addTransportFlag(c, &only)
	return c
}

// historyDocument is the JSON of histories.
type historyDocument struct {
	Schema      string        `json:"schema"`
	DataVersion string        `json:"data_version"`
	Query       string        `json:"query"`
	Kinds       []string      `json:"kinds"` // told; all where nothing was left out
	Histories   []portHistory `json:"histories"`
	Sources     []page.Source `json:"sources"`
}

// portHistory is of one argument.
type portHistory struct {
	Query   string           `json:"query"`
	Service *string          `json:"service"` // null where ports were asked for
	Ports   []string         `json:"ports"`   // asked for, or those that ever had the name
	Changes []changeDocument `json:"changes"`
	// Untold counts the changes that the kinds asked for leave out.
	Untold   int        `json:"untold"`
	Tracks   []track    `json:"tracks"`
	Practice []practice `json:"in_practice"`

	transports []portolan.Transport
	told       []change
}

// practice is how a witness names the ports.
type practice struct {
	Ports      string               `json:"ports"`
	Transports []portolan.Transport `json:"transports"`
	Name       string               `json:"name"`
	First      editionCite          `json:"first"`
	Last       editionCite          `json:"last"`
	Former     bool                 `json:"former"` // a newer edition of the witness lacks it
	Cite       []page.Cite          `json:"cite"`

	authority string
	wide      bool
}

// era is what a history is of.
type era struct {
	query      portolan.Query
	list       []portolan.Span
	transports []portolan.Transport
}

func (a *app) history(args []string, kinds *kindsFlag, only []portolan.Transport) error {
	d := &historyDocument{Schema: historySchema, DataVersion: registry.Version(), Query: strings.Join(args, " "), Kinds: []string{}, Histories: []portHistory{}}
	for _, k := range registry.Kinds {
		if kinds.has(k) {
			d.Kinds = append(d.Kinds, string(k))
		}
	}
	c := &citer{}
	for _, arg := range args {
		s, err := a.historyOf(arg, args, only)
		if err != nil {
			return err
		}
		d.Histories = append(d.Histories, historyOn(c, s, kinds))
	}
	d.Sources = c.List()
	empty := !slices.ContainsFunc(d.Histories, func(h portHistory) bool { return len(h.Changes) > 0 })
	if err := a.print(d.document()); err != nil {
		return err
	}
	if empty {
		return &failure{code: exitNo}
	}
	return nil
}

// historyOf understands an argument: ports, or every port that ever had a name.
func (a *app) historyOf(arg string, args []string, only []portolan.Transport) (era, error) {
	q, err := portolan.ParseQuery(arg)
	if err != nil {
		return era{}, a.badNumber(arg, err)
	}
	s := era{query: q, transports: everyTransport()}
	switch {
	case q.HasTransport && len(only) > 0 && !slices.Equal(only, []portolan.Transport{q.Transport}):
		return s, usage("%s names its transport, and --transport another", arg)
	case q.HasTransport:
		s.transports = []portolan.Transport{q.Transport}
	case len(only) > 0:
		s.transports = only
	}
	if q.Service == "" {
		s.list = []portolan.Span{q.Span}
		return s, nil
	}
	known := false
	for x := range registry.Named(q.Service) {
		known = true
		if strings.EqualFold(x.Service(), q.Service) && x.Status() == registry.Assigned && !slices.Contains(s.list, x.Span()) &&
			slices.ContainsFunc(s.transports, x.On) {
			s.list = append(s.list, x.Span())
		}
	}
	if !known {
		return s, a.unknown(q, args)
	}
	s.list = disjoint(s.list)
	return s, nil
}

// disjoint sorts spans and joins those that overlap.
func disjoint(list []portolan.Span) []portolan.Span {
	slices.SortFunc(list, func(a, b portolan.Span) int { return int(a.First) - int(b.First) })
	var all []portolan.Span
	for _, s := range list {
		if n := len(all); n > 0 && all[n-1].Last >= s.First {
			all[n-1].Last = max(all[n-1].Last, s.Last)
			continue
		}
		all = append(all, s)
	}
	return all
}

func historyOn(c *citer, s era, kinds *kindsFlag) portHistory {
	h := portHistory{Query: s.query.Text, Service: orNull(s.query.Service), Ports: []string{}, Changes: []changeDocument{}, Tracks: []track{}, transports: s.transports}
	var events []registry.Event
	for _, span := range s.list {
		h.Ports = append(h.Ports, span.String())
		for _, t := range s.transports {
			events = append(events, registry.EventsIn(span, t)...)
		}
	}
	if s.query.Service != "" {
		events = slices.DeleteFunc(events, func(e registry.Event) bool { return !ofName(e, s.query.Service) })
	}
	all := changesOf(events)
	slices.SortStableFunc(all, oldestFirst)
	for _, x := range all {
		if !kinds.has(x.Kind) {
			h.Untold++
			continue
		}
		h.told = append(h.told, x)
		h.Changes = append(h.Changes, c.change(x))
	}
	h.Tracks = append(h.Tracks, trackAll(s, all)...)
	h.Practice = practiceOf(c, s)
	return h
}

// ofName reports whether an event is of the life of a name.
func ofName(e registry.Event, name string) bool {
	return strings.EqualFold(e.From.Service(), name) || strings.EqualFold(e.To.Service(), name)
}

// maxTracks bounds what is drawn: more lines than that are no picture.
const maxTracks = 16

// trackAll draws each run of ports that changed alike.
func trackAll(s era, changes []change) []track {
	var runs []portolan.Span
	for _, span := range s.list {
		runs = append(runs, alikeIn(span, changes)...)
	}
	var all []track
	for _, span := range runs {
		for _, t := range tracksOf(span, changedOn(span, changes)) {
			if s.query.Service != "" && !slices.ContainsFunc(t.Stretches, func(x stretch) bool {
				return slices.ContainsFunc(x.Services, func(n string) bool { return strings.EqualFold(n, s.query.Service) })
			}) {
				continue
			}
			all = append(all, t)
			if len(all) > maxTracks {
				return nil
			}
		}
	}
	slices.SortStableFunc(all, tracksByPort)
	return all
}

// changedOn returns the transports on which anything ever happened to a run.
func changedOn(run portolan.Span, changes []change) []portolan.Transport {
	var all []portolan.Transport
	for _, x := range changes {
		if x.Span.Contains(run.First) {
			all = append(all, x.transports()...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// alikeIn cuts a span where a change begins or ends. Ports to which nothing
// happened are left out.
func alikeIn(span portolan.Span, changes []change) []portolan.Span {
	cuts := []int{int(span.First), int(span.Last) + 1}
	for _, x := range changes {
		for _, at := range []int{int(x.Span.First), int(x.Span.Last) + 1} {
			if int(span.First) < at && at <= int(span.Last) {
				cuts = append(cuts, at)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var all []portolan.Span
	for i := 1; i < len(cuts); i++ {
		run := portolan.Span{First: uint16(cuts[i-1]), Last: uint16(cuts[i] - 1)}
		if slices.ContainsFunc(changes, func(x change) bool { return x.Span.Contains(run.First) }) {
			all = append(all, run)
		}
	}
	return all
}

// practiceOf lists how witnesses name a port, or where they use a name.
func practiceOf(c *citer, s era) []practice {
	all := []practice{}
	add := func(t portolan.Transport, x registry.Assignment) {
		first, last, name := x.First(), x.Last(), cmp.Or(x.Service(), x.Description(), "no name")
		i := slices.IndexFunc(all, func(p practice) bool {
			return p.Name == name && p.Last.Source == last.ID && p.First.Source == first.ID && p.Ports == x.Span().String()
		})
		if i >= 0 {
			if !slices.Contains(all[i].Transports, t) {
				all[i].Transports = append(all[i].Transports, t)
			}
			return
		}
		all = append(all, practice{Ports: x.Span().String(), Transports: []portolan.Transport{t}, Name: name, First: *editionOf(first), Last: *editionOf(last),
			Former: registry.Superseded(x), Cite: []page.Cite{c.place(x, last)}, authority: last.Authority, wide: x.Span().Len() >= registry.WideRange})
	}
	for _, t := range s.transports {
		if s.query.Service != "" {
			for x := range registry.Named(s.query.Service) {
				if x.Last().Role == registry.Witnesses && x.On(t) {
					add(t, x)
				}
			}
			continue
		}
		for _, span := range s.list {
			if span.Len() > maxTracks {
				continue
			}
			for p := int(span.First); p <= int(span.Last); p++ {
				for _, x := range registry.Evidence(portolan.Key{Port: uint16(p), Transport: t}) {
					add(t, x)
				}
			}
		}
	}
	return all
}

func (d *historyDocument) items(yield func(any) bool) {
	for _, h := range d.Histories {
		for _, x := range h.Changes {
			if !yield(queriedChange{h.Query, x}) {
				return
			}
		}
	}
}

var changeColumns = []string{"ports", "transports", "kind", "after", "by", "from_service", "from_description", "from_holder", "to_service", "to_description", "to_holder",
	"to_notes", "from_source", "from_page", "from_lines", "to_source", "to_page", "to_lines"}

func changeRow(x changeDocument) []string {
	r := []string{x.Ports, strings.Join(transportNames(x.Transports), " "), string(x.Kind), dateOf(x.After), dateOf(x.By)}
	from, to := sideCells(x.From), sideCells(x.To)
	r = append(append(r, from[:3]...), to[:3]...)
	if x.To != nil {
		r = append(r, deref(x.To.Notes))
	} else {
		r = append(r, "")
	}
	return append(append(r, from[3:]...), to[3:]...)
}

func dateOf(e *editionCite) string {
	if e == nil {
		return ""
	}
	return e.Date
}

// sideCells are service, description, holder, source, page and lines of a side.
func sideCells(r *bookRow) [6]string {
	if r == nil {
		return [6]string{}
	}
	who := r.Assignee
	if who == "" {
		who = r.Contact
	}
	x := [6]string{r.Service, r.Description, who, r.Cite[0].Source}
	var lines []string
	for _, c := range r.Cite {
		if c.Page > 0 {
			x[4] = strconv.Itoa(c.Page)
		}
		if c.Line > 0 {
			lines = append(lines, strconv.Itoa(c.Line))
		}
	}
	x[5] = strings.Join(lines, " ")
	return x
}

func (d *historyDocument) document() *report.Document {
	return &report.Document{Schema: historySchema, DataVersion: d.DataVersion, Value: d, Items: d.items,
		Columns: slices.Concat([]string{"query"}, changeColumns),
		Rows: func(yield func([]string) bool) {
			for _, h := range d.Histories {
				for _, x := range h.Changes {
					if !yield(slices.Concat([]string{h.Query}, changeRow(x))) {
						return
					}
				}
			}
		},
		Text: d.text}
}
