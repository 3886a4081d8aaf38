package report

import (
	"slices"
	"strings"
)

// Align is the side on which a column's cells stand.
type Align uint8

// Text stands left, numbers right.
const (
	Left Align = iota
	Right
)

// Column is one column of a [Table].
type Column struct {
	Header string
	Align  Align
	// Priority says what goes first where the terminal is narrow: the column
	// with the highest is cut, then left out. Columns of priority 0 stay.
	Priority int
	// Min is the width down to which cells may be cut; 0: they are never cut.
	Min int
}

// Cell is a text and its style. The text may come from outside.
type Cell = Part

// Table is columns and rows; every row has one cell for each column. What is
// missing is blank, what is more is dropped.
type Table struct {
	Columns []Column
	Rows    [][]Cell
}

const gap = "  "

// layout is which columns are shown, and how wide.
type layout struct {
	shown  []int
	width  []int // by column number
	hidden []string
}

// lines renders the table into at most width columns; 0 means no limit.
func (t *Table) lines(width int, color bool, line func(string)) (hidden []string) {
	rows := t.escaped()
	l := t.fit(t.natural(rows), width)
	header := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		header[i] = Cell{c.Header, Strong}
	}
	line(t.line(header, l, color))
	for _, r := range rows {
		line(t.line(r, l, color))
	}
	return l.hidden
}

// escaped returns the rows with harmless texts and as many cells as columns.
func (t *Table) escaped() [][]Cell {
	n := len(t.Columns)
	rows := make([][]Cell, len(t.Rows))
	all := make([]Cell, n*len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = all[i*n : (i+1)*n]
		for j := range min(n, len(r)) {
			rows[i][j] = Cell{Escape(r[j].Text), r[j].Style}
		}
	}
	return rows
}

// natural returns the widths that cut nothing.
func (t *Table) natural(rows [][]Cell) []int {
	w := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		w[i] = Width(c.Header)
	}
	for _, r := range rows {
		for i := range r {
			w[i] = max(w[i], Width(r[i].Text))
		}
	}
	return w
}

// fit chooses columns and widths. It leaves out the least important columns
// until the rest, cut as far as they may be, has room; then it gives back what
// need not be cut.
func (t *Table) fit(natural []int, limit int) layout {
	l := layout{width: slices.Clone(natural)}
	for i := range t.Columns {
		l.shown = append(l.shown, i)
	}
	if limit <= 0 {
		return l
	}
	for t.least(l.shown, natural) > limit {
		worst := t.leastImportant(l.shown)
		if worst < 0 {
			break
		}
		l.hidden = append(l.hidden, t.Columns[l.shown[worst]].Header)
		l.shown = slices.Delete(l.shown, worst, worst+1)
	}
	t.shrink(&l, limit)
	return l
}

func (t *Table) floor(i int, natural []int) int {
	if c := t.Columns[i]; c.Min > 0 {
		return min(natural[i], max(c.Min, Width(c.Header)))
	}
	return natural[i]
}

// least is the smallest width that the shown columns can do with.
func (t *Table) least(shown, natural []int) int {
	sum := len(gap) * (len(shown) - 1)
	for _, i := range shown {
		sum += t.floor(i, natural)
	}
	return sum
}

// leastImportant returns the place of the column to leave out next, the last of
// equals, -1 where none may go.
func (t *Table) leastImportant(shown []int) int {
	worst := -1
	for at, i := range shown {
		if p := t.Columns[i].Priority; p > 0 && (worst < 0 || p >= t.Columns[shown[worst]].Priority) {
			worst = at
		}
	}
	return worst
}

// shrink cuts the shown columns, least important first, until they fit; where
// that is not enough it cuts the widest.
func (t *Table) shrink(l *layout, limit int) {
	over := len(gap)*(len(l.shown)-1) - limit
	for _, i := range l.shown {
		over += l.width[i]
	}
	order := slices.Clone(l.shown)
	slices.SortStableFunc(order, func(a, b int) int { return t.Columns[b].Priority - t.Columns[a].Priority })
	natural := slices.Clone(l.width)
	for _, i := range order {
		take := min(max(over, 0), l.width[i]-t.floor(i, natural))
		l.width[i] -= take
		over -= take
	}
	for ; over > 0; over-- {
		widest := slices.MaxFunc(l.shown, func(a, b int) int { return l.width[a] - l.width[b] })
		if l.width[widest] <= 1 {
			return
		}
		l.width[widest]--
	}
}

func (t *Table) line(r []Cell, l layout, color bool) string {
	var b strings.Builder
	for at, i := range l.shown {
		text, a := cut(r[i].Text, l.width[i]), t.Columns[i].Align
		blanks := strings.Repeat(" ", max(0, l.width[i]-Width(text)))
		if a == Right {
			b.WriteString(blanks)
		}
		b.WriteString(paint(color, r[i].Style, text))
		if at == len(l.shown)-1 {
			break // no blanks at the end of a line
		}
		if a == Left {
			b.WriteString(blanks)
		}
		b.WriteString(gap)
	}
	return strings.TrimRight(b.String(), " ")
}
