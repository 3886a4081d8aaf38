package twin

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// Change is a line of a twin that records a run of editions by what differs
// from each to the next.
type Change struct {
	Edition string // the first that shows it
	Gone    bool   // the row stood in the edition before and no longer does
	Row     Row
}

// ChangeColumns is the header of such a twin. The sign is + or -.
var ChangeColumns = append([]string{"edition", "sign"}, Columns...)

// WriteChanges writes changes in the order given.
func WriteChanges(w io.Writer, changes []Change) error {
	bw := bufio.NewWriter(w)
	fmt.Fprintln(bw, strings.Join(ChangeColumns, "\t"))
	for _, c := range changes {
		for i, t := range c.Row.Texts() {
			if strings.ContainsAny(*t, "\t\r\n") {
				return fmt.Errorf("%s: %s: %s holds a tab or a line break: %q", c.Edition, c.Row.Span, Columns[3+i], *t)
			}
		}
		fmt.Fprintln(bw, c.String())
	}
	return bw.Flush()
}

// String is the line without its end.
func (c Change) String() string {
	sign := "+"
	if c.Gone {
		sign = "-"
	}
	return c.Edition + "\t" + sign + "\t" + c.Row.String()
}

// ReadChanges reads what WriteChanges wrote. name is for errors.
func ReadChanges(name string, r io.Reader) ([]Change, error) {
	var all []Change
	err := eachLine(name, r, ChangeColumns, func(line string) error {
		c, err := parseChange(line)
		all = append(all, c)
		return err
	})
	return all, err
}

// parseChange reads one line. Fuzzed by FuzzRead.
func parseChange(line string) (c Change, err error) {
	cells := strings.SplitN(line, "\t", 3)
	if len(cells) < 3 || cells[1] != "+" && cells[1] != "-" {
		return c, errors.New("not an edition, + or -, and a row")
	}
	c = Change{Edition: cells[0], Gone: cells[1] == "-"}
	c.Row, err = parse(cells[2])
	return c, err
}

// Apply returns rows with the changes of one edition made. It fails where a
// row that goes is not there.
func Apply(rows []Row, changes []Change) ([]Row, error) {
	gone := map[portolan.Span][]Row{}
	for _, c := range changes {
		if c.Gone {
			gone[c.Row.Span] = append(gone[c.Row.Span], c.Row)
		} else {
			rows = append(rows, c.Row)
		}
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool {
		left := gone[r.Span]
		i := slices.Index(left, r)
		if i >= 0 {
			gone[r.Span] = slices.Delete(left, i, i+1)
		}
		return i >= 0
	})
	for _, left := range gone {
		if len(left) > 0 {
			return nil, fmt.Errorf("no such row to go: %s", left[0])
		}
	}
	return rows, nil
}

// EditionLine names an edition of such a run.
type EditionLine struct {
	ID, Date      string
	Rows, LeftOut int
}

// EditionColumns is the header of a list of editions.
var EditionColumns = []string{"id", "date", "rows", "left_out"}

// WriteEditions writes a list of editions.
func WriteEditions(w io.Writer, list []EditionLine) error {
	bw := bufio.NewWriter(w)
	fmt.Fprintln(bw, strings.Join(EditionColumns, "\t"))
	for _, e := range list {
		fmt.Fprintf(bw, "%s\t%s\t%d\t%d\n", e.ID, e.Date, e.Rows, e.LeftOut)
	}
	return bw.Flush()
}

// ReadEditions reads what WriteEditions wrote. name is for errors.
func ReadEditions(name string, r io.Reader) ([]EditionLine, error) {
	var all []EditionLine
	err := eachLine(name, r, EditionColumns, func(line string) error {
		c := strings.Split(line, "\t")
		if len(c) != len(EditionColumns) {
			return fmt.Errorf("%d cells, want %d", len(c), len(EditionColumns))
		}
		e := EditionLine{ID: c[0], Date: c[1]}
		var err error
		if e.Rows, err = strconv.Atoi(c[2]); err == nil {
			e.LeftOut, err = strconv.Atoi(c[3])
		}
		all = append(all, e)
		return err
	})
	return all, err
}
