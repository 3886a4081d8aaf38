package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/figures"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

func (d *statsDocument) text(p *report.Page) {
	p.Heading("Assigned, by edition")
	d.editionTable(p)
	p.Heading("Ports assigned on any transport (before 1979-08: sockets of the ARPANET)")
	d.plot(p)
	d.todayText(p)
	p.Heading("The commands that give these figures one by one")
	for _, c := range d.Commands {
		p.Hang(2, "- ", report.Text(c.Figure+":"))
		p.Code(4, c.Command)
	}
}

// transports returns those that any edition has something assigned on.
func (d *statsDocument) transports() []portolan.Transport {
	return slices.DeleteFunc(slices.Clone(figures.AllTransports[:]), func(t portolan.Transport) bool {
		return !slices.ContainsFunc(d.Editions, func(e statsEdition) bool { return e.counts.Keys(t) > 0 })
	})
}

func (d *statsDocument) editionTable(p *report.Page) {
	table := &report.Table{Columns: []report.Column{{Header: "edition"}}}
	add := func(name string, priority int) {
		table.Columns = append(table.Columns, report.Column{Header: name, Align: report.Right, Priority: priority})
	}
	on := d.transports()
	for _, t := range on {
		add(t.String(), 0)
	}
	for i, name := range [...]string{"system", "user", "names", "held", "reserved"} {
		add(name, i/3)
	}
	for _, e := range d.Editions {
		if e.Hole != nil {
			table.Rows = append(table.Rows, []report.Cell{report.Text("~" + count(*e.Hole, "year") + "~")})
		}
		row := []report.Cell{{Text: e.Date, Style: report.Place}}
		for _, t := range on {
			row = append(row, report.Text(e.cell(e.counts.Keys(t), t)))
		}
		for _, n := range [...]int{e.Ports.System, e.Ports.User, e.Names} {
			row = append(row, report.Text(strconv.Itoa(n)))
		}
		table.Rows = append(table.Rows, append(row, report.Text(percent(e.RowsNamed, e.Rows)), report.Text(strconv.Itoa(e.Reserved))))
	}
	p.Table(table)
	p.Para(0, report.Part{Text: "tcp, udp and so on: assigned keys; system (0-1023), user (1024-49151): assigned ports; held: rows that name a holder; reserved: keys. ~: no edition is held of the years between.", Style: report.Faint})
}

// The signs of the bars: they must differ without colour.
const systemSign, userSign = "█", "░"

// plot draws a bar for each edition, system ports first.
func (d *statsDocument) plot(p *report.Page) {
	most := 1
	for _, e := range d.Editions {
		most = max(most, e.counts.AllPorts())
	}
	room := max(10, min(p.Width(), 80)-len("2026-08-17  ")-len("  6357"))
	for _, e := range d.Editions {
		if e.Hole != nil {
			p.Code(0, strings.Repeat("~", 10)+"  "+fmt.Sprintf("no edition held for %d years: what came and went is not known", *e.Hole))
		}
		all := e.counts.AllPorts()
		length, system := scaled(all, most, room), scaled(e.Ports.System, most, room)
		p.Code(0, fmt.Sprintf("%-10s  %s%s %d", e.Date, strings.Repeat(systemSign, system), strings.Repeat(userSign, length-system), all))
	}
	p.Para(0, report.Part{Text: fmt.Sprintf("%s system, %s user ports; one sign is about %d ports. A line an edition: the time between lines differs.", systemSign, userSign, (most+room/2)/room), Style: report.Faint})
}

// scaled rounds, and shows a little of whatever is there.
func scaled(n, most, room int) int {
	if n == 0 {
		return 0
	}
	return max(1, (n*room+most/2)/most)
}

func (d *statsDocument) todayText(p *report.Page) {
	p.Heading("Ghosts today, in keys")
	ghostTable(p, d.Today.Ghosts)
	p.Para(0, report.Part{Text: fmt.Sprintf("Assigned, and no line in any of the %d witnesses held.", len(registry.SourcesSearched())), Style: report.Faint})

	p.Heading("Assignments that an edition lists and today's does not, in keys")
	table := &report.Table{Columns: []report.Column{{Header: "what today's row says"}, {Header: "keys", Align: report.Right}, {Header: "vacated", Align: report.Right},
		{Header: "given to another", Align: report.Right}, {Header: "renamed", Align: report.Right}}}
	var sum figures.LostCount
	for _, c := range d.Today.Lost {
		table.Rows = append(table.Rows, lostRow(string(c.Word), c))
		sum.Keys, sum.Vacated, sum.Another, sum.Renamed = sum.Keys+c.Keys, sum.Vacated+c.Vacated, sum.Another+c.Another, sum.Renamed+c.Renamed
	}
	table.Rows = append(table.Rows, lostRow("together", sum))
	p.Table(table)

	p.Heading("What today's rows give")
	t := d.Today
	p.Pairs(0, report.KV("rows that assign", strconv.Itoa(t.Rows)),
		report.KV("registration date", fmt.Sprintf("%d (%s)", t.Registered, percent(t.Registered, t.Rows))),
		report.KV("a reference", fmt.Sprintf("%d (%s)", t.Referenced, percent(t.Referenced, t.Rows))))
}

func lostRow(name string, c figures.LostCount) []report.Cell {
	row := []report.Cell{report.Text(name)}
	for _, n := range [...]int{c.Keys, c.Vacated, c.Another, c.Renamed} {
		row = append(row, report.Text(strconv.Itoa(n)))
	}
	return row
}
