package registry

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/portolan/portolan"
)

// Kind says what an [Event] changed.
type Kind string

// The kinds, as far as a comparison of two editions can tell them.
const (
	Listed      Kind = "listed"      // an assignment that the edition before lacks
	Removed     Kind = "removed"     // an assignment that the edition lacks
	Renamed     Kind = "renamed"     // another name for what reads as the same service
	Reassigned  Kind = "reassigned"  // another name, and neither holder, description nor spelling in common
	HolderKind  Kind = "holder"      // none of the holders named before is named now
	HolderLost  Kind = "holder-lost" // nobody is named any more
	HolderNamed Kind = "holder-named"
	Described   Kind = "described"  // another description
	Noted       Kind = "noted"      // another note, or word of unauthorised use
	Referenced  Kind = "referenced" // other references
	Dated       Kind = "dated"      // another registration or modification date
	Ranged      Kind = "ranged"     // the same assignment for another range of ports
	ReservedNow Kind = "reserved"   // a key that was not assigned is reserved
	Released    Kind = "released"   // a reserved key is unassigned
)

// Kinds lists all kinds in the order in which one edition's events are told.
var Kinds = [...]Kind{Removed, Released, ReservedNow, Listed, Renamed, Reassigned, Ranged, HolderKind, HolderLost, HolderNamed, Described, Noted, Referenced, Dated}

// Event is what changed for ports of one transport between two editions.
type Event struct {
	Span      portolan.Span
	Transport portolan.Transport
	Kind      Kind
	// Before is the edition that does not show it yet, zero for the first that
	// speaks of the transport: the event is of after its date, and of or before
	// that of At.
	Before, At Source
	// From and To are the rows; zero where there is none. Of a removal, To is
	// what the edition says of the key instead, if anything.
	From, To Assignment
}

// MovedTo returns where a removed assignment's name is first listed by the
// edition that lacks it here, on the same transport.
func (e Event) MovedTo() (portolan.Span, bool) {
	if e.Kind != Removed {
		return portolan.Span{}, false
	}
	for _, m := range Service(e.From.Service()) {
		if m.Transport == e.Transport && m.Assignment.Status() == Assigned && m.Assignment.First().ID == e.At.ID && m.Span != e.From.Span() {
			return m.Span, true
		}
	}
	return portolan.Span{}, false
}

// Events returns all that ever changed for a key, oldest first. What stood in
// the first edition that speaks of the transport begins it as listed.
func Events(k portolan.Key) []Event {
	held := editionRows(cellOf(k.Port), k.Transport)
	var all []Event
	span := portolan.Span{First: k.Port, Last: k.Port}
	for _, at := range boundaries(held, k.Transport) {
		before := neighbourNumber(at, k.Transport, -1)
		all = append(all, compare(span, k.Transport, held, before, at)...)
	}
	for r := range cellRows(k) {
		if r.flags()&newsBit != 0 {
			all = append(all, Event{span, k.Transport, Listed, source(edition), source(r.firstSource()), Assignment{}, assignment(r)})
		}
	}
	return all
}

// Diff returns what differs between two editions of the registry for a
// transport, by port; a run of ports that changed alike is one event.
func Diff(t portolan.Transport, from, to Source) []Event {
	before, ok1 := number(from)
	at, ok2 := number(to)
	if !ok1 || !ok2 || !from.Covers(t) || !to.Covers(t) {
		return nil
	}
	var all []Event
	for c, span := range cells() {
		if !c.differs(t, before, at) {
			continue
		}
		for _, e := range compare(span, t, editionRows(c, t), before, at) {
			all = joined(all, e)
		}
	}
	return all
}

// joined appends an event, or lets the one before it reach further.
func joined(all []Event, e Event) []Event {
	for i := len(all) - 1; i >= 0 && all[i].Span.Last+1 >= e.Span.First; i-- {
		if last := &all[i]; last.Span.Last+1 == e.Span.First && last.Kind == e.Kind && last.From == e.From && last.To == e.To {
			last.Span.Last = e.Span.Last
			return all
		}
	}
	return append(all, e)
}

// cells yields all runs of ports that share their rows, in order.
func cells() iter.Seq2[cell, portolan.Span] {
	return func(yield func(cell, portolan.Span) bool) {
		for first := 0; first < 1<<16; {
			c := cellOf(uint16(first))
			last := first
			for last < 1<<16-1 && cellOf(uint16(last+1)) == c {
				last++
			}
			if !yield(c, portolan.Span{First: uint16(first), Last: uint16(last)}) {
				return
			}
			first = last + 1
		}
	}
}

// differs reports whether an edition has rows of the cell that another lacks.
func (c cell) differs(t portolan.Transport, before, at int) bool {
	for r := range c.rows() {
		if r.on(t) && r.ofEdition() && r.in(before) != r.in(at) {
			return true
		}
	}
	return false
}

// editionRows returns the rows of a cell that whole editions of the registry
// have for a transport.
func editionRows(c cell, t portolan.Transport) []row {
	var held []row
	for r := range c.rows() {
		if r.on(t) && r.ofEdition() {
			held = append(held, r)
		}
	}
	slices.Sort(held)
	return held
}

// ofEdition reports whether the row is of the registry's own series.
func (r row) ofEdition() bool { return firstEdition <= r.firstSource() && r.lastSource() <= edition }

// boundaries returns the editions in which a row comes or first lacks, in order.
func boundaries(held []row, t portolan.Transport) []int {
	var at []int
	for _, r := range held {
		at = append(at, r.firstSource())
		if next := neighbourNumber(r.lastSource(), t, +1); next >= 0 {
			at = append(at, next)
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// compare tells what an edition changed against another, before; -1: against nothing.
func compare(span portolan.Span, t portolan.Transport, held []row, before, at int) []Event {
	c := comparison{base: Event{Span: span, Transport: t, At: source(at)}}
	if before >= 0 {
		c.base.Before = source(before)
	}
	for _, r := range held {
		if before >= 0 && r.in(before) {
			c.old = append(c.old, assignment(r))
		}
		if r.in(at) {
			c.new = append(c.new, assignment(r))
		}
	}
	c.run()
	slices.SortStableFunc(c.events, func(a, b Event) int {
		return cmp.Compare(slices.Index(Kinds[:], a.Kind), slices.Index(Kinds[:], b.Kind))
	})
	return c.events
}

// comparison is of the rows that two editions have for a key.
type comparison struct {
	base     Event
	old, new []Assignment
	events   []Event
}

func (c *comparison) add(kind Kind, from, to Assignment) {
	e := c.base
	e.Kind, e.From, e.To = kind, from, to
	c.events = append(c.events, e)
}

func (c *comparison) run() {
	old, rest := assignedOf(c.old), assignedOf(c.new)
	// The same name first, then what reads as the same under another.
	for _, same := range [...]func(a, b Assignment) bool{identical, sameName, akin, anything} {
		old, rest = c.pair(old, rest, same)
	}
	for _, a := range old {
		c.add(Removed, a, firstOf(c.new, Reserved, Unassigned))
	}
	for _, a := range rest {
		c.add(Listed, Assignment{}, a)
	}
	was, is := statusOf(c.old), statusOf(c.new)
	switch {
	case was == Unassigned && is == Reserved:
		c.add(ReservedNow, firstOf(c.old, Unassigned), firstOf(c.new, Reserved))
	case was == Reserved && is == Unassigned:
		c.add(Released, firstOf(c.old, Reserved), firstOf(c.new, Unassigned))
	}
}

// pair takes each old row and the first new one that matches it out of the
// lists and tells how they differ.
func (c *comparison) pair(old, rest []Assignment, same func(a, b Assignment) bool) (oldLeft, newLeft []Assignment) {
	for _, a := range old {
		i := slices.IndexFunc(rest, func(b Assignment) bool { return same(a, b) })
		if i < 0 {
			oldLeft = append(oldLeft, a)
			continue
		}
		c.differences(a, rest[i])
		rest = slices.Delete(slices.Clone(rest), i, i+1)
	}
	return oldLeft, rest
}

func (c *comparison) differences(a, b Assignment) {
	if a == b {
		return
	}
	renamed := !strings.EqualFold(a.Service(), b.Service()) || a.Service() == "" && !SameText(a.Description(), b.Description())
	switch {
	case renamed && akin(a, b):
		c.add(Renamed, a, b)
	case renamed:
		c.add(Reassigned, a, b)
		return // all else differs of course
	case !SameText(a.Description(), b.Description()):
		c.add(Described, a, b)
	}
	if a.Span() != b.Span() {
		c.add(Ranged, a, b)
	}
	if kind := holderChange(a, b); kind != "" {
		c.add(kind, a, b)
	}
	if !SameText(a.Note(), b.Note()) || !SameText(a.Unauthorized(), b.Unauthorized()) {
		c.add(Noted, a, b)
	}
	if !SameText(a.text(fieldReferences), b.text(fieldReferences)) {
		c.add(Referenced, a, b)
	}
	if a.Registered() != b.Registered() || a.Modified() != b.Modified() {
		c.add(Dated, a, b)
	}
}

func assignedOf(rows []Assignment) []Assignment {
	var all []Assignment
	for _, a := range rows {
		if a.Status() == Assigned {
			all = append(all, a)
		}
	}
	return all
}

// firstOf returns the first row of one of the statuses, in their order.
func firstOf(rows []Assignment, statuses ...Status) Assignment {
	for _, s := range statuses {
		for _, a := range rows {
			if a.Status() == s {
				return a
			}
		}
	}
	return Assignment{}
}

func statusOf(rows []Assignment) Status {
	for _, s := range [...]Status{Assigned, Reserved} {
		if !firstOf(rows, s).IsZero() {
			return s
		}
	}
	return Unassigned
}

func identical(a, b Assignment) bool { return a == b }

func anything(a, b Assignment) bool { return true }

// akin reports whether two rows under different names read as one service: the
// same description, a holder in common, or nearly the same spelling.
func akin(a, b Assignment) bool {
	if d := plain(a.Description()); d != "" && d == plain(b.Description()) {
		return true
	}
	x, y := plain(a.Service()), plain(b.Service())
	switch {
	case x == "" || y == "":
		// A list without names went before one with names ("Echo", then echo).
		return x+y != "" && strings.Contains(plain(a.Description()+" "+b.Description()), x+y) || shareHolder(a, b)
	case x == y || slipped(x, y):
		return true
	}
	return shareHolder(a, b)
}

// plain keeps letters and digits, in lower case.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r > 127:
			return r
		}
		return -1
	}, s)
}

// slipped reports whether two names differ in one letter: wrong, missing, or
// swapped with its neighbour.
func slipped(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 4 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return i == len(a) || a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// SameText compares what two sources print: white space, case and punctuation
// are the typist's.
func SameText(a, b string) bool { return a == b || plain(a) == plain(b) }

// holders returns all who are named, plainly written. Initials that stand for
// nobody we know ("[SK8]") are left out.
func holders(a Assignment) []string {
	var all []string
	for _, text := range [...]string{a.Assignee(), a.Contact()} {
		for name := range strings.SplitSeq(text, "; ") {
			if p := plain(name); p != "" && !strings.HasPrefix(name, "[") {
				all = append(all, p)
			}
		}
	}
	return all
}

func shareHolder(a, b Assignment) bool {
	of := holders(b)
	return slices.ContainsFunc(holders(a), func(h string) bool {
		return slices.ContainsFunc(of, func(o string) bool { return samePerson(h, o) })
	})
}

// cutName is about where IANA's CSV cuts the keys that it prints for people:
// at 20 characters, dots, underscores and second names included.
const cutName = 12

// samePerson compares two plainly written names. IANA's CSV prints keys instead
// of names, which have lost their accents and, where they are long, their end.
func samePerson(a, b string) bool {
	x, y := []rune(a), []rune(b)
	n := min(len(x), len(y))
	if len(x) != len(y) && n < cutName {
		return false
	}
	for i := range n {
		if x[i] != y[i] && x[i] < 128 && y[i] < 128 {
			return false
		}
	}
	return true
}

func holderChange(a, b Assignment) Kind {
	old, now := holders(a), holders(b)
	switch {
	case len(old) == 0 && len(now) > 0:
		return HolderNamed
	case len(old) > 0 && len(now) == 0:
		return HolderLost
	case len(old) > 0 && !shareHolder(a, b):
		return HolderKind
	}
	return ""
}

// number finds a source's.
func number(s Source) (int, bool) {
	all := certificates()
	for i := range all { // a Source is large: none is copied
		if all[i].ID == s.ID {
			return i, true
		}
	}
	return -1, false
}
