package main

import (
	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
)

// A comparison has thousands of changes, so they write themselves.

// AppendJSON writes the change as its field tags say.
func (d changeDocument) AppendJSON(j *report.JSON) {
	j.Object("")
	d.fields(j)
	j.EndObject()
}

func (d changeDocument) fields(j *report.JSON) {
	j.String("kind", string(d.Kind))
	j.String("ports", d.Ports)
	appendTransports(j, d.Transports)
	d.After.append(j, "after")
	d.By.append(j, "by")
	d.From.append(j, "from")
	d.To.append(j, "to")
	j.StringOrNull("moved_to", deref(d.MovedTo))
	word := ""
	if d.Word != nil {
		word = string(*d.Word)
	}
	j.StringOrNull("word", word)
	j.StringOrNull("quote", deref(d.Quote))
}

func appendTransports(j *report.JSON, list []portolan.Transport) {
	j.List("transports")
	for _, t := range list {
		j.String("", t.String())
	}
	j.EndList()
}

func (e *editionCite) append(j *report.JSON, name string) {
	if e == nil {
		j.Null(name)
		return
	}
	j.Object(name)
	j.String("source", e.Source)
	j.String("date", e.Date)
	j.EndObject()
}

func (r *bookRow) append(j *report.JSON, name string) {
	if r == nil {
		j.Null(name)
		return
	}
	j.Object(name)
	j.String("ports", r.Ports)
	j.String("status", r.Status)
	j.String("service", r.Service)
	j.String("description", r.Description)
	j.String("assignee", r.Assignee)
	j.String("contact", r.Contact)
	j.Bool("contact_inherited", r.ContactInherited)
	j.StringOrNull("registered", deref(r.Registered))
	j.StringOrNull("modified", deref(r.Modified))
	j.Strings("references", r.References)
	j.StringOrNull("notes", deref(r.Notes))
	j.StringOrNull("unauthorized_use", deref(r.UnauthorizedUse))
	appendCites(j, r.Cite)
	j.EndObject()
}

func appendCites(j *report.JSON, list []page.Cite) {
	j.List("cite")
	for _, c := range list {
		j.Object("")
		j.Int("number", int64(c.Number))
		j.String("source", c.Source)
		if c.Page > 0 {
			j.Int("page", int64(c.Page))
		}
		if c.Line > 0 {
			j.Int("line", int64(c.Line))
		}
		j.EndObject()
	}
	j.EndList()
}

// queriedChange is a change with the argument that it answers: a line of NDJSON.
type queriedChange struct {
	query string
	changeDocument
}

// AppendJSON writes the query, then the change.
func (q queriedChange) AppendJSON(j *report.JSON) {
	j.Object("")
	j.String("query", q.query)
	q.fields(j)
	j.EndObject()
}
