package ianacsv

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/portolan/portolan/internal/twin"
)

// MaxFile is how many bytes a file may have. IANA's own has 1.2 MB.
const MaxFile = 6 << 20

// What else a file may have at most. IANA's has 14,500 records.
const (
	maxRecord = 256 << 10
	maxRows   = 50_000
)

// Edition is what a file says.
type Edition struct {
	Rows []twin.Row
	// Rejects are the records that give no row, each with the reason: names
	// without a port, above all.
	Rejects []Reject
	// Newest is the latest date that a record carries, YYYY-MM-DD: the edition
	// was made on that day or later. "" where none carries one.
	Newest string
}

// Reject is a record without a row.
type Reject struct {
	Line   int
	Text   string
	Reason string
}

// ParseError says where a file is not IANA's CSV, and what to do about it.
type ParseError struct {
	Line, Column int    // from 1; 0 where the place is not known
	Field        string // the column's heading, "" where it is none
	Err          error
}

func (e *ParseError) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ", column %d", e.Column)
		}
		b.WriteString(": ")
	}
	if e.Field != "" {
		fmt.Fprintf(&b, "%s: ", e.Field)
	}
	return b.String() + e.Err.Error()
}

func (e *ParseError) Unwrap() error { return e.Err }

// ErrFormat is what a file is that is no such CSV at all.
var ErrFormat = errors.New("not IANA's service-names-port-numbers.csv: its first line must have the headings Service Name, Port Number, Transport Protocol and Description")

var errTooLong = fmt.Errorf("a record of more than %d KiB: a quote that is not closed, or no CSV; get the file anew", maxRecord>>10)

// headings are the columns by the names that editions gave them.
var headings = map[string]func(*Record) *string{
	"service name":              func(r *Record) *string { return &r.ServiceName },
	"port number":               func(r *Record) *string { return &r.PortNumber },
	"transport protocol":        func(r *Record) *string { return &r.TransportProtocol },
	"description":               func(r *Record) *string { return &r.Description },
	"assignee":                  func(r *Record) *string { return &r.Assignee },
	"contact":                   func(r *Record) *string { return &r.Contact },
	"registration date":         func(r *Record) *string { return &r.RegistrationDate },
	"modification date":         func(r *Record) *string { return &r.ModificationDate },
	"reference":                 func(r *Record) *string { return &r.Reference },
	"service code":              func(r *Record) *string { return &r.ServiceCode },
	"unauthorized use reported": func(r *Record) *string { return &r.KnownUnauthorizedUses },
	"known unauthorized uses":   func(r *Record) *string { return &r.KnownUnauthorizedUses },
	"known unauthorized use":    func(r *Record) *string { return &r.KnownUnauthorizedUses },
	"assignment notes":          func(r *Record) *string { return &r.AssignmentNotes },
}

var required = [...]string{"service name", "port number", "transport protocol", "description"}

// Read reads a file. It holds what it has read and one record more; a file that
// is too large, or no such CSV, is an error of type [*ParseError] and gives no
// edition at all.
func Read(r io.Reader) (*Edition, error) {
	guard := &guard{r: io.LimitReader(r, MaxFile+1)}
	in := bufio.NewReader(guard)
	if bom, _ := in.Peek(3); string(bom) == "\ufeff" {
		in.Discard(3)
	}
	c := &reader{csv: csv.NewReader(in), guard: guard, edition: &Edition{}}
	c.csv.ReuseRecord = true
	if err := c.head(); err != nil {
		return nil, err
	}
	for {
		err := c.record()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	AddAliases(c.edition.Rows)
	return c.edition, nil
}

// guard stops a record, or a file, that does not end.
type guard struct {
	r      io.Reader
	record int // bytes since the last record ended
	file   int
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.record += n
	g.file += n
	switch {
	case g.file > MaxFile:
		return 0, fmt.Errorf("more than %d MiB: not IANA's file", MaxFile>>20)
	case g.record > maxRecord:
		return 0, errTooLong
	}
	return n, err
}

// reader is a file being read.
type reader struct {
	csv     *csv.Reader
	guard   *guard
	line    int      // on which the last record began
	columns []string // headings, as printed
	into    []func(*Record) *string
	edition *Edition
}

// next reads one record.
func (c *reader) next() ([]string, error) {
	cells, err := c.csv.Read()
	c.guard.record = 0
	var wrong *csv.ParseError
	switch {
	case err == nil || err == io.EOF:
		return cells, err
	case errors.As(err, &wrong):
		return nil, &ParseError{Line: wrong.Line, Column: wrong.Column, Err: fmt.Errorf("%w; get the file anew", wrong.Err)}
	}
	// The reader behind the CSV failed; where in a record, nobody knows.
	return nil, &ParseError{Line: c.line + 1, Err: err}
}

// head reads the headings and finds the columns by them.
func (c *reader) head() error {
	cells, err := c.next()
	if err == io.EOF {
		return &ParseError{Line: 1, Err: fmt.Errorf("the file is empty: %w", ErrFormat)}
	}
	if err != nil {
		var wrong *ParseError
		if errors.As(err, &wrong) {
			wrong.Err = fmt.Errorf("%w (%w)", ErrFormat, wrong.Err)
		}
		return err
	}
	c.line = 1
	var seen []string
	for _, cell := range cells {
		name := strings.ToLower(OneLine(cell))
		seen = append(seen, name)
		c.columns = append(c.columns, OneLine(cell))
		c.into = append(c.into, headings[name]) // nil: a column that we do not know
	}
	for _, name := range required {
		if !slices.Contains(seen, name) {
			return &ParseError{Line: 1, Err: fmt.Errorf("no column is called %q: %w", name, ErrFormat)}
		}
	}
	return nil
}

func (c *reader) record() error {
	cells, err := c.next()
	if err != nil {
		return err
	}
	var rec Record
	c.line, _ = c.csv.FieldPos(0)
	for i, cell := range cells {
		if err := harmless(cell); err != nil {
			l, column := c.csv.FieldPos(i)
			return &ParseError{l, column, c.columns[i], err}
		}
		if at := c.into[i]; at != nil {
			*at(&rec) = OneLine(cell)
		}
	}
	for _, d := range [...]string{rec.RegistrationDate, rec.ModificationDate} {
		if isDay(d) {
			c.edition.Newest = max(c.edition.Newest, d)
		}
	}
	rows, err := rec.Rows()
	if err != nil {
		c.edition.Rejects = append(c.edition.Rejects, Reject{c.line, strings.TrimSpace(rec.ServiceName + " " + rec.PortNumber + " " + rec.Description), err.Error()})
	}
	c.edition.Rows = append(c.edition.Rows, rows...)
	if len(c.edition.Rows)+len(c.edition.Rejects) > maxRows {
		return &ParseError{Line: c.line, Err: fmt.Errorf("more than %d records: not IANA's file", maxRows)}
	}
	return nil
}

// harmless refuses what no table of ours may hold.
func harmless(cell string) error {
	if !utf8.ValidString(cell) {
		return errors.New("not UTF-8; get the file anew")
	}
	for _, r := range cell {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return fmt.Errorf("a control character, %U; get the file anew", r)
		}
	}
	return nil
}

// isDay reports whether s is YYYY-MM-DD.
func isDay(s string) bool {
	if len(s) != len("2006-01-02") {
		return false
	}
	for i, c := range s {
		if dash := i == 4 || i == 7; dash != (c == '-') || !dash && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
