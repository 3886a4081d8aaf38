package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const searchSchema = "portolan.search/v1"

func (a *app) searchCommand() *cobra.Command {
	limit, at := 50, ""
	c := &cobra.Command{
		Use:   "search TEXT...",
		Short: "Search names, descriptions, holders, notes and references",
		Long: `Search what the sources say: service names, aliases, descriptions, assignees,
contacts, notes, unauthorised uses and references, in any case. Names come first;
former assignments and the words of witnesses are found too, and marked. Several
words are one text. With --at DATE only the rows of the edition of that day are
searched.`,
		Example: `  portolan search nec corporation
  portolan search "RFC 6335" --limit 0
  portolan search nec --at 1994-10`,
		Args: a.someArgs("a text"),
		RunE: func(c *cobra.Command, args []string) error {
			if !c.Flags().Changed("at") {
				return a.search(strings.Join(args, " "), limit, nil)
			}
			m, err := a.moment(at)
			if err != nil {
				return err
			}
			return a.search(strings.Join(args, " "), limit, &m)
		},
	}
	c.Flags().StringVar(&at, "at", "", "only rows of the edition that answers for that `DATE`")
	c.Flags().IntVarP(&limit, "limit", "n", limit, "how many to show, 0 for all")
	return c
}

// searchDocument is the JSON of a search.
type searchDocument struct {
	Schema      string `json:"schema"`
	DataVersion string `json:"data_version"`
	Query       string `json:"query"`
	// At is the day whose edition was searched; null for all sources.
	At    *momentDocument `json:"at"`
	Total int             `json:"total"`
	Hits  []searchHit     `json:"hits"`
}

type searchHit struct {
	Ports       string   `json:"ports"`
	Transports  []string `json:"transports"`
	Service     string   `json:"service"`
	Description string   `json:"description"`
	Assignee    string   `json:"assignee"`
	Field       string   `json:"field"` // where the text was found
	Found       string   `json:"found"` // what that field says
	State       string   `json:"state"` // current, former, witness
	Source      string   `json:"source"`
}

// search looks in all sources, or in the edition of a day.
func (a *app) search(query string, limit int, m *moment) error {
	if limit < 0 {
		return usage("--limit %d: how many to show, 0 for all", limit)
	}
	d := searchDocument{Schema: searchSchema, DataVersion: registry.Version(), Query: query, Hits: []searchHit{}}
	hits, where := searchAt(query, m, &d)
	d.Total = len(hits)
	if m != nil {
		a.sayMoment(*m)
	}
	for _, h := range hits {
		if limit == 0 || len(d.Hits) < limit {
			d.Hits = append(d.Hits, searchHitOf(h))
			if m != nil {
				d.Hits[len(d.Hits)-1].Source = m.Edition.ID
			}
		}
	}
	if err := a.print(d.document()); err != nil {
		return err
	}
	if len(d.Hits) == 0 {
		return fail(exitNo, "nothing in %s holds %q", where, query).hint("portolan data sources lists what was searched")
	}
	if len(d.Hits) < d.Total {
		a.notice(fmt.Sprintf("%d of %d shown; --limit 0 shows all", len(d.Hits), d.Total))
	}
	return nil
}

func searchAt(query string, m *moment, d *searchDocument) (hits []registry.Hit, where string) {
	if m == nil {
		return registry.Search(query), count(len(sourceItems()), "source")
	}
	at := m.document()
	d.At = &at
	if m.Edition.ID == "" {
		return nil, "the editions of " + m.Day.String() + " or before, of which none is held,"
	}
	return registry.SearchIn(query, m.Edition), named(m.Edition)
}

func searchHitOf(h registry.Hit) searchHit {
	x := h.Assignment
	s := searchHit{Ports: x.Span().String(), Transports: []string{}, Service: x.Service(), Description: x.Description(), Assignee: cmp.Or(x.Assignee(), x.Contact()),
		Field: h.Field, Found: fieldText(x, h.Field), State: "former", Source: x.Last().ID}
	for _, t := range portolan.Transports {
		if x.On(t) {
			s.Transports = append(s.Transports, t.String())
		}
	}
	switch {
	case x.Last().Role == registry.Witnesses:
		s.State = "witness"
	case h.Current:
		s.State = "current"
	}
	return s
}

func fieldText(x registry.Assignment, field string) string {
	switch field {
	case "service":
		return x.Service()
	case "alias":
		return strings.Join(x.Aliases(), ", ")
	case "description":
		return x.Description()
	case "assignee":
		return x.Assignee()
	case "contact":
		return x.Contact()
	case "unauthorized":
		return x.Unauthorized()
	case "note":
		return x.Note()
	}
	return strings.Join(x.References(), ", ")
}

func (d *searchDocument) document() *report.Document {
	return &report.Document{Schema: searchSchema, DataVersion: d.DataVersion, Value: d,
		Items:   each(d.Hits),
		Columns: []string{"ports", "transports", "service", "description", "assignee", "field", "found", "state", "source"},
		Rows: func(yield func([]string) bool) {
			for _, h := range d.Hits {
				if !yield([]string{h.Ports, strings.Join(h.Transports, " "), h.Service, h.Description, h.Assignee, h.Field, h.Found, h.State, h.Source}) {
					return
				}
			}
		},
		Text: d.text}
}

func (d *searchDocument) text(p *report.Page) {
	if len(d.Hits) == 0 {
		return
	}
	if d.At != nil {
		s, _ := registry.SourceByID(d.At.Edition.Source)
		p.Para(0, report.Text("As of "+d.At.Asked+": "+s.Title+", "+s.Date.String()))
		p.Blank()
	}
	t := &report.Table{Columns: []report.Column{{Header: "port", Align: report.Right}, {Header: "on", Priority: 3}, {Header: "service", Min: 10},
		{Header: "description", Priority: 1, Min: 12}, {Header: "found in", Priority: 2, Min: 14}}}
	for _, h := range d.Hits {
		found := h.Field
		if !slices.Contains([]string{"service", "description"}, h.Field) {
			found += ": " + h.Found
		}
		switch {
		case d.At != nil:
		case h.State == "former":
			found += " (former, " + h.Source + ")"
		case h.State == "witness":
			found += " (" + h.Source + ")"
		}
		t.Rows = append(t.Rows, []report.Cell{{Text: h.Ports, Style: report.Place}, report.Text(strings.Join(h.Transports, ",")),
			report.Text(cmp.Or(h.Service, "(no name)")), report.Text(h.Description), report.Text(found)})
	}
	p.Table(t)
}
