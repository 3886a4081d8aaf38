package report

import (
	"bytes"
	"strings"
)

// Page collects text for people. Its methods escape what they are given.
type Page struct {
	buf   bytes.Buffer
	width int // of prose, in columns
	table int // of tables; 0: no limit
	color bool
}

// NewPage returns an empty page. width is that of the terminal in columns, 0
// where there is none: prose is then set in 80 columns and tables are not cut.
func NewPage(width int, color bool) *Page {
	p := &Page{width: 80, table: width, color: color}
	if width > 0 {
		// Lines longer than this tire the eye.
		p.width = min(width, 100)
	}
	return p
}

// Width returns how many columns prose may take.
func (p *Page) Width() int { return p.width }

// Bytes returns what was written. It is valid until the next method is called.
func (p *Page) Bytes() []byte { return p.buf.Bytes() }

func (p *Page) line(s string) {
	p.buf.WriteString(s)
	p.buf.WriteByte('\n')
}

// Blank writes an empty line, unless the page is empty or one is there.
func (p *Page) Blank() {
	if b := p.buf.Bytes(); len(b) > 0 && !bytes.HasSuffix(b, []byte("\n\n")) {
		p.buf.WriteByte('\n')
	}
}

// Heading writes a heading with an empty line before it.
func (p *Page) Heading(text string) {
	p.Blank()
	p.Para(0, Part{text, Strong})
}

// Para writes a paragraph, every line indented by indent columns. Line breaks
// in the parts count as blanks.
func (p *Page) Para(indent int, parts ...Part) {
	p.Hang(indent, "", parts...)
}

// Hang writes a paragraph whose first line begins with label after the indent,
// and whose other lines stand under the text behind the label: items of a
// list, numbered sources.
func (p *Page) Hang(indent int, label string, parts ...Part) {
	first := strings.Repeat(" ", indent) + Escape(label)
	for _, l := range wrap(parts, p.width, first, Width(first), p.color) {
		p.line(l)
	}
}

// Code writes lines to be copied: indented, never wrapped.
func (p *Page) Code(indent int, lines ...string) {
	for _, l := range lines {
		p.line(strings.Repeat(" ", indent) + Escape(l))
	}
}

// Finding writes a paragraph that begins with its severity in words.
func (p *Page) Finding(severity string, parts ...Part) {
	word := Part{strings.ToUpper(severity) + " ", SeverityStyle(severity)}
	for _, l := range wrap(append([]Part{word}, parts...), p.width, "", 2, p.color) {
		p.line(l)
	}
}

// Pair is one line of a block of names and values.
type Pair struct {
	Name  string
	Value []Part
}

// KV returns a pair with a plain value.
func KV(name, value string) Pair { return Pair{name, []Part{Text(value)}} }

// Pairs writes names and values, the values in one column. Where a name is
// wider than a third of the page its value starts on the next line. Pairs
// without a value are left out.
func (p *Page) Pairs(indent int, pairs ...Pair) {
	column := 0
	for _, kv := range pairs {
		if w := Width(Escape(kv.Name)); w <= p.width/3 && len(words(kv.Value)) > 0 {
			column = max(column, w)
		}
	}
	for _, kv := range pairs {
		if len(words(kv.Value)) > 0 {
			p.pair(indent, column, kv)
		}
	}
}

func (p *Page) pair(indent, column int, kv Pair) {
	name, blanks := Escape(kv.Name), strings.Repeat(" ", indent)
	hang := indent + column + len(gap)
	first := strings.Repeat(" ", hang)
	if Width(name) > column {
		p.line(blanks + paint(p.color, Faint, name))
	} else {
		first = blanks + paint(p.color, Faint, name) + pad("", column-Width(name)+len(gap), Left)
	}
	lines := wrap(kv.Value, p.width, strings.Repeat(" ", hang), hang, p.color)
	lines[0] = first + strings.TrimPrefix(lines[0], strings.Repeat(" ", hang))
	for _, l := range lines {
		p.line(l)
	}
}

// Table writes a table. Where the terminal is too narrow for all columns a last
// line names those that were left out.
func (p *Page) Table(t *Table) {
	if hidden := t.lines(p.table, p.color, p.line); len(hidden) > 0 {
		p.Para(0, Part{"Not shown for want of width: " + strings.ToLower(strings.Join(hidden, ", ")) + ".", Faint})
	}
}
