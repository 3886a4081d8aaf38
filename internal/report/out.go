package report

import (
	"bytes"
	"fmt"
	"io"
)

// Out is where a document goes, and what is known of that place.
type Out struct {
	W        io.Writer
	Terminal bool
	// Width and Height are the terminal's, in cells; 0 where there is none.
	Width, Height int
	Color         bool
	Format        Format
	// Pager shows text that is higher than the terminal; nil: none.
	Pager *Pager
}

// Print writes a document in the wanted format. It wraps [ErrNoForm] where the
// document has no such form; other errors are those of W, as they are.
func (o *Out) Print(d *Document) error {
	switch o.Format {
	case FormatJSON:
		return d.writeJSON(o.W, o.Terminal)
	case FormatNDJSON:
		return d.writeNDJSON(o.W)
	case FormatCSV:
		return d.writeCSV(o.W, o.Terminal)
	case FormatTSV:
		return d.writeTSV(o.W, o.Terminal)
	case FormatTable, "":
		return o.text(d)
	}
	return fmt.Errorf("%q: %w", o.Format, ErrNoForm)
}

func (o *Out) text(d *Document) error {
	if d.Text == nil {
		return fmt.Errorf("table: %w", ErrNoForm)
	}
	width := 0
	if o.Terminal {
		width = o.Width
	}
	p := NewPage(width, o.Color)
	d.Text(p)
	return o.Show(p.Bytes())
}

// Show writes finished text, through the pager if there is one and the text is
// higher than the terminal. A pager that cannot start is done without.
func (o *Out) Show(text []byte) error {
	if o.Terminal && o.Pager != nil && o.Height > 0 && bytes.Count(text, []byte("\n")) >= o.Height {
		if err := o.Pager.show(text); err == nil {
			return nil
		}
	}
	_, err := o.W.Write(text)
	return err
}
