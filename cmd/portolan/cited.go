package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// citer describes rows and numbers the sources that it cites for them.
type citer struct{ page.Numbering }

// place says where a row stands in a source.
func (c *citer) place(x registry.Assignment, in registry.Source) page.Cite {
	at, ok := x.CiteIn(in)
	if !ok {
		at = x.Cite()
	}
	return page.Cite{Number: c.Number(at.Source), Source: at.Source.ID, Page: at.Page, Line: at.Line}
}

// bookRow is the JSON of a row as a source has it.
type bookRow struct {
	Ports            string      `json:"ports"`
	Status           string      `json:"status"`
	Service          string      `json:"service"`
	Description      string      `json:"description"`
	Assignee         string      `json:"assignee"`
	Contact          string      `json:"contact"`
	ContactInherited bool        `json:"contact_inherited"`
	Registered       *string     `json:"registered"`
	Modified         *string     `json:"modified"`
	References       []string    `json:"references"`
	Notes            *string     `json:"notes"`
	UnauthorizedUse  *string     `json:"unauthorized_use"`
	Cite             []page.Cite `json:"cite"` // one for each transport, where they stand on lines of their own
}

// row describes what rows say that differ only in where they stand.
func (c *citer) row(in registry.Source, rows ...registry.Assignment) *bookRow {
	if len(rows) == 0 || rows[0].IsZero() {
		return nil
	}
	x := rows[0]
	r := &bookRow{Ports: x.Span().String(), Status: x.Status().String(), Service: x.Service(), Description: x.Description(), Assignee: x.Assignee(),
		Contact: x.Contact(), ContactInherited: x.ContactInherited(), Registered: orNull(x.Registered().String()), Modified: orNull(x.Modified().String()),
		References: append([]string{}, x.References()...), Notes: orNull(x.Note()), UnauthorizedUse: orNull(x.Unauthorized())}
	for _, x := range rows {
		if p := c.place(x, in); !slices.Contains(r.Cite, p) {
			r.Cite = append(r.Cite, p)
		}
	}
	return r
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// sameRow reports whether two rows say the same, wherever they stand.
func sameRow(a, b registry.Assignment) bool {
	return a == b || a.Status() == b.Status() && a.IsZero() == b.IsZero() && a.Service() == b.Service() && a.Description() == b.Description() && a.Span() == b.Span() &&
		a.Assignee() == b.Assignee() && a.Contact() == b.Contact() && a.Note() == b.Note() && a.Unauthorized() == b.Unauthorized() &&
		a.Registered() == b.Registered() && a.Modified() == b.Modified() && slices.Equal(a.References(), b.References())
}

// called is the name of a row for people: its service, or its description in quotes.
func called(x registry.Assignment) string {
	switch {
	case x.Service() != "":
		return x.Service()
	case x.Description() != "":
		return strconv.Quote(x.Description())
	}
	return "no name"
}

// heldBy names the holder: the assignee, else the contact; "" for nobody.
func heldBy(x registry.Assignment) string {
	who := cmp.Or(x.Assignee(), x.Contact())
	if strings.HasPrefix(who, "[") {
		return ""
	}
	return who
}

// inFull is a row in a few words: name (description), holder.
func inFull(x registry.Assignment) string {
	s := called(x)
	if d := x.Description(); x.Service() != "" && d != "" && d != x.Service() {
		s += " (" + d + ")"
	}
	if who := heldBy(x); who != "" {
		s += ", " + who
		if x.ContactInherited() && x.Assignee() == "" {
			s += " (printed behind a later row)"
		}
	}
	return s
}

// marked writes citations as "[2] page 30, lines 1649, 1650".
func marked(cites []page.Cite) string {
	var b strings.Builder
	for i := 0; i < len(cites); {
		c := cites[i]
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString("[" + strconv.Itoa(c.Number) + "]")
		if c.Page > 0 {
			b.WriteString(" page " + strconv.Itoa(c.Page) + ",")
		}
		j := i
		var lines []string
		for ; j < len(cites) && cites[j].Number == c.Number && cites[j].Page == c.Page; j++ {
			if cites[j].Line > 0 {
				lines = append(lines, strconv.Itoa(cites[j].Line))
			}
		}
		switch len(lines) {
		case 0:
		case 1:
			b.WriteString(" line " + lines[0])
		default:
			b.WriteString(" lines " + strings.Join(lines, ", "))
		}
		i = j
	}
	return b.String()
}

// citedSources writes the numbered list at the end of a page.
func citedSources(p *report.Page, list []page.Source) {
	if len(list) > 0 {
		sourcesSection(p, list)
	}
}

// on writes transports as "tcp, udp".
func on(list []portolan.Transport) string { return strings.Join(transportNames(list), ", ") }

func transportNames(list []portolan.Transport) []string {
	all := make([]string, 0, len(list))
	for _, t := range list {
		all = append(all, t.String())
	}
	return all
}
