package main

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// The size of both figures, and the frame of the plot within.
const (
	width, height              = 860, 490
	left, right, top, bottom   = 70, 840, 84, 350
	plotWidth, plotHeight      = right - left, bottom - top
	ink, faint, paper, outline = "#1f2328", "#57606a", "#ffffff", "#d0d7de"
)

// series is one part of the bars.
type series struct {
	name, fill string
}

// chart is a chart of stacked bars.
type chart struct {
	title, xLabel, yLabel string
	description           string // for those who cannot see it
	notes                 []string
	series                []series
	bars                  []bar
	holes                 []hole
	bands                 []band
}

// bar is one stack, lowest part first.
type bar struct {
	label string
	parts []int
	x, w  float64 // in pixels
	show  bool    // whether its label is printed
}

// hole is a stretch of which nothing is known.
type hole struct {
	from, to float64
	label    string
}

// band is a stretch whose sum is known and nothing more.
type band struct{ from, to float64 }

func (b bar) sum() int {
	n := 0
	for _, p := range b.parts {
		n += p
	}
	return n
}

// draw writes the SVG.
func (c *chart) draw() string {
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title desc" font-family="system-ui, Helvetica, Arial, sans-serif" font-size="12">`+"\n", width, height, width, height)
	fmt.Fprintf(&s, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n", esc(c.title), esc(c.description))
	s.WriteString(patterns)
	fmt.Fprintf(&s, `<rect x="0.5" y="0.5" width="%d" height="%d" rx="6" fill="%s" stroke="%s"/>`+"\n", width-1, height-1, paper, outline)
	text(&s, 20, 30, "start", ink, 17, true, c.title)
	c.legend(&s)
	most, step := c.scale()
	y := func(n int) float64 { return float64(bottom) - float64(n)*plotHeight/float64(most) }
	for n := 0; n <= most; n += step {
		fmt.Fprintf(&s, `<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="%s"/>`+"\n", left, y(n), right, y(n), outline)
		text(&s, left-8, y(n)+4, "end", faint, 12, false, fmt.Sprint(n))
	}
	for _, h := range c.holes {
		fmt.Fprintf(&s, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="url(#hole)"/>`+"\n", h.from, top, h.to-h.from, plotHeight)
		lines := strings.Split(h.label, "\n")
		fmt.Fprintf(&s, `<rect x="%.1f" y="%d" width="%d" height="%d" rx="3" fill="%s"/>`+"\n", (h.from+h.to)/2-42, top+8, 84, 10+16*len(lines), paper)
		for i, line := range lines {
			text(&s, (h.from+h.to)/2, float64(top)+24+float64(i)*16, "middle", ink, 11, false, line)
		}
	}
	for _, b := range c.bands {
		fmt.Fprintf(&s, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="#f0f2f4"/>`+"\n", b.from, top, b.to-b.from, plotHeight)
	}
	for _, b := range c.bars {
		c.bar(&s, b, y)
	}
	fmt.Fprintf(&s, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s"/>`+"\n", left, bottom, right, bottom, ink)
	fmt.Fprintf(&s, `<text transform="translate(18 %d) rotate(-90)" text-anchor="middle" fill="%s">%s</text>`+"\n", (top+bottom)/2, ink, esc(c.yLabel))
	text(&s, (left+right)/2, 424, "middle", ink, 12, false, c.xLabel)
	for i, n := range c.notes {
		text(&s, 20, 446+float64(i)*15, "start", faint, 11, false, n)
	}
	s.WriteString("</svg>\n")
	return s.String()
}

func (c *chart) bar(s *strings.Builder, b bar, y func(int) float64) {
	below := 0
	for i, n := range b.parts {
		if n > 0 {
			fmt.Fprintf(s, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" stroke="%s" stroke-width="0.6"><title>%s, %s: %d</title></rect>`+"\n",
				b.x, y(below+n), b.w, y(below)-y(below+n), c.series[i].fill, ink, esc(b.label), esc(c.series[i].name), n)
		}
		below += n
	}
	if !b.show {
		return
	}
	text(s, b.x+b.w/2, y(below)-5, "middle", ink, 11, false, fmt.Sprint(below))
	fmt.Fprintf(s, `<text transform="translate(%.1f %d) rotate(-45)" text-anchor="end" fill="%s" font-size="11">%s</text>`+"\n", b.x+b.w/2+4, bottom+14, ink, esc(b.label))
}

// legend prints the series, in the order in which they lie on each other.
func (c *chart) legend(s *strings.Builder) {
	x := 20.0
	for _, e := range c.series {
		fmt.Fprintf(s, `<rect x="%.1f" y="46" width="16" height="12" fill="%s" stroke="%s" stroke-width="0.6"/>`+"\n", x, e.fill, ink)
		text(s, x+22, 56, "start", ink, 12, false, e.name)
		x += 22 + float64(utf8.RuneCountInString(e.name))*6.8 + 18
	}
}

// scale returns the top of the y axis and the distance of its lines.
func (c *chart) scale() (most, step int) {
	highest := 1
	for _, b := range c.bars {
		highest = max(highest, b.sum())
	}
	step = 1
	for _, f := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000} {
		if step = f; highest/f < 6 {
			break
		}
	}
	// Room for the figure above the highest bar.
	return (highest*11/10 + step) / step * step, step
}

func text(s *strings.Builder, x, y float64, anchor, fill string, size int, bold bool, t string) {
	weight := ""
	if bold {
		weight = ` font-weight="600"`
	}
	fmt.Fprintf(s, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s" font-size="%d"%s>%s</text>`+"\n", x, y, anchor, fill, size, weight, esc(t))
}

func esc(s string) string { return html.EscapeString(s) }

// The fills: dark and light, and lines and dots between, to be told apart in
// print and by eyes that see no colour.
const patterns = `<defs>
<pattern id="hole" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#f6f8fa"/><line x1="0" y1="0" x2="0" y2="8" stroke="#8c959f" stroke-width="1.4"/></pattern>
<pattern id="lines" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#56b4e9"/><line x1="0" y1="1" x2="5" y2="1" stroke="#1f2328" stroke-width="1"/></pattern>
<pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#f0e442"/><circle cx="2.5" cy="2.5" r="1" fill="#1f2328"/></pattern>
<pattern id="back" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="5" height="5" fill="#e69f00"/><line x1="0" y1="0" x2="0" y2="5" stroke="#1f2328" stroke-width="1"/></pattern>
<pattern id="grid" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#cc79a7"/><path d="M0 0H5M0 0V5" stroke="#1f2328" stroke-width="0.8"/></pattern>
</defs>
`
