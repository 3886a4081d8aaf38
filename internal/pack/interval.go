package pack

import (
	"cmp"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// interval is a row that stood unchanged from one source to another of the
// same series.
type interval struct {
	row         twin.Row
	mask        uint8   // bit t for transport t; anyBit where the row names none
	first, last int     // sources, inclusive
	places      []place // one for each source, or none at all
	news        bool    // of a list of names: the newest whole edition lacks it
	current     bool    // news, or in the newest whole edition
	seq         int     // order of first appearance, for a stable result
}

type place struct{ page, line int }

// anyBit marks a row that names no transport and so speaks of all of today's.
const anyBit = 0x80

// content is what must be equal for two rows to be one interval: all but the
// place, and whether there is one, so that an interval has a place in all of
// its sources or in none.
type content struct {
	row        string
	placed     bool
	spoken     string // the transports that the source covers, where the row names none
	occurrence int    // the same line may be printed twice
}

// intervals joins equal rows of successive sources of a series.
func intervals(editions []Edition) []*interval {
	j := joiner{open: map[content]*interval{}}
	for i, e := range editions {
		if i > 0 && e.Series != editions[i-1].Series {
			clear(j.open)
		}
		if e.Changes {
			j.changes(i, e)
		} else {
			j.whole(i, e)
		}
	}
	return mergeTransports(j.all)
}

// joiner holds the intervals that the sources so far make.
type joiner struct {
	all  []*interval
	open map[content]*interval // those that may go on
}

// whole reads a source of which we have all rows.
func (j *joiner) whole(i int, e Edition) {
	seen := map[string]int{}
	for _, r := range e.Rows {
		at := place{r.Page, r.Line}
		c := contentOf(r, e)
		c.occurrence = seen[c.row]
		seen[c.row]++
		iv := j.open[c]
		if iv == nil || iv.last != i-1 {
			iv = j.begin(c, r, e, i)
		}
		iv.last = i
		if c.placed {
			iv.places = append(iv.places, at)
		}
	}
}

// changes reads a source of which we have what differs from the one before.
func (j *joiner) changes(i int, e Edition) {
	count := map[content]int{} // rows that stand so often in the source before
	for c, iv := range j.open {
		if iv.last == i-1 {
			iv.last = i
			c.occurrence = 0
			count[c]++
		}
	}
	for _, r := range e.Gone {
		c := contentOf(r, e)
		count[c]--
		c.occurrence = count[c]
		j.open[c].last = i - 1
		c.occurrence = 0
	}
	for _, r := range e.Rows {
		c := contentOf(r, e)
		n := count[c]
		count[c]++
		c.occurrence = n
		j.begin(c, r, e, i)
	}
}

func contentOf(r twin.Row, e Edition) content {
	placed := r.Page != 0 || r.Line != 0
	r.Page, r.Line = 0, 0
	c := content{row: r.String(), placed: placed}
	if r.Transport == twin.Any {
		c.spoken = e.Transports
	}
	return c
}

func (j *joiner) begin(c content, r twin.Row, e Edition, i int) *interval {
	r.Page, r.Line = 0, 0
	iv := &interval{row: r, mask: maskOf(r.Transport, e.Transports), first: i, last: i, seq: len(j.all)}
	j.open[c] = iv
	j.all = append(j.all, iv)
	return iv
}

// maskOf has a bit for each transport that a row speaks of: its own, or those
// that its source covers.
func maskOf(t portolan.Transport, covered string) uint8 {
	if t != twin.Any {
		return 1 << t
	}
	return anyBit | coverMask(covered)
}

// coverMask reads "tcp; udp". [Load] has checked the names.
func coverMask(covered string) uint8 {
	var mask uint8
	for name := range strings.SplitSeq(covered, "; ") {
		t, _ := portolan.ParseTransport(name)
		mask |= 1 << t
	}
	return mask
}

// mergeTransports makes one interval of rows that differ in nothing but the
// transport, as most of tcp and udp do. Rows with places stay apart.
func mergeTransports(all []*interval) []*interval {
	type same struct {
		row         string
		first, last int
	}
	kept := all[:0]
	at := map[same]*interval{}
	for _, iv := range all {
		if len(iv.places) > 0 || iv.mask&anyBit != 0 {
			kept = append(kept, iv)
			continue
		}
		r := iv.row
		r.Transport = 0
		k := same{r.String(), iv.first, iv.last}
		if twin := at[k]; twin != nil && twin.mask&iv.mask == 0 {
			twin.mask |= iv.mask
			continue
		}
		at[k] = iv
		kept = append(kept, iv)
	}
	return kept
}

// markCurrent marks what today's answers rest on: the newest whole edition of
// the assigning series, and what a list of names newer than it adds to it.
func markCurrent(editions []Edition, all []*interval) {
	newest := currentEdition(editions)
	known := map[string]bool{}
	for _, r := range editions[newest].Rows {
		for p := int(r.Span.First); p <= int(r.Span.Last); p++ {
			known[portolan.Key{Port: uint16(p), Transport: r.Transport}.String()+" "+strings.ToLower(r.Service)] = true
		}
	}
	for _, iv := range all {
		iv.current = iv.first <= newest && newest <= iv.last
		s := editions[iv.last]
		if s.Coverage != "names" || s.Role != "assigns" || iv.row.Status != "assigned" || s.Date <= editions[newest].Date {
			continue
		}
		for t := portolan.TCP; t <= portolan.DCCP; t++ {
			key := portolan.Key{Port: iv.row.Span.First, Transport: t}.String() + " " + strings.ToLower(iv.row.Service)
			iv.news = iv.news || iv.mask&(1<<t) != 0 && !known[key]
		}
		iv.current = iv.news
	}
}

// currentEdition is the newest source that both assigns and is whole.
func currentEdition(editions []Edition) int {
	best := -1
	for i, s := range editions {
		if s.Role == "assigns" && s.Coverage == "whole" && (best < 0 || s.Date >= editions[best].Date) {
			best = i
		}
	}
	return best
}

// order sorts intervals as a cell lists them: what today's answers rest on
// first, so that Lookup may stop behind it; then by series, what stands last
// first, then as the source has them.
func order(editions []Edition, all []*interval) {
	series := seriesNumbers(editions)
	past := func(iv *interval) int {
		if iv.current {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b *interval) int {
		return cmp.Or(cmp.Compare(past(a), past(b)), cmp.Compare(series[a.first], series[b.first]), -cmp.Compare(a.last, b.last), -cmp.Compare(a.first, b.first),
			cmp.Compare(a.row.Span.First, b.row.Span.First), cmp.Compare(a.line(), b.line()), cmp.Compare(a.seq, b.seq))
	})
}

// line is where the row stands in its first source, 0 where it has no place.
func (iv *interval) line() int {
	if len(iv.places) == 0 {
		return 0
	}
	return iv.places[0].line
}

func seriesNumbers(editions []Edition) []int {
	numbers := make([]int, len(editions))
	for i := 1; i < len(editions); i++ {
		numbers[i] = numbers[i-1]
		if editions[i].Series != editions[i-1].Series {
			numbers[i]++
		}
	}
	return numbers
}
