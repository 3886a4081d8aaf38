// Package twin reads and writes the text twins: the files of registry/history,
// one for each source, one line for each thing that the source says of a port.
//
// They are what people review. regread writes them from raw sources, regpack
// packs them into what the registry embeds, and the registry's tests rebuild
// them from the packed form and compare.
//
// A twin is UTF-8, tab-separated, one header line, rows sorted as [Compare]
// sorts them, empty cells where the source says nothing. Several values in one
// cell are separated by "; ".
package twin

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// Any is the transport of a row that names none and so speaks of all.
const Any = portolan.Transport(255)

// Row is one line of a twin.
type Row struct {
	Span      portolan.Span
	Transport portolan.Transport // or Any
	Status    string             // assigned, reserved, unassigned; "seen" in a witness

	Service      string
	Aliases      string
	Description  string
	Assignee     string
	Contact      string // names, never mail addresses
	Via          string // how Contact was found: "" attached, "inherited"
	Registered   string // YYYY, YYYY-MM or YYYY-MM-DD
	Modified     string
	References   string // "RFC 6335; https://…"
	Note         string
	Unauthorized string // known unauthorised use
	ServiceCode  string // DCCP
	Remark       string // ours: how the reader understood a line that is not as it should be

	Page, Line int // in the published text; 0 where it has none
}

// Columns is the header of every twin.
var Columns = []string{"ports", "transport", "status", "service", "aliases", "description", "assignee", "contact", "via",
	"registered", "modified", "references", "note", "unauthorized", "service_code", "remark", "page", "line"}

// Texts returns pointers to the text cells, "service" to "remark", in column order.
func (r *Row) Texts() []*string {
	return []*string{&r.Service, &r.Aliases, &r.Description, &r.Assignee, &r.Contact, &r.Via, &r.Registered, &r.Modified,
		&r.References, &r.Note, &r.Unauthorized, &r.ServiceCode, &r.Remark}
}

// Compare sorts rows by port, transport, place and text.
func Compare(a, b Row) int {
	c := cmp.Or(cmp.Compare(a.Span.First, b.Span.First), cmp.Compare(a.Span.Last, b.Span.Last), cmp.Compare(a.Transport, b.Transport),
		cmp.Compare(a.Line, b.Line), cmp.Compare(a.Status, b.Status))
	at, bt := a.Texts(), b.Texts()
	for i := 0; c == 0 && i < len(at); i++ {
		c = cmp.Compare(*at[i], *bt[i])
	}
	return c
}

func (r Row) String() string {
	cells := append(make([]string, 0, len(Columns)), r.Span.String(), transportText(r.Transport), r.Status)
	for _, t := range r.Texts() {
		cells = append(cells, *t)
	}
	cells = append(cells, place(r.Page), place(r.Line))
	return strings.Join(cells, "\t")
}

func transportText(t portolan.Transport) string {
	if t == Any {
		return "*"
	}
	return t.String()
}

func place(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Write sorts rows and writes them with the header.
// It refuses a text that would break the file: a tab or a line break.
func Write(w io.Writer, rows []Row) error {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, Compare)
	bw := bufio.NewWriter(w)
	fmt.Fprintln(bw, strings.Join(Columns, "\t"))
	for _, r := range rows {
		for i, t := range r.Texts() {
			if strings.ContainsAny(*t, "\t\r\n") {
				return fmt.Errorf("%s/%s: %s holds a tab or a line break: %q", r.Span, transportText(r.Transport), Columns[3+i], *t)
			}
		}
		fmt.Fprintln(bw, r.String())
	}
	return bw.Flush()
}

// ParseError says which line of a twin is wrong and how.
type ParseError struct {
	Source string
	Line   int
	Text   string
	Err    error
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d: %v: %.120q", e.Source, e.Line, e.Err, e.Text)
}

func (e *ParseError) Unwrap() error { return e.Err }

// Read reads a whole twin. name is for errors.
func Read(name string, r io.Reader) ([]Row, error) {
	var rows []Row
	err := eachLine(name, r, Columns, func(line string) error {
		row, err := parse(line)
		rows = append(rows, row)
		return err
	})
	return rows, err
}

// eachLine checks the header and hands on the other lines.
func eachLine(name string, r io.Reader, columns []string, do func(string) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		var err error
		if n > 1 {
			err = do(sc.Text())
		} else if sc.Text() != strings.Join(columns, "\t") {
			err = errors.New("not the header: want " + strings.Join(columns, ", "))
		}
		if err != nil {
			return &ParseError{name, n, sc.Text(), err}
		}
	}
	return sc.Err()
}

// parse reads one line. Fuzzed by FuzzRead.
func parse(line string) (r Row, err error) {
	cells := strings.Split(line, "\t")
	if len(cells) != len(Columns) {
		return r, fmt.Errorf("%d cells, want %d", len(cells), len(Columns))
	}
	if r.Span, err = portolan.ParseSpan(cells[0]); err != nil {
		return r, err
	}
	if cells[1] == "*" {
		r.Transport = Any
	} else if r.Transport, err = portolan.ParseTransport(cells[1]); err != nil {
		return r, err
	}
	switch r.Status = cells[2]; r.Status {
	case "assigned", "reserved", "unassigned", "seen":
	default:
		return r, fmt.Errorf("unknown status %q", r.Status)
	}
	for i, t := range r.Texts() {
		*t = cells[3+i]
	}
	for i, p := range []*int{&r.Page, &r.Line} {
		if c := cells[len(cells)-2+i]; c != "" {
			if *p, err = strconv.Atoi(c); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}
