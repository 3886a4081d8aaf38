package main

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// lister yields the lines of a list one by one: it holds those of one run of
// ports at a time.
type lister struct {
	answer     func(portolan.Key) registry.Answer
	editions   []edition
	transports []portolan.Transport
	only       []uint8 // by port, a bit for each transport asked for; nil: all
	named      uint8   // transports that were asked for by name

	statuses []registry.Status
	ranges   []portolan.Range
	holder   string // in lower case
	year     int16
	ghost    bool

	limit     int // 0: none
	onlyCount bool

	// What the lines so far were.
	total    listTotal
	shown    int // lines printed
	unplaced int // keys that may be of the year
	names    map[string]bool
}

// listTotal counts what passes the filters, whatever the limit.
type listTotal struct {
	Ports int `json:"ports"`
	Keys  int `json:"keys"`
	Names int `json:"names"` // distinct service names, in any case
	Lines int `json:"lines"`
}

// listLine is what is said of a run of ports on one or more transports.
type listLine struct {
	span   portolan.Span
	on     []portolan.Transport
	status registry.Status
	ghost  bool
	rows   []registry.Assignment // the same text on each transport; none where no row names the key
	// first is the first edition that lists the assignment, notYet the one before.
	first, notYet registry.Source
	by            string // with --year: registered or listed
}

// row is the line's text; its methods answer "" where no row names the key.
func (l *listLine) row() registry.Assignment {
	if len(l.rows) == 0 {
		return registry.Assignment{}
	}
	return l.rows[0]
}

// all yields every line that passes, and counts. Ports of which the same is
// said are one line.
func (x *lister) all() iter.Seq[*listLine] {
	return func(yield func(*listLine) bool) {
		x.total, x.shown, x.unplaced = listTotal{}, 0, 0
		clear(x.names)
		var held []listLine
		for span := range x.spans() {
			lines := x.lines(span)
			x.countKeys(span, lines)
			if continues(held, lines) {
				lengthen(held, lines)
				continue
			}
			if !x.release(held, yield) {
				return
			}
			held = lines
		}
		x.release(held, yield)
	}
}

// spans yields runs of ports of which all was asked or nothing, and the same
// is to be said.
func (x *lister) spans() iter.Seq[portolan.Span] {
	return func(yield func(portolan.Span) bool) {
		for run := range registry.Runs() {
			if len(x.ranges) > 0 && !slices.Contains(x.ranges, portolan.RangeOf(run.First)) {
				continue
			}
			for first := int(run.First); first <= int(run.Last); {
				last := first
				for last < int(run.Last) && x.asked(last+1) == x.asked(first) {
					last++
				}
				if x.asked(first) != 0 && !yield(portolan.Span{First: uint16(first), Last: uint16(last)}) {
					return
				}
				first = last + 1
			}
		}
	}
}

func (x *lister) asked(p int) uint8 {
	if x.only == nil {
		return allTransports
	}
	return x.only[p]
}

// lines returns what is said of a run that passes the filters.
func (x *lister) lines(span portolan.Span) []listLine {
	var all []listLine
	for _, t := range x.transports {
		if x.asked(int(span.First))&(1<<t) == 0 {
			continue
		}
		for _, l := range x.keyLines(portolan.Key{Port: span.First, Transport: t}) {
			l.span = span
			all = joinTransport(all, l)
		}
	}
	return all
}

// keyLines returns the lines of one key.
func (x *lister) keyLines(k portolan.Key) []listLine {
	a := x.answer(k)
	l := listLine{on: []portolan.Transport{k.Transport}, status: a.Status()}
	if len(x.statuses) > 0 && !slices.Contains(x.statuses, l.status) || x.isQuiet(k.Transport, l.status) {
		return nil
	}
	if l.ghost = len(x.editions) > 0 && x.editions[0].asked == "" && registry.IsGhost(k); x.ghost && !l.ghost {
		return nil
	}
	if l.status != registry.Assigned {
		return x.unassignedLines(a, l)
	}
	var all []listLine
	for row := range a.Assignments() {
		if x.holder != "" && !holds(row, x.holder) {
			continue
		}
		life, _ := registry.LifeOf(k, row)
		each := l
		each.rows, each.first, each.notYet = []registry.Assignment{row}, life.First, life.NotYet
		if x.year != 0 && !x.ofYear(&each, k) {
			continue
		}
		all = append(all, each)
	}
	return all
}

// isQuiet tells of sctp and dccp where nothing is on them, unless asked for.
func (x *lister) isQuiet(t portolan.Transport, s registry.Status) bool {
	return s == registry.Unassigned && (t == portolan.SCTP || t == portolan.DCCP) && x.named&(1<<t) == 0
}

// unassignedLines is one line, with the first row that says more than the bare word.
func (x *lister) unassignedLines(a registry.Answer, l listLine) []listLine {
	if x.holder != "" || x.year != 0 {
		return nil
	}
	for row := range a.Rows() {
		if len(l.rows) == 0 || saysNothing(l.rows[0]) && !saysNothing(row) {
			l.rows = []registry.Assignment{row}
		}
	}
	return []listLine{l}
}

func saysNothing(row registry.Assignment) bool {
	return row.Description() == "" && row.Note() == "" && row.Unauthorized() == ""
}

func holds(row registry.Assignment, text string) bool {
	return strings.Contains(strings.ToLower(row.Assignee()), text) || strings.Contains(strings.ToLower(row.Contact()), text)
}

// ofYear reports whether an assignment is placed in the year, and by what. One
// that the editions place within several years is counted, not placed.
func (x *lister) ofYear(l *listLine, k portolan.Key) bool {
	if d := l.row().Registered(); !d.IsZero() {
		l.by = "registered"
		return d.Year == x.year
	}
	to, from := l.first.Date.Year, l.notYet.Date.Year
	if l.by = "listed"; from == x.year && to == x.year {
		return true
	}
	if from <= x.year && x.year <= to && l.notYet.ID != "" {
		x.unplaced++
	}
	return false
}

// joinTransport adds a line, or the transport to one that says the same.
func joinTransport(all []listLine, l listLine) []listLine {
	for i := range all {
		if says(&all[i], &l) {
			all[i].on, all[i].rows = append(all[i].on, l.on...), append(all[i].rows, l.rows...)
			return all
		}
	}
	return append(all, l)
}

// says reports whether two lines say the same, transports and places aside.
func says(a, b *listLine) bool {
	return a.status == b.status && a.ghost == b.ghost && a.first.ID == b.first.ID && a.notYet.ID == b.notYet.ID && a.by == b.by &&
		len(a.rows) > 0 == (len(b.rows) > 0) && (a.row() == b.row() || sameWords(a.row(), b.row()))
}

// sameWords compares what two rows print.
func sameWords(a, b registry.Assignment) bool {
	return a.Service() == b.Service() && a.Description() == b.Description() && a.Assignee() == b.Assignee() && a.Contact() == b.Contact() &&
		a.Registered() == b.Registered() && a.Note() == b.Note() && a.Unauthorized() == b.Unauthorized() && slices.Equal(a.References(), b.References())
}

// continues reports whether the lines of a run say what those of the run before said.
func continues(held, lines []listLine) bool {
	if len(held) == 0 || len(held) != len(lines) {
		return false
	}
	before, next := held[0].span.Last, lines[0].span.First
	if int(before)+1 != int(next) || portolan.RangeOf(before) != portolan.RangeOf(next) {
		return false
	}
	for i := range held {
		if !slices.Equal(held[i].on, lines[i].on) || !says(&held[i], &lines[i]) {
			return false
		}
	}
	return true
}

func lengthen(held, lines []listLine) {
	for i := range held {
		held[i].span.Last = lines[i].span.Last
		for _, row := range lines[i].rows {
			if !slices.Contains(held[i].rows, row) {
				held[i].rows = append(held[i].rows, row)
			}
		}
	}
}

// release hands lines on, until the limit.
func (x *lister) release(lines []listLine, yield func(*listLine) bool) bool {
	for i := range lines {
		x.total.Lines++
		if x.limit > 0 && x.shown == x.limit || x.onlyCount {
			continue
		}
		x.shown++
		if !yield(&lines[i]) {
			return false
		}
	}
	return true
}

func (x *lister) countKeys(span portolan.Span, lines []listLine) {
	if len(lines) == 0 {
		return
	}
	on := uint8(0)
	for i := range lines {
		for _, t := range lines[i].on {
			if on&(1<<t) == 0 {
				x.total.Keys += span.Len()
			}
			on |= 1 << t
		}
		if name := lines[i].row().Service(); name != "" && !x.names[strings.ToLower(name)] {
			x.names[strings.ToLower(name)] = true
			x.total.Names++
		}
	}
	x.total.Ports += span.Len()
}

// count goes through all lines for their number.
func (x *lister) count() {
	for range x.all() {
	}
}

func (t listTotal) cells() []string {
	return []string{strconv.Itoa(t.Ports), strconv.Itoa(t.Keys), strconv.Itoa(t.Names), strconv.Itoa(t.Lines)}
}

func (x *lister) countText(p *report.Page) {
	x.sayEditions(p)
	x.count()
	if x.total.Lines == 0 {
		return
	}
	table := &report.Table{}
	var row []report.Cell
	for i, name := range [...]string{"ports", "keys", "names", "lines"} {
		table.Columns = append(table.Columns, report.Column{Header: name, Align: report.Right})
		row = append(row, report.Text(x.total.cells()[i]))
	}
	table.Rows = [][]report.Cell{row}
	p.Table(table)
}
