package main

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
	mask        uint8 // bit t for transport t; anyBit where the row names none
	first, last int   // sources, inclusive
	places      []place
	news        bool // of a list of names: the newest whole edition lacks it
	current     bool // news, or in the newest whole edition
	seq         int  // order of first appearance, for a stable result
}

type place struct{ page, line int }

// anyBit marks a row that names no transport and so speaks of all of today's.
const anyBit = 0x80

// content is what must be equal for two rows to be one interval: all but the place.
type content struct {
	row        string
	occurrence int // the same line may be printed twice
}

// intervals joins equal rows of successive sources of a series.
func intervals(sources []twin.Source, rows [][]twin.Row) []*interval {
	var all []*interval
	open := map[content]*interval{}
	for i := range sources {
		if i > 0 && sources[i].Series != sources[i-1].Series {
			clear(open)
		}
		seen := map[string]int{}
		for _, r := range rows[i] {
			at := place{r.Page, r.Line}
			r.Page, r.Line = 0, 0
			c := content{r.String(), seen[r.String()]}
			seen[c.row]++
			if iv := open[c]; iv != nil && iv.last == i-1 {
				iv.last = i
				iv.places = append(iv.places, at)
				continue
			}
			iv := &interval{row: r, mask: maskOf(r.Transport), first: i, last: i, places: []place{at}, seq: len(all)}
			open[c] = iv
			all = append(all, iv)
		}
	}
	return mergeTransports(all)
}

func maskOf(t portolan.Transport) uint8 {
	if t == twin.Any {
		return anyBit | 0x0f
	}
	return 1 << t
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
		if slices.ContainsFunc(iv.places, func(p place) bool { return p != place{} }) || iv.mask&anyBit != 0 {
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
func markCurrent(sources []twin.Source, rows [][]twin.Row, all []*interval) {
	newest := currentEdition(sources)
	known := map[string]bool{}
	for _, r := range rows[newest] {
		for p := int(r.Span.First); p <= int(r.Span.Last); p++ {
			known[portolan.Key{Port: uint16(p), Transport: r.Transport}.String()+" "+strings.ToLower(r.Service)] = true
		}
	}
	for _, iv := range all {
		iv.current = iv.first <= newest && newest <= iv.last
		s := sources[iv.last]
		if s.Coverage != "names" || s.Role != "assigns" || iv.row.Status != "assigned" || s.Date <= sources[newest].Date {
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
func currentEdition(sources []twin.Source) int {
	best := -1
	for i, s := range sources {
		if s.Role == "assigns" && s.Coverage == "whole" && (best < 0 || s.Date >= sources[best].Date) {
			best = i
		}
	}
	return best
}

// order sorts intervals as a cell lists them: what today's answers rest on
// first, so that Lookup may stop behind it; then by series, what stands last
// first, then as the source has them.
func order(sources []twin.Source, all []*interval) {
	past := func(iv *interval) int {
		if iv.current {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b *interval) int {
		return cmp.Or(cmp.Compare(past(a), past(b)), cmp.Compare(seriesNumber(sources, a.first), seriesNumber(sources, b.first)), -cmp.Compare(a.last, b.last), -cmp.Compare(a.first, b.first),
			cmp.Compare(a.row.Span.First, b.row.Span.First), cmp.Compare(a.places[0].line, b.places[0].line), cmp.Compare(a.seq, b.seq))
	})
}

func seriesNumber(sources []twin.Source, i int) int {
	n := 0
	for ; i > 0; i-- {
		if sources[i].Series != sources[i-1].Series {
			n++
		}
	}
	return n
}
