package unpack

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// Rows returns all that source i says, in the order of its twin.
func (b *Book) Rows(i int) []*twin.Row {
	var all []*twin.Row
	for n := range b.records {
		if r := &b.records[n]; r.first <= i && i <= r.last {
			all = b.lines(all, r, i)
		}
	}
	slices.SortFunc(all, compare)
	return all
}

// compare is the order of a twin, and total: what differs in the page alone is
// printed in the order of pages.
func compare(a, b *twin.Row) int {
	if c := cmp.Compare(a.Span.First, b.Span.First); c != 0 {
		return c // most rows differ here, and need not be copied
	}
	return cmp.Or(twin.Compare(*a, *b), cmp.Compare(a.Page, b.Page))
}

// lines appends what a record stands for in source i: one row for each
// transport, or one that names none.
func (b *Book) lines(all []*twin.Row, r *record, i int) []*twin.Row {
	if r.mask&anyBit != 0 {
		return append(all, b.line(r, i, twin.Any))
	}
	for t := portolan.TCP; t <= portolan.NCP; t++ {
		if r.mask&(1<<t) != 0 {
			all = append(all, b.line(r, i, t))
		}
	}
	return all
}

func (b *Book) line(r *record, i int, t portolan.Transport) *twin.Row {
	row := r.row
	row.Transport = t
	if r.where > 0 {
		place := b.where[(r.where+i-r.first)*placeSize:]
		row.Page, row.Line = u16(place), u16(place[2:])
	}
	return &row
}

// count is how many rows a record stands for.
func (r *record) count() int {
	if r.mask&anyBit != 0 {
		return 1
	}
	return bits.OnesCount8(r.mask)
}

// Counts returns how many rows each source has.
func (b *Book) Counts() []int {
	counts := make([]int, len(b.Sources)+1)
	for i := range b.records {
		r := &b.records[i]
		counts[r.first] += r.count()
		counts[r.last+1] -= r.count()
	}
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	return counts[:len(b.Sources)]
}

// Changes returns what came and went with each of the sources first to last, a
// run of editions, in the order of its twin.
func (b *Book) Changes(first, last int) []twin.Change {
	var all []*change
	add := func(edition int, gone bool, rows []*twin.Row) {
		for _, row := range rows {
			all = append(all, &change{edition, twin.Change{Edition: b.Sources[edition].ID, Gone: gone, Row: *row}})
		}
	}
	for i := range b.records {
		r := &b.records[i]
		if r.first >= first && r.first <= last {
			add(r.first, false, b.lines(nil, r, r.first))
		}
		if next := r.last + 1; next >= first && next <= last && b.Sources[next].Series == b.Sources[r.last].Series {
			add(next, true, b.lines(nil, r, r.last))
		}
	}
	slices.SortFunc(all, compareChanges)
	changes := make([]twin.Change, len(all))
	for i, c := range all {
		changes[i] = c.Change
	}
	return changes
}

// change is a change with the number of its edition.
type change struct {
	edition int
	twin.Change
}

// compareChanges is the order of a twin of changes.
func compareChanges(a, b *change) int {
	if c := cmp.Or(cmp.Compare(a.edition, b.edition), cmp.Compare(a.Row.Span.First, b.Row.Span.First)); c != 0 {
		return c
	}
	if c := twin.Compare(a.Row, b.Row); c != 0 {
		return c
	}
	return strings.Compare(a.String(), b.String())
}
