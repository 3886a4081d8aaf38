package report

import "strings"

// Part is a piece of text with a style.
type Part struct {
	Text  string
	Style Style
}

// Text returns a plain part.
func Text(s string) Part { return Part{Text: s} }

// word is what wrap does not break: parts that touch without a blank.
type word struct {
	parts []Part
	width int
}

// words splits parts at blanks of any kind and escapes the rest.
func words(parts []Part) []word {
	var all []word
	joined := false
	for _, p := range parts {
		fields := strings.Fields(p.Text)
		for i, f := range fields {
			f = Escape(f)
			touches := i == 0 && joined && strings.HasPrefix(p.Text, fields[0])
			if !touches {
				all = append(all, word{})
			}
			w := &all[len(all)-1]
			w.parts = append(w.parts, Part{f, p.Style})
			w.width += Width(f)
		}
		if len(fields) > 0 {
			joined = strings.HasSuffix(p.Text, fields[len(fields)-1])
		} else if p.Text != "" {
			joined = false
		}
	}
	return all
}

// wrap breaks parts into lines of at most width columns: the first begins with
// first, the others with as many blanks as hang. A word that is wider than a
// whole line keeps a line of its own and is not broken, so that an address can
// still be copied.
func wrap(parts []Part, width int, first string, hang int, color bool) []string {
	var lines []string
	var b strings.Builder
	b.WriteString(first)
	at, empty := Width(first), true
	for _, w := range words(parts) {
		if !empty && at+1+w.width > width {
			lines = append(lines, b.String())
			b.Reset()
			b.WriteString(strings.Repeat(" ", hang))
			at, empty = hang, true
		}
		if !empty {
			b.WriteByte(' ')
			at++
		}
		for _, p := range w.parts {
			b.WriteString(paint(color, p.Style, p.Text))
		}
		at, empty = at+w.width, false
	}
	return append(lines, strings.TrimRight(b.String(), " "))
}
