package registry

import (
	"iter"
	"math/bits"
	"strings"

	"github.com/portolan/portolan"
)

// transportCount is how many transports a row can speak of, NCP included.
const transportCount = int(portolan.NCP) + 1

// Counts are an edition of the registry in figures. A key is a port of one
// transport, and counts once however many rows name it; where rows of several
// statuses do, it is assigned before it is reserved, as for [At].
type Counts struct {
	Source Source
	// Assigned and Reserved count keys, by transport and range.
	Assigned, Reserved [transportCount][3]int
	// Ports counts, by range, the numbers that are assigned on any transport.
	Ports [3]int
	// Rows are those that assign, as the source prints them: one for tcp and
	// one for udp where it has two, one for a span of ports.
	Rows int
	// Of those rows: how many name an assignee or a contact (initials that stand
	// for nobody we know do not count), a registration date, a reference.
	Named, Registered, Referenced int
	// Names counts the distinct service names of those rows, in any case.
	Names int
}

// Keys is the sum over the ranges of what a transport has assigned.
func (c Counts) Keys(t portolan.Transport) int { return sum(c.Assigned[t]) }

// ReservedKeys is the sum over all transports and ranges.
func (c Counts) ReservedKeys() int {
	n := 0
	for _, of := range c.Reserved {
		n += sum(of)
	}
	return n
}

// AllPorts is the sum over the ranges of Ports.
func (c Counts) AllPorts() int { return sum(c.Ports) }

func sum(of [3]int) int { return of[0] + of[1] + of[2] }

// CountsAt counts what [At] answers for the day of a whole edition. Other sources
// have no counts. It is one pass over all rows, half a millisecond.
func CountsAt(s Source) Counts {
	c := Counts{Source: s}
	i, ok := number(s)
	if !ok || i < firstEdition || i > edition || !s.Whole {
		return c
	}
	// A bit for each transport that a row assigns or reserves.
	assigned, reserved := make([]uint8, 1<<16), make([]uint8, 1<<16)
	for r := range row(rows()) {
		on := r.mask() & s.covers
		if !r.countsIn(i) || on == 0 {
			continue
		}
		switch Status(r.status()) {
		case Assigned:
			c.addRow(r, on)
			mark(assigned, r.span(), on)
		case Reserved:
			mark(reserved, r.span(), on)
		}
	}
	c.addKeys(assigned, reserved)
	c.Names = namesOf(i)
	return c
}

// countsIn reports whether the answers for the day of an edition rest on the row.
func (r row) countsIn(i int) bool { return r.in(i) && r.ofEdition() }

func mark(keys []uint8, s portolan.Span, on uint8) {
	for p := int(s.First); p <= int(s.Last); p++ {
		keys[p] |= on
	}
}

// addRow counts a row of the packed form, which stands for a printed one on
// each of its transports, or for a single one that names none.
func (c *Counts) addRow(r row, on uint8) {
	printed := bits.OnesCount8(on)
	if r.mask()&anyBit != 0 {
		printed = 1
	}
	c.Rows += printed
	if r.named() {
		c.Named += printed
	}
	if r.textNumber(fieldRegistered) >= 0 {
		c.Registered += printed
	}
	if r.textNumber(fieldReferences) >= 0 {
		c.Referenced += printed
	}
}

// named reports whether the row names anybody; "[SK8]" names nobody.
func (r row) named() bool {
	for _, field := range [...]int{fieldAssignee, fieldContact} {
		for name := range strings.SplitSeq(r.text(field), "; ") {
			if name != "" && !strings.HasPrefix(name, "[") {
				return true
			}
		}
	}
	return false
}

// Named reports whether the row names an assignee or a contact. Initials that
// stand for nobody we know ("[SK8]") are no name.
func (a Assignment) Named() bool { return !a.IsZero() && a.row().named() }

func (c *Counts) addKeys(assigned, reserved []uint8) {
	for p := range 1 << 16 {
		have, kept := assigned[p], reserved[p]&^assigned[p]
		if have|kept == 0 {
			continue
		}
		in := portolan.RangeOf(uint16(p))
		if have != 0 {
			c.Ports[in]++
		}
		for t := range transportCount {
			c.Assigned[t][in] += int(have >> t & 1)
			c.Reserved[t][in] += int(kept >> t & 1)
		}
	}
}

// namesOf counts the distinct names by which an edition assigns. The index of
// names is sorted without regard to case, so those that differ in case alone
// stand together.
func namesOf(i int) int {
	n, counted, last := 0, false, ""
	lastText := -1
	for at := 0; at < len(dataNames); at += 6 {
		if number := u24(dataNames, at); number != lastText {
			name := text(number)
			if compareFold(name, last) != 0 {
				counted = false
			}
			last, lastText = name, number
		}
		if counted {
			continue
		}
		r := row(u24(dataNames, at+3))
		if r.countsIn(i) && Status(r.status()) == Assigned && r.mask()&source(i).covers != 0 && r.textNumber(fieldService) == lastText {
			n, counted = n+1, true
		}
	}
	return n
}

// Runs yields the runs of ports of which every source says the same, on every
// transport and at every date, in order; a run lies in one range. What holds for
// its first port holds for all. Most ports lie in long runs: there are about
// 7,700 of them.
func Runs() iter.Seq[portolan.Span] {
	return func(yield func(portolan.Span) bool) {
		for _, span := range cells(portolan.Span{Last: 1<<16 - 1}) {
			for r := portolan.RangeOf(span.First); r <= portolan.RangeOf(span.Last); r++ {
				part := portolan.Span{First: max(span.First, r.Span().First), Last: min(span.Last, r.Span().Last)}
				if !yield(part) {
					return
				}
			}
		}
	}
}
