package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

func (d *atDocument) text(p *report.Page) {
	p.Heading("The registry on " + d.moment.words())
	p.Para(0, report.Text(d.standing()))
	if len(d.Summary) > 0 {
		d.summaryText(p)
	}
	if ports := d.answered(); ports > maxPages {
		d.table(p)
	} else {
		last := ""
		for _, x := range d.Answers {
			if x.Ports != last {
				p.Heading(portsWord(x.Ports))
				last = x.Ports
			}
			d.answerText(p, x)
		}
	}
	citedSources(p, d.Sources)
}

func portsWord(ports string) string {
	if strings.Contains(ports, "-") {
		return "Ports " + ports
	}
	return "Port " + ports
}

// answered counts the runs of ports that have answers.
func (d *atDocument) answered() int {
	n, last := 0, ""
	for _, x := range d.Answers {
		if x.Ports != last {
			n, last = n+1, x.Ports
		}
	}
	return n
}

// standing says which editions the answers rest on.
func (d *atDocument) standing() string {
	m := d.moment
	at, next := m.Edition, m.Next
	switch {
	case at.ID == "":
		return "No edition of that day or before is held. The first one is " + named(next) + d.mark(next) + "."
	case m.Exact:
		return "Of that day: " + named(at) + d.mark(at) + "."
	case next.ID == "":
		return "The newest edition held is " + named(at) + d.mark(at) + "; what changed since then is not known here."
	}
	s := "The editions around it: " + named(at) + d.mark(at) + ", and " + named(next) + d.mark(next) + "."
	if n := monthsBetween(at.Date, next.Date); n >= longHole {
		s += fmt.Sprintf(" The day lies in a hole of %d years of which no edition is held.", (n+6)/12)
	}
	return s
}

// named names an edition as prose does: "RFC 1700 of 1994-10".
func named(s registry.Source) string {
	name := strings.Split(s.Title, ",")[0]
	if strings.Contains(name, "Registry") || name == s.Authority {
		name = s.Authority + "'s edition"
	}
	return name + " of " + s.Date.String()
}

// mark is the number of a source of the document, " [1]", "" where it is not cited.
func (d *atDocument) mark(s registry.Source) string {
	for _, x := range d.Sources {
		if x.ID == s.ID {
			return fmt.Sprintf(" [%d]", x.Number)
		}
	}
	return ""
}

func (d *atDocument) answerText(p *report.Page, x atAnswer) {
	label := on(x.Transports) + "  "
	switch {
	case x.Before == nil && x.After == nil:
		p.Hang(0, label, report.Text("no edition held speaks of it."))
	case x.Before == nil:
		p.Hang(0, label, report.Text("not known: the first edition that speaks of it is of "+x.After.Edition.Date+", and says "+x.After.words()))
	case x.After == nil && x.Before.Edition.Source != d.moment.Edition.ID:
		p.Hang(0, label, report.Text("the last edition that speaks of it is of "+x.Before.Edition.Date+", and says "+x.Before.words()))
	case x.After == nil:
		p.Hang(0, label, report.Text(x.Before.words()))
	case x.Certain:
		p.Hang(0, label, report.Text(x.Before.words()+" So too "+x.After.Edition.Date+x.After.where()))
	default:
		p.Hang(0, label, report.Text("changed between the two editions, on a day that is not known:"))
		p.Pairs(len(label), report.KV(x.Before.Edition.Date, x.Before.words()), report.KV(x.After.Edition.Date, x.After.words()))
	}
}

// words tells what an edition says, with its place.
func (s *atSide) words() string {
	all := s.assigned()
	if len(all) == 0 {
		text := s.Status
		if !s.Listed {
			text += ", no row"
		}
		for _, r := range s.rows {
			if say := saying(r); say != "" {
				text += say
				break
			}
		}
		return text + s.where()
	}
	var names []string
	for _, r := range all {
		names = append(names, inFull(r))
	}
	return strings.Join(names, "; ") + s.where()
}

// where says where the rows stand: ". [1] page 30, line 1650".
func (s *atSide) where() string {
	var all []string
	for _, r := range s.Rows {
		if m := marked(r.Cite); len(all) == 0 || all[len(all)-1] != m {
			all = append(all, m)
		}
	}
	if len(all) == 0 {
		all = []string{fmt.Sprintf("[%d]", s.Number)}
	}
	return ". " + strings.Join(all, "; ")
}

// table shows many ports, those that say the same in one line.
func (d *atDocument) table(p *report.Page) {
	p.Blank()
	t := &report.Table{Columns: []report.Column{{Header: "port", Align: report.Right}, {Header: "on"}, {Header: "status"}, {Header: "service", Min: 10},
		{Header: "description", Priority: 2, Min: 12}, {Header: "by the next", Priority: 1, Min: 11}}}
	for _, x := range d.Answers {
		b, f := x.Before.cells(), x.After.cells()
		then := ""
		if !x.Certain && x.After != nil {
			then = "→ " + cmp.Or(f[2], f[1])
			if f[2] == b[2] {
				then = "other words"
			}
		}
		t.Rows = append(t.Rows, []report.Cell{{Text: x.Ports, Style: report.Place}, report.Text(on(x.Transports)), report.Text(cmp.Or(b[1], "not known")),
			report.Text(b[2]), report.Text(b[3]), report.Text(then)})
	}
	p.Table(t)
}

func (d *atDocument) summaryText(p *report.Page) {
	p.Blank()
	t := &report.Table{Columns: []report.Column{{Header: "ports on"}, {Header: "assigned", Align: report.Right}, {Header: "reserved", Align: report.Right},
		{Header: "unassigned", Align: report.Right}, {Header: "dynamic", Align: report.Right}}}
	for _, n := range d.Summary {
		t.Rows = append(t.Rows, []report.Cell{report.Text(n.Transport.String()), report.Text(fmt.Sprint(n.Assigned)), report.Text(fmt.Sprint(n.Reserved)),
			report.Text(fmt.Sprint(n.Unassigned)), report.Text(fmt.Sprint(n.Dynamic))})
	}
	p.Table(t)
	p.Para(0, report.Part{Text: fmt.Sprintf("%d rows in the source. The ports themselves: portolan list --at %s", d.moment.Edition.Rows, d.moment.Asked), Style: report.Faint})
}
