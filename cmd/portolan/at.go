package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const atSchema = "portolan.at/v1"

func (a *app) atCommand() *cobra.Command {
	var only transportsFlag
	c := &cobra.Command{
		Use:   "at DATE [PORT[/TRANSPORT] | RANGE | SERVICE]...",
		Short: "Show the registry as it was known on a day",
		Long: `Shows what the registry said of ports on a day, and which edition says so. Where
that edition is older than the day, the next one is asked too: what both say held
on the day; where they differ, both are shown, and nobody can tell from them on
which side of the day the change lies.

DATE is a day, a month or a year; a month or a year stands for its last day. The
id of an edition does as well. Without ports the edition is summed up.`,
		Example: `  portolan at 1994 378
  portolan at 2000-01-01 22 80
  portolan at rfc1340`,
		Args:              a.someArgs("a date"),
		ValidArgsFunction: completePorts,
		RunE:              func(_ *cobra.Command, args []string) error { return a.at(args[0], args[1:], only.list) },
	}
	addTransportFlag(c, &only)
	return c
}

// atDocument is the JSON of the registry on a day.
type atDocument struct {
	Schema      string         `json:"schema"`
	DataVersion string         `json:"data_version"`
	Query       string         `json:"query"`
	Date        momentDocument `json:"date"`
	Answers     []atAnswer     `json:"answers"`
	Summary     []atCount      `json:"summary"` // without ports: of the edition
	Sources     []page.Source  `json:"sources"`

	moment moment
}

// atAnswer is what is known of ports on that day.
type atAnswer struct {
	Ports      string               `json:"ports"`
	Transports []portolan.Transport `json:"transports"`
	// Certain tells that the answer held on the day: the edition is of that day,
	// or the one before and the one after say the same.
	Certain bool    `json:"certain"`
	Before  *atSide `json:"before"` // the newest edition at or before the day; null where none speaks of the transport
	After   *atSide `json:"after"`  // the next one; null where the first is of the day, or the newest
}

// atSide is what one edition says.
type atSide struct {
	Edition editionCite `json:"edition"`
	Number  int         `json:"number"` // among the sources
	Status  string      `json:"status"`
	Listed  bool        `json:"listed"`
	Rows    []bookRow   `json:"rows"`

	rows []registry.Assignment
	also [][]registry.Assignment // of transports that say the same
}

type atCount struct {
	Transport  portolan.Transport `json:"transport"`
	Assigned   int                `json:"assigned"`
	Reserved   int                `json:"reserved"`
	Unassigned int                `json:"unassigned"`
	Dynamic    int                `json:"dynamic"`
}

func (a *app) at(date string, args []string, only []portolan.Transport) error {
	m, err := a.moment(date)
	if err != nil {
		return err
	}
	d := &atDocument{Schema: atSchema, DataVersion: registry.Version(), Query: strings.Join(args, " "), Date: m.document(), Answers: []atAnswer{},
		Summary: []atCount{}, moment: m}
	c := &citer{}
	c.Number(m.Edition)
	found := true
	for _, arg := range args {
		answers, err := a.atArgument(c, m, arg, args, only)
		if err != nil {
			return err
		}
		found = found && len(answers) > 0
		d.Answers = append(d.Answers, answers...)
	}
	if len(args) == 0 {
		d.Summary = summaryOf(m.Edition)
		found = m.Edition.ID != ""
	}
	if m.Next.ID != "" && (!m.Exact || len(args) == 0) {
		c.Number(m.Next)
	}
	d.Sources = c.List()
	a.sayMoment(m)
	if err := a.print(d.document()); err != nil {
		return err
	}
	if !found {
		return a.notThen(m, d.Query)
	}
	return nil
}

// notThen says that the editions around a day do not have a name, or that there
// is no edition.
func (a *app) notThen(m moment, query string) error {
	if m.Edition.ID == "" {
		return fail(exitNo, "no edition of %s or before is held", m.Day).hint("the first is of %s: portolan at %s", m.Next.Date, m.Next.ID)
	}
	return fail(exitNo, "the editions around %s do not list all of: %s", m.Day, query).hint("portolan history shows when a name was listed")
}

// atArgument answers for one argument. A name that the editions around the day
// do not list has no answers.
func (a *app) atArgument(c *citer, m moment, arg string, args []string, only []portolan.Transport) ([]atAnswer, error) {
	s, err := a.historyOf(arg, args, only)
	if err != nil {
		return nil, err
	}
	asked := s.query.HasTransport || len(only) > 0
	var all []atAnswer
	for _, span := range s.list {
		for _, t := range s.transports {
			for _, x := range sidesIn(m, span, t) {
				if s.query.Service != "" && !x.lists(s.query.Service) {
					continue
				}
				if t == portolan.NCP && !asked && !m.of(t) {
					continue // the network of another time
				}
				all = append(all, x.answer(m))
			}
		}
	}
	all = joinAnswers(all, asked)
	for _, x := range all {
		x.Before.cite(c)
		x.After.cite(c)
	}
	return all, nil
}

// of reports whether an edition around the day speaks of a transport.
func (m moment) of(t portolan.Transport) bool { return m.Edition.Covers(t) || m.Next.Covers(t) }

// sides is what the editions around a day say of ports of one transport.
type sides struct {
	span          portolan.Span
	transport     portolan.Transport
	before, after *atSide
}

// sidesIn answers for each run of ports of a span that share their rows.
func sidesIn(m moment, span portolan.Span, t portolan.Transport) []sides {
	prev, next := around(m, t)
	var all []sides
	for p := int(span.First); p <= int(span.Last); p++ {
		k := portolan.Key{Port: uint16(p), Transport: t}
		x := sides{span: portolan.Span{First: k.Port, Last: k.Port}, transport: t, before: sideOf(k, prev, m), after: sideOf(k, next, m)}
		if n := len(all); n > 0 && all[n-1].before.same(x.before) && all[n-1].after.same(x.after) {
			all[n-1].span.Last = k.Port
			continue
		}
		all = append(all, x)
	}
	return all
}

// around returns the editions that speak of a transport before and after a day;
// none after where that before is of the day.
func around(m moment, t portolan.Transport) (prev, next registry.Source) {
	for _, e := range registry.Editions(t) {
		if m.Edition.ID != "" && (e.ID == m.Edition.ID || before(e, m.Edition)) {
			prev = e
			continue
		}
		next = e
		break
	}
	if m.Exact && prev.ID == m.Edition.ID {
		next = registry.Source{}
	}
	return prev, next
}

func sideOf(k portolan.Key, s registry.Source, m moment) *atSide {
	if s.ID == "" {
		return nil
	}
	x, _ := registry.In(k, s)
	side := &atSide{Edition: *editionOf(s), Status: x.Status().String(), Listed: x.Listed(), Rows: []bookRow{}, rows: slices.Collect(x.Rows())}
	// Names newer than the newest edition count from the day of their list on.
	if today := registry.Lookup(k); today.Edition().ID == s.ID {
		for r := range today.Assignments() {
			if !slices.Contains(side.rows, r) && r.First().Date.String() <= m.Day.String() {
				side.Status, side.Listed, side.rows = today.Status().String(), true, append(side.rows, r)
			}
		}
	}
	return side
}

func (s *atSide) same(o *atSide) bool {
	return s == nil && o == nil || s != nil && o != nil && s.Status == o.Status && s.Edition == o.Edition && slices.Equal(s.rows, o.rows)
}

// agrees reports whether two editions say the same of who has the ports.
func (s *atSide) agrees(o *atSide) bool {
	return s.Status == o.Status && slices.EqualFunc(s.assigned(), o.assigned(), func(a, b registry.Assignment) bool {
		return strings.EqualFold(called(a), called(b)) && strings.EqualFold(a.Description(), b.Description()) && heldBy(a) == heldBy(b)
	})
}

func (s *atSide) assigned() []registry.Assignment {
	if s == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.rows), func(x registry.Assignment) bool { return x.Status() != registry.Assigned })
}

func (x sides) lists(service string) bool {
	return slices.ContainsFunc(append(x.before.assigned(), x.after.assigned()...), func(r registry.Assignment) bool { return strings.EqualFold(r.Service(), service) })
}

func (x sides) answer(m moment) atAnswer {
	certain := x.before != nil && (m.Exact && x.before.Edition.Source == m.Edition.ID || x.after != nil && x.before.agrees(x.after))
	return atAnswer{Ports: x.span.String(), Transports: []portolan.Transport{x.transport}, Certain: certain, Before: x.before, After: x.after}
}

func (s *atSide) cite(c *citer) {
	if s == nil {
		return
	}
	src, _ := registry.SourceByID(s.Edition.Source)
	s.Number = c.Number(src)
	for i, r := range s.rows {
		rows := []registry.Assignment{r}
		for _, o := range s.also {
			rows = append(rows, o[i])
		}
		s.Rows = append(s.Rows, *c.row(src, rows...))
	}
}

// joinAnswers joins transports of the same ports that say the same. Transports
// of which nothing is assigned or reserved are left out, unless they were asked
// for or all are so; then tcp and udp stand for all.
func joinAnswers(all []atAnswer, asked bool) []atAnswer {
	var joined []atAnswer
	for _, x := range all {
		i := slices.IndexFunc(joined, func(y atAnswer) bool { return x.Ports == y.Ports && x.Before.like(y.Before) && x.After.like(y.After) })
		if i < 0 {
			joined = append(joined, x)
			continue
		}
		joined[i].Transports = append(joined[i].Transports, x.Transports...)
		joined[i].Before.join(x.Before)
		joined[i].After.join(x.After)
	}
	if !asked {
		busy := func(x atAnswer) bool { return x.Before.speaks() || x.After.speaks() }
		if slices.ContainsFunc(joined, busy) {
			joined = slices.DeleteFunc(joined, func(x atAnswer) bool { return !busy(x) && !slices.Contains(x.Transports, portolan.TCP) })
		} else {
			joined = slices.DeleteFunc(joined, func(x atAnswer) bool { return !slices.Contains(x.Transports, portolan.TCP) })
		}
	}
	slices.SortStableFunc(joined, func(a, b atAnswer) int { return cmp.Compare(portOf(a.Ports), portOf(b.Ports)) })
	return joined
}

func portOf(ports string) int {
	s, _ := portolan.ParseSpan(ports)
	return int(s.First)
}

// like reports whether two transports' rows say the same, wherever they stand.
func (s *atSide) like(o *atSide) bool {
	return s == nil && o == nil || s != nil && o != nil && s.Edition == o.Edition && s.Status == o.Status && s.Listed == o.Listed && slices.EqualFunc(s.rows, o.rows, sameRow)
}

// join takes over the rows of another transport that say the same.
func (s *atSide) join(o *atSide) {
	if s != nil {
		s.also = append(s.also, o.rows)
	}
}

func (s *atSide) speaks() bool {
	return s != nil && (s.Status == registry.Assigned.String() || s.Status == registry.Reserved.String())
}

func summaryOf(s registry.Source) []atCount {
	all := []atCount{}
	for _, t := range everyTransport() {
		if s.ID != "" && s.Covers(t) {
			n := registry.Count(t, s)
			all = append(all, atCount{t, n[registry.Assigned], n[registry.Reserved], n[registry.Unassigned], n[registry.Dynamic]})
		}
	}
	return all
}

var atColumns = []string{"ports", "transports", "certain", "before", "status", "service", "description", "holder", "after", "status_after", "service_after"}

func (d *atDocument) rows(yield func([]string) bool) {
	for _, x := range d.Answers {
		b, f := x.Before.cells(), x.After.cells()
		if !yield([]string{x.Ports, strings.Join(transportNames(x.Transports), " "), fmt.Sprint(x.Certain), b[0], b[1], b[2], b[3], b[4], f[0], f[1], f[2]}) {
			return
		}
	}
}

// cells are date, status, services, description and holder of a side.
func (s *atSide) cells() [5]string {
	if s == nil {
		return [5]string{}
	}
	x := [5]string{s.Edition.Date, s.Status}
	var names []string
	for _, r := range s.assigned() {
		names = append(names, cmp.Or(r.Service(), r.Description()))
		x[3], x[4] = cmp.Or(x[3], r.Description()), cmp.Or(x[4], heldBy(r))
	}
	x[2] = strings.Join(names, " ")
	return x
}

func (d *atDocument) document() *report.Document {
	doc := &report.Document{Schema: atSchema, DataVersion: d.DataVersion, Value: d, Items: each(d.Answers), Columns: atColumns, Rows: d.rows, Text: d.text}
	if len(d.Summary) > 0 {
		doc.Items, doc.Columns = each(d.Summary), []string{"transport", "assigned", "reserved", "unassigned", "dynamic"}
		doc.Rows = func(yield func([]string) bool) {
			for _, n := range d.Summary {
				if !yield([]string{n.Transport.String(), fmt.Sprint(n.Assigned), fmt.Sprint(n.Reserved), fmt.Sprint(n.Unassigned), fmt.Sprint(n.Dynamic)}) {
					return
				}
			}
		}
	}
	return doc
}
