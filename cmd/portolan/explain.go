package main

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

func (a *app) explainCommand() *cobra.Command {
	at := ""
	c := &cobra.Command{
		Use:   "explain PORT[/TRANSPORT] | RANGE | SERVICE...",
		Short: "Say all that is known of a port, a range or a service",
		Long: `Say what a port is assigned for, since when and says who; what shows that it is
used; what is on it here, now; and where all that stands. A range of more than a
few ports becomes a table. With --at DATE the answer is that of "portolan at":
what the registry said on that day.`,
		Example: `  portolan explain 378
  portolan explain 6000-6063 --json
  portolan explain search      the service, not the command`,
		Args:              a.someArgs("a port, a range or a service"),
		ValidArgsFunction: completePorts,
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("at") {
				return a.at(at, args, nil)
			}
			return a.explainArgs(c.Context(), args)
		},
	}
	c.Flags().StringVar(&at, "at", "", "only what the registry said on that `DATE`: see portolan at")
	return c
}

// maxPages is how many ports get a page of their own in text; more become a table.
const maxPages = 4

// asked is a port and the transports that were asked for, none meaning all.
type asked struct {
	port       uint16
	transports []portolan.Transport
}

func (a *app) explainArgs(ctx context.Context, args []string) error {
	subjects, err := a.resolve(args)
	if err != nil {
		return err
	}
	ports := askedPorts(subjects)
	a.sayOtherNames(subjects)
	host, err := a.hostFacts(ctx, ports)
	if err != nil {
		return err
	}
	x := &explanation{query: strings.Join(args, " "), ports: ports,
		facts: page.Facts{BrowserBlocked: judge.BlockedByBrowsers, Host: host, Related: len(ports) <= 64}}
	return a.print(&report.Document{Schema: page.Schema, DataVersion: registry.Version(), Value: x, Items: x.items,
		Columns: explainColumns, Rows: x.rows, Text: x.text})
}

// askedPorts lists each port once, in the order asked.
func askedPorts(subjects []subject) []asked {
	var all []asked
	at := map[uint16]int{}
	for _, s := range subjects {
		var only []portolan.Transport
		if s.HasTransport {
			only = []portolan.Transport{s.Transport}
		}
		for _, k := range s.Keys {
			for p := int(k.First); p <= int(k.Last); p++ {
				i, ok := at[uint16(p)]
				if !ok {
					at[uint16(p)] = len(all)
					all = append(all, asked{uint16(p), only})
					continue
				}
				all[i].transports = union(all[i].transports, only)
			}
		}
	}
	return all
}

// union joins what was asked of a port; nothing stands for all.
func union(a, b []portolan.Transport) []portolan.Transport {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// sayOtherNames tells where a name is not the registry's own of today.
func (a *app) sayOtherNames(subjects []subject) {
	for _, s := range subjects {
		if s.Service == "" {
			continue
		}
		m := holders(s.Service)[0]
		switch {
		case m.Alias:
			a.notice("note: " + s.Service + " is not a service name of the registry: " + m.Assignment.Last().Title + " uses it for " + m.Span.String())
		case !m.Current:
			a.notice("note: " + s.Service + " is a former name: last listed in " + m.Assignment.Last().Title)
		}
	}
}

// explanation is the document of a query. It makes the pages one by one, so
// that the whole port space needs no more memory than one port.
type explanation struct {
	query string
	ports []asked
	facts page.Facts
}

func (x *explanation) pages(b *page.Builder) iter.Seq[page.Port] {
	return func(yield func(page.Port) bool) {
		for _, p := range x.ports {
			if !yield(b.Port(p.port, p.transports...)) {
				return
			}
		}
	}
}

// AppendJSON writes a page.Document.
func (x *explanation) AppendJSON(j *report.JSON) {
	b := page.NewBuilder(x.facts)
	j.Object("")
	j.String("schema", page.Schema)
	j.String("data_version", registry.Version())
	j.String("query", x.query)
	j.List("ports")
	for p := range x.pages(b) {
		j.Value("", p)
	}
	j.EndList()
	j.Value("sources", b.Sources())
	j.EndObject()
}

func (x *explanation) items(yield func(any) bool) {
	for p := range x.pages(page.NewBuilder(x.facts)) {
		if !yield(p) {
			return
		}
	}
}

func (x *explanation) text(p *report.Page) {
	b := page.NewBuilder(x.facts)
	if len(x.ports) > maxPages {
		x.table(p, b)
		return
	}
	var pages []page.Port
	for port := range x.pages(b) {
		pages = append(pages, port)
	}
	sources := b.Sources()
	for i := range pages {
		portText(p, &pages[i], sources)
	}
	sourcesSection(p, sources)
}
