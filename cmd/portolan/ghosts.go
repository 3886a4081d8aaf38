package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/figures"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const ghostsSchema = "portolan.ghosts/v1"

func (a *app) ghostsCommand() *cobra.Command {
	var ranges, why string
	limit := screenful
	c := &cobra.Command{
		Use:   "ghosts [PORT[/TRANSPORT] | RANGE | SERVICE]...",
		Short: "List the ports that are assigned and show no sign of life",
		Long: `List the ghosts: keys that are assigned today, and of which no witness that
portolan holds has a line (a distribution's services file, a firewall's profiles,
a dissector, a policy's port types, a document that defines the protocol). It is a
statement about these sources, which stand on top, and not about the world.

--why shows the search for one port: each witness, its date and what it says, and
which wide ranges do not count. It also shows what files on this machine say:
/etc/services, nmap-services with its measured frequency, firewalld's profiles.
They are not part of the data and never change the answer.`,
		Example: `  portolan ghosts --range system
  portolan ghosts 300-400 --format csv
  portolan ghosts --why 378`,
		Args:              a.checkOutput,
		ValidArgsFunction: completePorts,
		RunE: func(c *cobra.Command, args []string) error {
			if !c.Flags().Changed("limit") && !a.env.OutTerminal {
				limit = 0
			}
			if why != "" {
				return a.ghostsWhy(why, ranges, args)
			}
			return a.ghosts(args, ranges, limit)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.Var(word{&ranges, "RANGE"}, "range", "system or user")
	fs.Var(word{&why, "PORT"}, "why", "show the search for one port")
	fs.IntVarP(&limit, "limit", "n", limit, "how many lines to show, 0 for all; into a pipe or a file all")
	_ = c.RegisterFlagCompletionFunc("range", cobra.FixedCompletions([]string{"system", "user"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// ghostList is the document of all ghosts, or of those that were asked for.
type ghostList struct {
	*lister
	counts []figures.GhostCount
	why    *ghostSearch
}

// ghostSource is a witness that was searched.
type ghostSource struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Date  string `json:"date"`
}

func (a *app) ghosts(args []string, ranges string, limit int) error {
	x, err := a.ghostLister(args, ranges, limit)
	if err != nil {
		return err
	}
	d := &ghostList{lister: x, counts: x.countGhosts()}
	if err := a.print(d.document()); err != nil {
		return err
	}
	if x.total.Lines == 0 {
		return fail(exitNo, "no ghost among the ports asked for").hint("portolan ghosts --why PORT shows the search for one")
	}
	if x.shown < x.total.Lines {
		a.notice(fmt.Sprintf("%d of %d lines shown; --limit 0 shows all", x.shown, x.total.Lines))
	}
	return nil
}

func (a *app) ghostLister(args []string, ranges string, limit int) (*lister, error) {
	x, err := a.lister(args, listFlags{ghost: true, limit: limit})
	if err != nil {
		return nil, err
	}
	x.ranges, err = oneOf("range", ranges, portolan.System, portolan.User)
	return x, err
}

// countGhosts counts assigned keys and the ghosts among them.
func (x *lister) countGhosts() []figures.GhostCount {
	return figures.Ghosts(func(k portolan.Key) bool {
		inRange := len(x.ranges) == 0 || slices.Contains(x.ranges, portolan.RangeOf(k.Port))
		return inRange && x.asked(int(k.Port))&(1<<k.Transport) != 0
	})
}

func ghostSources() []ghostSource {
	var all []ghostSource
	for _, s := range registry.SourcesSearched() {
		all = append(all, ghostSource{s.ID, s.Title, s.Date.String()})
	}
	return all
}

func (d *ghostList) document() *report.Document {
	return &report.Document{Schema: ghostsSchema, DataVersion: registry.Version(), Value: d,
		Items: func(yield func(any) bool) {
			for l := range d.all() {
				if !yield(ghostLine{l, d.lister}) {
					return
				}
			}
		},
		Columns: []string{"ports", "transports", "range", "service", "description", "assignee", "contact", "first_listed", "not_yet", "source"},
		Rows:    d.rows, Text: d.text}
}

// AppendJSON writes portolan.ghosts/v1.
func (d *ghostList) AppendJSON(j *report.JSON) {
	j.Object("")
	j.String("schema", ghostsSchema)
	j.String("data_version", registry.Version())
	j.Value("sources_searched", ghostSources())
	j.Value("counts", d.counts)
	j.List("ghosts")
	for l := range d.all() {
		j.Value("", ghostLine{l, d.lister})
	}
	j.EndList()
	j.Value("total", d.total)
	j.Int("shown", int64(d.shown))
	j.Value("why", d.why)
	j.EndObject()
}

// ghostLine writes itself as an object of the list of ghosts.
type ghostLine struct {
	*listLine
	x *lister
}

// AppendJSON writes an object.
func (l ghostLine) AppendJSON(j *report.JSON) {
	row := l.row()
	j.Object("")
	j.String("ports", l.span.String())
	j.List("transports")
	for _, t := range l.on {
		j.String("", t.String())
	}
	j.EndList()
	j.String("range", portolan.RangeOf(l.span.First).String())
	j.String("service", row.Service())
	j.String("description", row.Description())
	j.String("assignee", row.Assignee())
	j.String("contact", row.Contact())
	appendSource(j, "first_listed", l.first)
	appendSource(j, "not_yet", l.notYet)
	j.List("cite")
	for c := range l.places(l.x) {
		appendCite(j, c)
	}
	j.EndList()
	j.EndObject()
}

func (d *ghostList) rows(yield func([]string) bool) {
	for l := range d.all() {
		r := l.row()
		source, _ := l.place(d.lister)
		if !yield([]string{l.span.String(), joinTransports(l.on, " "), portolan.RangeOf(l.span.First).String(), r.Service(), r.Description(),
			r.Assignee(), r.Contact(), l.first.Date.String(), l.notYet.Date.String(), source}) {
			return
		}
	}
}

func (d *ghostList) text(p *report.Page) {
	sourcesSearched(p)
	if len(d.counts) > 0 {
		p.Blank()
		ghostTable(p, d.counts)
	}
	table := &report.Table{Columns: []report.Column{{Header: "port", Align: report.Right}, {Header: "on"}, {Header: "service", Min: 10},
		{Header: "description", Priority: 1, Min: 10}, {Header: "holder", Priority: 2, Min: 8}, {Header: "first listed", Priority: 3}}}
	for l := range d.all() {
		r := l.row()
		table.Rows = append(table.Rows, []report.Cell{{Text: l.span.String(), Style: report.Place}, report.Text(onWords(l.on)),
			report.Text(cmp.Or(r.Service(), "(no name)")), report.Text(r.Description()), report.Text(cmp.Or(r.Assignee(), r.Contact(), "none named")),
			report.Text(shortInterval(l.notYet, l.first))})
	}
	if len(table.Rows) == 0 {
		return
	}
	p.Blank()
	p.Table(table)
	p.Blank()
	p.Para(0, report.Part{Text: "First listed: in none of the editions up to the first date, in that of the second. portolan ghosts --why PORT shows the search for one.", Style: report.Faint})
}

func sourcesSearched(p *report.Page) {
	all := ghostSources()
	p.Para(0, report.Part{Text: fmt.Sprintf("Ghosts: assigned today, and no line in any of the %d witnesses held.", len(all)), Style: report.Strong})
	var pairs []report.Pair
	for _, s := range all {
		pairs = append(pairs, report.KV(s.ID, s.Title+", "+s.Date))
	}
	p.Pairs(2, pairs...)
}

func ghostTable(p *report.Page, counts []figures.GhostCount) {
	table := &report.Table{Columns: []report.Column{{Header: "range"}, {Header: "transport"}, {Header: "assigned keys", Align: report.Right},
		{Header: "ghosts", Align: report.Right}, {Header: "share", Align: report.Right}}}
	for _, c := range counts {
		table.Rows = append(table.Rows, []report.Cell{report.Text(c.Range), report.Text(c.Transport.String()), report.Text(strconv.Itoa(c.Assigned)),
			report.Text(strconv.Itoa(c.Ghosts)), report.Text(percent(c.Ghosts, c.Assigned))})
	}
	p.Table(table)
}

// percent writes a share, "88 %".
func percent(n, of int) string {
	if of == 0 {
		return ""
	}
	return strconv.Itoa((n*100+of/2)/of) + " %"
}

// onePort resolves an argument that must stand for a single port.
func (a *app) onePort(flag, arg string) (port uint16, only []portolan.Transport, err error) {
	subjects, err := a.resolve([]string{arg})
	if err != nil {
		return 0, nil, err
	}
	for i, k := range subjects[0].Keys {
		if k.Len() > 1 || i > 0 && k.First != port {
			return 0, nil, usage("%s %s: it must be a single port", flag, arg).hint("%s %d", flag, k.First)
		}
		port = k.First
		if !slices.Contains(only, k.Transport) {
			only = append(only, k.Transport)
		}
	}
	return port, only, nil
}
