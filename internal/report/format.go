package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Format is the value of --format.
type Format string

// The formats. FormatTable is text for people, which need not be a table.
const (
	FormatTable  Format = "table"
	FormatJSON   Format = "json"
	FormatNDJSON Format = "ndjson"
	FormatCSV    Format = "csv"
	FormatTSV    Format = "tsv"
)

// Formats lists all formats, in the order in which help shows them.
var Formats = [...]Format{FormatTable, FormatJSON, FormatNDJSON, FormatCSV, FormatTSV}

// ParseFormat reads the name of a format. Fuzzed by FuzzParseWords.
func ParseFormat(s string) (Format, error) {
	for _, f := range Formats {
		if s == string(f) {
			return f, nil
		}
	}
	return "", fmt.Errorf("%q is no format: use table, json, ndjson, csv or tsv", s)
}

// ErrNoForm is what [Out.Print] wraps when a document has no such form: there
// is no CSV of a version.
var ErrNoForm = errors.New("not available in this format")

// Document is one answer, ready for every format.
type Document struct {
	// Schema ("portolan.listeners/v1") and DataVersion begin every NDJSON line.
	// The Value carries them itself.
	Schema, DataVersion string
	// Value is the whole document for JSON: an [Appender] or what encoding/json takes.
	Value any
	// Items are the lines of NDJSON, each a JSON object. nil: Value is the only one.
	Items iter.Seq[any]
	// Columns and Rows are the table of CSV and TSV, names in snake_case. nil:
	// there are no such forms. A row is used before the next is asked for.
	Columns []string
	Rows    iter.Seq[[]string]
	// Text writes the form for people.
	Text func(p *Page)
}

// writeJSON writes the whole document, a line of its own. On a terminal it is
// indented, since a person will read it.
func (d *Document) writeJSON(w io.Writer, indent bool) error {
	j := JSON{w: w}
	if indent {
		j.w = nil
	}
	if err := j.Value("", d.Value); err != nil {
		return err
	}
	if indent {
		var b bytes.Buffer
		if err := json.Indent(&b, j.buf, "", "  "); err != nil {
			return fmt.Errorf("indent %s: %w", d.Schema, err)
		}
		j.w, j.buf = w, b.Bytes()
	}
	j.buf = append(j.buf, '\n')
	j.flush()
	return j.err
}

func (d *Document) writeNDJSON(w io.Writer) error {
	if d.Items == nil {
		return d.writeJSON(w, false)
	}
	var j, item JSON
	j.w = w
	for v := range d.Items {
		if err := d.ndjsonLine(&j, &item, v); err != nil {
			return err
		}
	}
	j.flush()
	return j.err
}

// ndjsonLine writes one item with the schema and the data version in front, so
// that a line can be read without the others. item is room to work in.
func (d *Document) ndjsonLine(j, item *JSON, v any) error {
	item.buf, item.more = item.buf[:0], false
	if err := item.Value("", v); err != nil {
		return err
	}
	rest, ok := bytes.CutPrefix(item.buf, []byte("{"))
	if !ok {
		return fmt.Errorf("%s: an NDJSON item must be an object, not %T", d.Schema, v)
	}
	j.more = false
	j.Object("")
	j.String("schema", d.Schema)
	j.String("data_version", d.DataVersion)
	if len(rest) > 1 {
		j.buf = append(j.buf, ',')
	}
	j.buf = append(append(j.buf, rest...), '\n')
	j.pass()
	return j.err
}

// writeCSV writes RFC 4180 with line feeds: a header line, then the rows,
// quoted where they must be and otherwise as they are.
func (d *Document) writeCSV(w io.Writer, terminal bool) error {
	if d.Rows == nil {
		return fmt.Errorf("csv: %w", ErrNoForm)
	}
	cw := csv.NewWriter(w)
	if err := cw.Write(d.Columns); err != nil {
		return err
	}
	for r := range d.Rows {
		if terminal {
			r = escapeAll(r)
		}
		if err := cw.Write(r); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

var tsvEscapes = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)

// writeTSV writes one line a row; tab, line feed, carriage return and backslash
// in a cell become \t, \n, \r and \\.
func (d *Document) writeTSV(w io.Writer, terminal bool) error {
	if d.Rows == nil {
		return fmt.Errorf("tsv: %w", ErrNoForm)
	}
	var b bytes.Buffer
	tsvLine(&b, d.Columns, false)
	for r := range d.Rows {
		tsvLine(&b, r, terminal)
		if b.Len() >= flushAt {
			if _, err := b.WriteTo(w); err != nil {
				return err
			}
		}
	}
	_, err := b.WriteTo(w)
	return err
}

func tsvLine(b *bytes.Buffer, cells []string, terminal bool) {
	for i, c := range cells {
		if i > 0 {
			b.WriteByte('\t')
		}
		if c = tsvEscapes.Replace(c); terminal {
			c = Escape(c)
		}
		b.WriteString(c)
	}
	b.WriteByte('\n')
}

func escapeAll(cells []string) []string {
	all := make([]string, len(cells))
	for i, c := range cells {
		all[i] = Escape(c)
	}
	return all
}
