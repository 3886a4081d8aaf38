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

const diffSchema = "portolan.diff/v1"

// diffKinds are told one by one unless other kinds are asked for.
var diffKinds = []registry.Kind{registry.Removed, registry.Released, registry.ReservedNow, registry.Listed, registry.Renamed, registry.Reassigned, registry.Ranged,
	registry.HolderKind, registry.HolderLost, registry.HolderNamed}

func (a *app) diffCommand() *cobra.Command {
	var kinds kindsFlag
	var only transportsFlag
	c := &cobra.Command{
		Use:   "diff DATE1 DATE2 [PORT[/TRANSPORT] | RANGE | SERVICE]...",
		Short: "Compare the registry of two days",
		Long: `Compares the editions of the registry that answer for two days: the newest ones
at or before them. It counts the changes by kind, then tells them, tcp and udp in
one line where they changed alike. Exits with 1 where anything differs, with 0
where nothing does.

A date is a day, a month or a year; a month or a year stands for its last day.
The id of an edition does as well, as rfc1340. Changes of descriptions, notes,
references and dates are counted and not told, unless --kind asks for them.`,
		Example: `  portolan diff 1994-10 2026-08-17 0-1023
  portolan diff 2025 2026 --kind removed,reserved
  portolan diff rfc1340 rfc1700 --kind all --json`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usage("%s needs two dates", c.CommandPath()).hint("%s --help shows examples", c.CommandPath())
			}
			return a.checkOutput(c, args)
		},
		ValidArgsFunction: completePorts,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(kinds.kinds) == 0 {
				kinds.kinds = diffKinds
			}
			return a.diff(args[0], args[1], args[2:], &kinds, only.list)
		},
	}
	c.Flags().SortFlags = false
	addKindFlag(c, &kinds)
	addTransportFlag(c, &only)
	return c
}

// diffDocument is the JSON of a comparison.
type diffDocument struct {
	Schema      string         `json:"schema"`
	DataVersion string         `json:"data_version"`
	Query       string         `json:"query"`
	From        momentDocument `json:"from"`
	To          momentDocument `json:"to"`
	Swapped     bool           `json:"swapped"` // the dates were given the other way round
	// Compared are the transports of which both editions speak.
	Compared []portolan.Transport `json:"compared"`
	Counts   []diffCount          `json:"counts"`
	Kinds    []registry.Kind      `json:"kinds"` // of the changes that follow
	Changes  []changeDocument     `json:"changes"`
	Sources  []page.Source        `json:"sources"`

	from, to moment
	told     []change
	citer    *citer
}

type diffCount struct {
	Kind    registry.Kind `json:"kind"`
	Changes int           `json:"changes"` // as told: runs of ports, transports joined
	Keys    int           `json:"keys"`    // ports × transports
}

func (a *app) diff(date1, date2 string, args []string, kinds *kindsFlag, only []portolan.Transport) error {
	d, err := a.compared(date1, date2)
	if err != nil {
		return err
	}
	d.Query = strings.Join(args, " ")
	spans, err := a.diffSpans(args, only)
	if err != nil {
		return err
	}
	if err := d.compare(spans); err != nil {
		return err
	}
	for _, k := range registry.Kinds {
		if kinds.has(k) {
			d.Kinds = append(d.Kinds, k)
		}
	}
	d.told = slices.DeleteFunc(d.told, func(x change) bool { return !kinds.has(x.Kind) })
	a.sayCompared(d)
	if err := a.print(d.document()); err != nil {
		return err
	}
	if len(d.Counts) > 0 {
		return &failure{code: exitNo}
	}
	return nil
}

// compared finds the two editions.
func (a *app) compared(date1, date2 string) (*diffDocument, error) {
	d := &diffDocument{Schema: diffSchema, DataVersion: registry.Version(), Compared: []portolan.Transport{}, Counts: []diffCount{},
		Kinds: []registry.Kind{}, Changes: []changeDocument{}, citer: &citer{}}
	var err error
	if d.from, err = a.moment(date1); err != nil {
		return nil, err
	}
	if d.to, err = a.moment(date2); err != nil {
		return nil, err
	}
	if before(d.to.Edition, d.from.Edition) || d.to.Edition.ID == d.from.Edition.ID && d.to.Day.String() < d.from.Day.String() {
		d.from, d.to, d.Swapped = d.to, d.from, true
	}
	if d.from.Edition.ID == "" {
		first, _ := heldYears()
		return nil, fail(exitNotFound, "no edition of %s or before is held", d.from.Day).hint("the first is of %d: portolan diff %s %s", first, d.from.Next.ID, d.to.Asked)
	}
	d.From, d.To = d.from.document(), d.to.document()
	return d, nil
}

// diffSpans understands what the comparison is restricted to.
func (a *app) diffSpans(args []string, only []portolan.Transport) ([]era, error) {
	if len(args) == 0 {
		transports := everyTransport()
		if len(only) > 0 {
			transports = only
		}
		return []era{{list: []portolan.Span{{Last: 1<<16 - 1}}, transports: transports}}, nil
	}
	var all []era
	for _, arg := range args {
		if _, err := registry.ParseDate(arg); err == nil && strings.Contains(arg, "-") {
			return nil, usage("%q is a third date: a comparison is of two", arg)
		}
		s, err := a.historyOf(arg, args, only)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// compare fills the document with all that differs in spans.
func (d *diffDocument) compare(spans []era) error {
	from, to := d.from.Edition, d.to.Edition
	d.citer.Number(from)
	d.citer.Number(to)
	var lists [][]registry.Event
	for _, t := range everyTransport() {
		if !from.Covers(t) || !to.Covers(t) || !slices.ContainsFunc(spans, func(s era) bool { return slices.Contains(s.transports, t) }) {
			continue
		}
		d.Compared = append(d.Compared, t)
		var list []portolan.Span
		for _, s := range spans {
			if slices.Contains(s.transports, t) {
				list = append(list, s.list...)
			}
		}
		lists = append(lists, within(registry.Diff(t, from, to), disjoint(list)))
	}
	if len(d.Compared) == 0 {
		return fail(exitNotFound, "%s speaks of %s, and %s of %s: there is nothing to compare", named(from), on(spoken(from)), named(to), on(spoken(to))).
			hint("portolan data sources lists the editions and what they speak of")
	}
	d.told = changesOf(lists...)
	var counts [len(registry.Kinds)]diffCount
	for _, x := range d.told {
		n := &counts[kindNumber(x.Kind)]
		n.Kind = x.Kind
		n.Changes++
		n.Keys += x.Span.Len() * (1 + len(x.also))
	}
	for _, n := range counts {
		if n.Changes > 0 {
			d.Counts = append(d.Counts, n)
		}
	}
	slices.SortStableFunc(d.told, func(a, b change) int {
		return cmp.Or(cmp.Compare(kindNumber(a.Kind), kindNumber(b.Kind)), cmp.Compare(a.Span.First, b.Span.First))
	})
	return nil
}

// within returns the parts of events that lie in spans.
func within(events []registry.Event, spans []portolan.Span) []registry.Event {
	if len(spans) == 1 && spans[0].Len() == 1<<16 {
		return events
	}
	var all []registry.Event
	for i := range events {
		for _, span := range spans {
			part := portolan.Span{First: max(events[i].Span.First, span.First), Last: min(events[i].Span.Last, span.Last)}
			if part.First <= part.Last {
				all = append(all, events[i])
				all[len(all)-1].Span = part
			}
		}
	}
	return all
}

func spoken(s registry.Source) []portolan.Transport {
	return slices.DeleteFunc(everyTransport(), func(t portolan.Transport) bool { return !s.Covers(t) })
}

// sayCompared tells beside the data how the dates were taken.
func (a *app) sayCompared(d *diffDocument) {
	if d.Swapped {
		a.notice("note: the dates were given the other way round; compared is from " + d.from.Asked + " to " + d.to.Asked)
	}
	a.sayMoment(d.from)
	if d.to.Asked != d.from.Asked {
		a.sayMoment(d.to)
	}
}

func (d *diffDocument) items(yield func(any) bool) {
	for _, x := range d.told {
		if !yield(d.citer.change(x)) {
			return
		}
	}
}

// AppendJSON writes the document. The changes are described one by one: there
// may be thousands.
func (d *diffDocument) AppendJSON(j *report.JSON) {
	j.Object("")
	j.String("schema", d.Schema)
	j.String("data_version", d.DataVersion)
	j.String("query", d.Query)
	j.Value("from", d.From)
	j.Value("to", d.To)
	j.Bool("swapped", d.Swapped)
	j.Value("compared", d.Compared)
	j.Value("counts", d.Counts)
	j.Value("kinds", d.Kinds)
	j.List("changes")
	for x := range d.items {
		j.Value("", x)
	}
	j.EndList()
	j.Value("sources", d.citer.List())
	j.EndObject()
}

func (d *diffDocument) document() *report.Document {
	return &report.Document{Schema: diffSchema, DataVersion: d.DataVersion, Value: d, Items: d.items, Columns: changeColumns,
		Rows: func(yield func([]string) bool) {
			for _, x := range d.told {
				if !yield(changeRow(d.citer.change(x))) {
					return
				}
			}
		},
		Text: d.text}
}

func (d *diffDocument) text(p *report.Page) {
	p.Heading("What changed in the registry from " + d.from.Edition.Date.String() + " to " + d.to.Edition.Date.String())
	p.Hang(0, "from  ", report.Text(d.side(d.from)+" [1]"))
	if d.to.Edition.ID == d.from.Edition.ID {
		p.Hang(0, "to    ", report.Text("the same edition: nothing can be told between the two days."))
	} else {
		p.Hang(0, "to    ", report.Text(d.side(d.to)+" [2]"))
	}
	if len(d.Compared) < len(spoken(d.to.Edition)) && d.Query == "" {
		p.Para(0, report.Text("Compared: "+on(d.Compared)+", of which both speak."))
	}
	if len(d.Counts) == 0 {
		if d.to.Edition.ID != d.from.Edition.ID {
			p.Para(0, report.Text("Nothing differs."))
		}
		citedSources(p, d.citer.List())
		return
	}
	d.countsText(p)
	for _, n := range d.Counts {
		if slices.Contains(d.Kinds, n.Kind) {
			d.kindText(p, n)
		}
	}
	p.Blank()
	p.Para(0, report.Part{Text: "The older side of a row stands in [1], the newer in [2]; --json has page and line, \"portolan history PORT\" the days between.", Style: report.Faint})
	citedSources(p, d.citer.List())
}

func (d *diffDocument) side(m moment) string {
	s := named(m.Edition)
	if m.Asked != m.Edition.Date.String() && m.Asked != m.Edition.ID {
		s += ", the newest at or before " + m.words()
	}
	return s
}

func (d *diffDocument) countsText(p *report.Page) {
	p.Blank()
	var untold []registry.Kind
	t := &report.Table{Columns: []report.Column{{Header: "kind"}, {Header: "changes", Align: report.Right}, {Header: "keys", Align: report.Right}, {Header: "what", Priority: 1, Min: 10}}}
	for _, n := range d.Counts {
		what := kindMeanings[n.Kind]
		if !slices.Contains(d.Kinds, n.Kind) {
			untold = append(untold, n.Kind)
		}
		t.Rows = append(t.Rows, []report.Cell{report.Text(string(n.Kind)), report.Text(strconv.Itoa(n.Changes)), report.Text(strconv.Itoa(n.Keys)), report.Text(what)})
	}
	p.Table(t)
	if len(untold) > 0 {
		p.Para(0, report.Part{Text: "Counted and not told: " + kindList(untold) + "; --kind tells them.", Style: report.Faint})
	}
}

// kindMeanings are what help and tables say of the kinds.
var kindMeanings = map[registry.Kind]string{
	registry.Removed: "no longer assigned", registry.Released: "reserved before, now unassigned", registry.ReservedNow: "unassigned before, now reserved",
	registry.Listed: "newly assigned", registry.Renamed: "another name for the same", registry.Reassigned: "given to another service", registry.Ranged: "other ports in the same row",
	registry.HolderKind: "another holder", registry.HolderLost: "nobody named any more", registry.HolderNamed: "somebody named at last", registry.Described: "another description",
	registry.Noted: "another note", registry.Referenced: "other references", registry.Dated: "other dates",
}

// kindText tells the changes of one kind.
func (d *diffDocument) kindText(p *report.Page, n diffCount) {
	p.Heading(string(n.Kind) + ", " + kindMeanings[n.Kind] + " (" + strconv.Itoa(n.Changes) + ")")
	from, to := diffSides(n.Kind)
	t := &report.Table{Columns: []report.Column{{Header: "port", Align: report.Right}, {Header: "on"}}}
	if from != nil {
		t.Columns = append(t.Columns, report.Column{Header: "was", Min: 24, Priority: 1})
	}
	if to != nil {
		t.Columns = append(t.Columns, report.Column{Header: "is", Min: 24, Priority: 1})
	}
	for _, x := range d.told {
		if x.Kind != n.Kind {
			continue
		}
		row := []report.Cell{{Text: x.Span.String(), Style: report.Place}, report.Text(on(x.transports()))}
		if from != nil {
			row = append(row, report.Text(from(x)))
		}
		if to != nil {
			row = append(row, report.Text(to(x)))
		}
		t.Rows = append(t.Rows, row)
	}
	p.Table(t)
}

// diffSides are how the two sides of a kind are told; nil: not at all.
func diffSides(k registry.Kind) (from, to func(change) string) {
	was := func(tell func(registry.Assignment) string) func(change) string {
		return func(x change) string { return tell(x.From) }
	}
	is := func(tell func(registry.Assignment) string) func(change) string {
		return func(x change) string { return tell(x.To) }
	}
	holder := func(x registry.Assignment) string { return cmp.Or(heldBy(x), "nobody named") }
	with := func(f func(registry.Assignment) string) func(registry.Assignment) string {
		return func(x registry.Assignment) string { return called(x) + ": " + f(x) }
	}
	switch k {
	case registry.Removed:
		return was(inFull), func(x change) string {
			if to, ok := x.MovedTo(); ok {
				return "now on " + to.String()
			}
			return vacant(x.To)
		}
	case registry.Listed:
		return nil, is(inFull)
	case registry.ReservedNow:
		return nil, is(vacant)
	case registry.Released:
		return was(vacant), is(vacant)
	case registry.Renamed:
		return was(called), is(inFull)
	case registry.Reassigned:
		return was(inFull), is(inFull)
	case registry.Ranged:
		return was(with(func(x registry.Assignment) string { return x.Span().String() })), is(func(x registry.Assignment) string { return x.Span().String() })
	case registry.HolderKind, registry.HolderLost, registry.HolderNamed:
		return was(with(holder)), is(holder)
	case registry.Described:
		return was(with(registry.Assignment.Description)), is(registry.Assignment.Description)
	case registry.Noted:
		return was(with(registry.Assignment.Note)), is(registry.Assignment.Note)
	case registry.Referenced:
		refs := func(x registry.Assignment) string { return cmp.Or(strings.Join(x.References(), ", "), "none") }
		return was(with(refs)), is(refs)
	}
	return was(with(datesOf)), is(datesOf)
}

// vacant says what stands where nothing is assigned.
func vacant(x registry.Assignment) string {
	if x.IsZero() {
		return "no row"
	}
	return x.Status().String() + saying(x)
}
