package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// This file writes the lines of a list in each format.

var listColumns = []string{"ports", "transports", "range", "status", "ghost", "service", "description", "assignee", "contact", "contact_inherited",
	"registered", "first_listed", "not_yet", "by", "references", "note", "source", "place"}

// AppendJSON writes portolan.list/v1, the lines as they come.
func (x *lister) AppendJSON(j *report.JSON) {
	j.Object("")
	j.String("schema", listSchema)
	j.String("data_version", registry.Version())
	j.Value("editions", x.editions)
	j.List("lines")
	for l := range x.all() {
		j.Value("", jsonLine{l, x})
	}
	j.EndList()
	j.Value("total", x.total)
	j.Int("shown", int64(x.shown))
	if x.year == 0 {
		j.Null("unplaced_keys")
	} else {
		j.Int("unplaced_keys", int64(x.unplaced))
	}
	j.EndObject()
}

func (x *lister) items(yield func(any) bool) {
	for l := range x.all() {
		if !yield(jsonLine{l, x}) {
			return
		}
	}
}

// jsonLine writes itself: there are twelve thousand of them.
type jsonLine struct {
	*listLine
	x *lister
}

// AppendJSON writes an object.
func (l jsonLine) AppendJSON(j *report.JSON) {
	row := l.row()
	j.Object("")
	j.String("ports", l.span.String())
	j.Int("first", int64(l.span.First))
	j.Int("last", int64(l.span.Last))
	j.List("transports")
	for _, t := range l.on {
		j.String("", t.String())
	}
	j.EndList()
	j.String("range", portolan.RangeOf(l.span.First).String())
	j.String("status", l.status.String())
	j.Bool("listed", len(l.rows) > 0)
	j.Bool("ghost", l.ghost)
	j.String("service", row.Service())
	j.String("description", row.Description())
	j.String("assignee", row.Assignee())
	j.String("contact", row.Contact())
	j.Bool("contact_inherited", row.ContactInherited())
	j.StringOrNull("registered", row.Registered().String())
	appendSource(j, "first_listed", l.first)
	appendSource(j, "not_yet", l.notYet)
	j.StringOrNull("by", l.by)
	j.Strings("references", row.References())
	j.StringOrNull("note", row.Note())
	j.List("cite")
	for c := range l.places(l.x) {
		appendCite(j, c)
	}
	j.EndList()
	j.EndObject()
}

func appendSource(j *report.JSON, name string, s registry.Source) {
	if s.ID == "" {
		j.Null(name)
		return
	}
	j.Object(name)
	j.String("source", s.ID)
	j.String("date", s.Date.String())
	j.EndObject()
}

func appendCite(j *report.JSON, c registry.Citation) {
	j.Object("")
	j.String("source", c.Source.ID)
	j.String("date", c.Source.Date.String())
	if c.Page > 0 {
		j.Int("page", int64(c.Page))
	}
	if c.Line > 0 {
		j.Int("line", int64(c.Line))
	}
	j.EndObject()
}

// places yields where the rows of a line stand in the edition that was asked
// for, each place once. Where no row names the keys it is the edition itself,
// which has none.
func (l *listLine) places(x *lister) func(yield func(registry.Citation) bool) {
	return func(yield func(registry.Citation) bool) {
		edition := x.listedEdition(l.on[0])
		if len(l.rows) == 0 {
			yield(registry.Citation{Source: edition})
			return
		}
		var last registry.Citation
		for _, row := range l.rows {
			c := row.Cite()
			if c.Source.ID != edition.ID {
				if in, ok := row.CiteIn(edition); ok {
					c = in
				}
			}
			if c != last && !yield(c) {
				return
			}
			last = c
		}
	}
}

func (x *lister) listedEdition(t portolan.Transport) registry.Source {
	for _, e := range x.editions {
		if slices.Contains(e.Transports, t) {
			return e.source
		}
	}
	return registry.Source{}
}

// place says "page 30 line 1650; page 30 line 1654", and the source.
func (l *listLine) place(x *lister) (source, place string) {
	var all []string
	for c := range l.places(x) {
		source = c.Source.ID
		var at []string
		if c.Page > 0 {
			at = append(at, "page "+strconv.Itoa(c.Page))
		}
		if c.Line > 0 {
			at = append(at, "line "+strconv.Itoa(c.Line))
		}
		if len(at) > 0 {
			all = append(all, strings.Join(at, " "))
		}
	}
	return source, strings.Join(all, "; ")
}

func (x *lister) cells(yield func([]string) bool) {
	row := make([]string, len(listColumns))
	for l := range x.all() {
		r := l.row()
		source, place := l.place(x)
		copy(row, []string{l.span.String(), joinTransports(l.on, " "), portolan.RangeOf(l.span.First).String(), l.status.String(), strconv.FormatBool(l.ghost),
			r.Service(), r.Description(), r.Assignee(), r.Contact(), strconv.FormatBool(r.ContactInherited()), r.Registered().String(), l.first.Date.String(), l.notYet.Date.String(), l.by,
			strings.Join(r.References(), "; "), r.Note(), source, place})
		if !yield(row) {
			return
		}
	}
}

// joinTransports writes transports; the usual one or two without a list, since
// the whole registry has thousands of lines.
func joinTransports(on []portolan.Transport, between string) string {
	switch len(on) {
	case 1:
		return on[0].String()
	case 2:
		return on[0].String() + between + on[1].String()
	}
	return strings.Join(transportNames(on), between)
}

// onWords is for tables, which have little room.
func onWords(on []portolan.Transport) string {
	if len(on) == len(portolan.Transports) && !slices.Contains(on, portolan.NCP) {
		return "all four"
	}
	return joinTransports(on, ",")
}

func (x *lister) sayEditions(p *report.Page) {
	for _, e := range x.editions {
		p.Para(0, report.Part{Text: capital(e.words()) + ".", Style: report.Faint})
	}
	p.Blank()
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (x *lister) text(p *report.Page) {
	when := report.Column{Header: "first listed", Priority: 4}
	if x.year != 0 {
		when = report.Column{Header: "placed by"} // what was asked for stays
	}
	table := &report.Table{Columns: []report.Column{{Header: "port", Align: report.Right}, {Header: "on"}, {Header: "status", Priority: 1, Min: 8}, {Header: "service", Min: 10},
		{Header: "description", Priority: 2, Min: 10}, {Header: "holder", Priority: 3, Min: 8}, when}}
	ghosts, inherited := false, false
	for l := range x.all() {
		table.Rows = append(table.Rows, l.tableRow())
		ghosts, inherited = ghosts || l.ghost, inherited || l.row().ContactInherited()
	}
	if len(table.Rows) == 0 {
		return
	}
	x.sayEditions(p)
	p.Table(table)
	p.Blank()
	if inherited {
		p.Para(0, report.Part{Text: "~ before a holder: the source prints the name behind a later row.", Style: report.Faint})
	}
	if ghosts {
		p.Para(0, report.Part{Text: fmt.Sprintf("ghost: assigned, and no evidence of life in the %d sources searched.", len(registry.SourcesSearched())), Style: report.Faint})
	}
}

func (l *listLine) tableRow() []report.Cell {
	r := l.row()
	status, service, when := l.status.String(), r.Service(), shortInterval(l.notYet, l.first)
	if l.ghost {
		status = "ghost"
	}
	if service == "" && l.status == registry.Assigned {
		service = "(no name)"
	}
	switch l.by {
	case "registered":
		when = "registered " + r.Registered().String()
		if l.first.Date.Year < r.Registered().Year {
			// The registry's date is not of the first registration.
			when += ", yet listed " + shortInterval(l.notYet, l.first)
		}
	case "listed":
		when = "listed " + when
	}
	return []report.Cell{{Text: l.span.String(), Style: report.Place}, report.Text(onWords(l.on)), report.Text(status), report.Text(service),
		report.Text(cmp.Or(r.Description(), r.Note())), report.Text(holderWords(r)), report.Text(when)}
}

// holderWords names the holder, with a mark where the source prints them behind
// a later row.
func holderWords(r registry.Assignment) string {
	if r.Assignee() == "" && r.ContactInherited() {
		return "~" + r.Contact()
	}
	return cmp.Or(r.Assignee(), r.Contact())
}

// shortInterval is a bound on when something began: after the one edition, at
// or before the other. Days are told where the two are near each other.
func shortInterval(notYet, first registry.Source) string {
	from, to := notYet.Date, first.Date
	if months := (int(to.Year)-int(from.Year))*12 + int(to.Month) - int(from.Month); months > 2 {
		from.Day, to.Day = 0, 0
	}
	switch {
	case first.ID == "":
		return ""
	case notYet.ID == "":
		return "… " + to.String()
	}
	return from.String() + " … " + to.String()
}
