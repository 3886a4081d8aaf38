package registry

import (
	"cmp"
	"iter"
	"math/bits"
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

// MovedTo returns where a removed assignment's name is listed by the edition
// that lacks it here, on the same transport, and was not by the edition before. A
// row that keeps some of its ports has not moved.
func (e Event) MovedTo() (portolan.Span, bool) {
	if e.Kind != Removed {
		return portolan.Span{}, false
	}
	for _, m := range Service(e.From.Service()) {
		if m.Transport == e.Transport && m.Assignment.Status() == Assigned && m.Assignment.First().ID == e.At.ID && !overlap(m.Span, e.From.Span()) &&
			!e.wasListed(m.Span.First) {
			return m.Span, true
		}
	}
	return portolan.Span{}, false
}

// wasListed reports whether the edition before already had the name on a port.
func (e Event) wasListed(port uint16) bool {
	before, ok := In(portolan.Key{Port: port, Transport: e.Transport}, e.Before)
	if !ok {
		return false
	}
	for a := range before.Assignments() {
		if sameName(a, e.From) {
			return true
		}
	}
	return false
}

func overlap(a, b portolan.Span) bool { return a.First <= b.Last && b.First <= a.Last }

// Events returns all that ever changed for a key, oldest first. What stood in
// the first edition that speaks of the transport begins it as listed.
func Events(k portolan.Key) []Event {
	return EventsIn(portolan.Span{First: k.Port, Last: k.Port}, k.Transport)
}

// EventsIn returns what [Events] returns for all keys of a span, by first port,
// those of a port oldest first; a run of ports to which the same happened is
// one event.
func EventsIn(s portolan.Span, t portolan.Transport) []Event {
	var all runs
	var x comparison
	for c, span := range cells(s) {
		x.read(c, t)
		all.begin(span)
		for _, at := range boundaries(x.held, t) {
			before := neighbourNumber(at, t, -1)
			for _, e := range x.compare(before, at) {
				all.add(before, at, e)
			}
		}
		for r := range c.rows() {
			if r.on(t) && r.flags()&newsBit != 0 {
				all.add(edition, r.firstSource(), change{Listed, Assignment{}, assignment(r)})
			}
		}
	}
	return all.events(t)
}

// Diff returns what differs between two editions of the registry for a
// transport, by port; a run of ports that changed alike is one event.
func Diff(t portolan.Transport, from, to Source) []Event {
	before, ok1 := number(from)
	at, ok2 := number(to)
	if !ok1 || !ok2 || !from.Covers(t) || !to.Covers(t) {
		return nil
	}
	var all runs
	var x comparison
	for c, span := range cells(portolan.Span{Last: 1<<16 - 1}) {
		if !c.differs(t, before, at) {
			continue
		}
		x.read(c, t)
		all.begin(span)
		for _, e := range x.compare(before, at) {
			all.add(before, at, e)
		}
	}
	return all.events(t)
}

// runs collects events by port and joins those of neighbours that are alike.
type runs struct {
	list []run
	span portolan.Span
	// open are the numbers of the runs that end just before span, next of those
	// that end with it.
	open, next []int
}

// run is an event of 32 bytes: one with its sources has twelve times as many.
type run struct {
	portolan.Span
	change
	before, at int16 // numbers of sources, -1: none
}

// begin turns to the next ports. Those between may be left out.
func (r *runs) begin(span portolan.Span) {
	r.open, r.next = r.next, r.open[:0]
	if int(r.span.Last)+1 != int(span.First) {
		r.open = r.open[:0]
	}
	r.span = span
}

func (r *runs) add(before, at int, c change) {
	for _, i := range r.open {
		if o := &r.list[i]; o.change == c && int(o.at) == at && int(o.before) == before {
			o.Last = r.span.Last
			r.next = append(r.next, i)
			return
		}
	}
	r.next = append(r.next, len(r.list))
	r.list = append(r.list, run{r.span, c, int16(before), int16(at)})
}

func (r *runs) events(t portolan.Transport) []Event {
	all := make([]Event, len(r.list))
	for i, x := range r.list {
		all[i] = Event{Span: x.Span, Transport: t, Kind: x.kind, At: source(int(x.at)), From: x.from, To: x.to}
		if x.before >= 0 {
			all[i].Before = source(int(x.before))
		}
	}
	return all
}

// cells yields the runs of ports of a span that share their rows, in order.
func cells(s portolan.Span) iter.Seq2[cell, portolan.Span] {
	return func(yield func(cell, portolan.Span) bool) {
		c, first := cellOf(s.First), int(s.First)
		for next := range starts(first + 1) {
			last := min(next-1, int(s.Last))
			if !yield(c, portolan.Span{First: uint16(first), Last: uint16(last)}) || last == int(s.Last) {
				return
			}
			c, first = c+1, next
		}
	}
}

// starts yields the ports from one on at which a cell begins, and 65536.
func starts(from int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for block := from / 64; block < 1<<16/64; block++ {
			begun := u64(dataStarts, block*10+2)
			if block == from/64 {
				begun &= ^uint64(0) << (from % 64)
			}
			for ; begun != 0; begun &= begun - 1 {
				if !yield(block*64 + bits.TrailingZeros64(begun)) {
					return
				}
			}
		}
		yield(1 << 16)
	}
}

// differs reports whether an edition has rows of the cell that another lacks.
func (c cell) differs(t portolan.Transport, before, at int) bool {
	from, to := c.list()
	for i := from; i < to; i++ {
		r := row(u24(dataCellrows, i*3))
		if r.on(t) && r.ofEdition() && r.in(before) != r.in(at) {
			return true
		}
	}
	return false
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

// change is an event without its place and time.
type change struct {
	kind     Kind
	from, to Assignment
}

// comparison is of the rows that two editions have for a key. Its slices are
// used again for the next.
type comparison struct {
	held      []row        // of all editions
	old, new  []Assignment // of the two
	left      []Assignment // assigned before, and not yet matched
	rest      []Assignment // assigned now, and not yet matched
	changes   []change
	unmatched []Assignment // room to work in
}

// read takes the rows of a cell that whole editions of the registry have for a
// transport.
func (c *comparison) read(of cell, t portolan.Transport) {
	c.held = c.held[:0]
	for r := range of.rows() {
		if r.on(t) && r.ofEdition() {
			c.held = append(c.held, r)
		}
	}
	slices.Sort(c.held)
}

// compare tells what an edition changed against another, before; -1: against
// nothing. The result is valid until the next call.
func (c *comparison) compare(before, at int) []change {
	c.old, c.new, c.changes = c.old[:0], c.new[:0], c.changes[:0]
	for _, r := range c.held {
		if before >= 0 && r.in(before) {
			c.old = append(c.old, assignment(r))
		}
		if r.in(at) {
			c.new = append(c.new, assignment(r))
		}
	}
	c.run()
	if len(c.changes) > 1 {
		slices.SortStableFunc(c.changes, func(a, b change) int {
			return cmp.Compare(slices.Index(Kinds[:], a.kind), slices.Index(Kinds[:], b.kind))
		})
	}
	return c.changes
}

func (c *comparison) add(kind Kind, from, to Assignment) {
	c.changes = append(c.changes, change{kind, from, to})
}

func (c *comparison) run() {
	c.left, c.rest = assignedOf(c.left[:0], c.old), assignedOf(c.rest[:0], c.new)
	// The same name first, then what reads as the same under another.
	for _, same := range [...]func(a, b Assignment) bool{identical, sameName, akin, anything} {
		c.pair(same)
	}
	for _, a := range c.left {
		c.add(Removed, a, firstOf(c.new, Reserved, Unassigned))
	}
	for _, a := range c.rest {
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
func (c *comparison) pair(same func(a, b Assignment) bool) {
	if len(c.left) == 0 || len(c.rest) == 0 {
		return
	}
	c.unmatched = c.unmatched[:0]
	for _, a := range c.left {
		i := slices.IndexFunc(c.rest, func(b Assignment) bool { return same(a, b) })
		if i < 0 {
			c.unmatched = append(c.unmatched, a)
			continue
		}
		c.differences(a, c.rest[i])
		c.rest = slices.Delete(c.rest, i, i+1)
	}
	c.left, c.unmatched = c.unmatched, c.left
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

// assignedOf appends the assignments among rows.
func assignedOf(all, rows []Assignment) []Assignment {
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
// same description, nearly the same spelling, or a holder in common other than
// those who kept the lists.
func akin(a, b Assignment) bool {
	if d := plain(a.Description()); d != "" && d == plain(b.Description()) {
		return true
	}
	x, y := plain(a.Service()), plain(b.Service())
	switch {
	case x == "" || y == "":
		// A list without names went before one with names ("Echo", then echo).
		return x+y != "" && strings.Contains(plain(a.Description()+" "+b.Description()), x+y) || shareUser(a, b)
	case x == y || slipped(x, y):
		return true
	}
	return shareUser(a, b)
}

// keepers are those who hold ports because they keep the lists, or stand in for
// whoever a standard has: that two services have them in common says nothing.
var keepers = [...]string{"jonpostel", "joycereynolds", "iana", "iesg", "ietfchair"}

// shareUser reports whether two rows name a holder in common who is no keeper.
func shareUser(a, b Assignment) bool {
	users := func(x Assignment) []string {
		return slices.DeleteFunc(holders(x), func(h string) bool { return slices.Contains(keepers[:], h) })
	}
	of := users(b)
	return slices.ContainsFunc(users(a), func(h string) bool {
		return slices.ContainsFunc(of, func(o string) bool { return samePerson(h, o) })
	})
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
	i := int(s.number)
	return i, i < len(certificates()) && certificates()[i].ID == s.ID
}
