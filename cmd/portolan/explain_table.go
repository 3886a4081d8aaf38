package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

var explainColumns = []string{"port", "transport", "range", "status", "ghost", "service", "description", "assignee", "contact", "registered", "first_seen", "last_seen", "here"}

// rows are for CSV and TSV: a line for each assignment of each key, and one for
// a key without any.
func (x *explanation) rows(yield func([]string) bool) {
	for p := range x.pages(page.NewBuilder(x.facts)) {
		for _, t := range p.Transports {
			row := []string{strconv.Itoa(int(p.Port)), t.Transport.String(), p.Range, t.Status.String(), strconv.FormatBool(t.Ghost), "", "", "", "", "", "", "", here(p.Host)}
			if len(t.Assignments) == 0 && !yield(row) {
				return
			}
			for _, a := range t.Assignments {
				filled := slices.Clone(row)
				copy(filled[5:], []string{a.Service, a.Description, a.Assignee, a.Contact, deref(a.Registered), a.FirstSeen.Date, a.LastSeen.Date})
				if !yield(filled) {
					return
				}
			}
		}
	}
}

// here names the programs that hold a port on this host.
func here(h *page.Host) string {
	if h == nil {
		return ""
	}
	var all []string
	for _, s := range h.Sockets {
		name := "(no visible owner)"
		if s.Process != nil {
			name = s.Process.Program
		}
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}

// line is a row of the table of a range: ports in a row that say the same.
type line struct {
	first, last uint16
	cells       [5]string // transports, status, service, description, here
}

// table shows many ports, those that say the same in one line.
func (x *explanation) table(p *report.Page, b *page.Builder) {
	var lines []line
	for port := range x.pages(b) {
		for _, l := range portLines(port) {
			lines = joinLine(lines, l)
		}
	}
	t := &report.Table{Columns: []report.Column{{Header: "port", Align: report.Right}, {Header: "on"}, {Header: "status"}, {Header: "service", Min: 10},
		{Header: "description", Priority: 2, Min: 12}, {Header: "here", Priority: 1, Min: 8}}}
	for _, l := range lines {
		ports := strconv.Itoa(int(l.first))
		if l.last != l.first {
			ports += "-" + strconv.Itoa(int(l.last))
		}
		row := []report.Cell{{Text: ports, Style: report.Place}}
		for _, c := range l.cells {
			row = append(row, report.Text(c))
		}
		t.Rows = append(t.Rows, row)
	}
	p.Table(t)
	p.Para(0, report.Part{Text: fmt.Sprintf("Data: %s. portolan PORT shows the whole page of one.", registry.Version()), Style: report.Faint})
}

func portLines(port page.Port) []line {
	var all []line
	for _, g := range groups(&port, sameLife) {
		if g.t.Status == registry.Unassigned && len(all) > 0 && len(port.Transports) > 1 {
			continue // sctp and dccp, of most ports
		}
		status := g.t.Status.String()
		if g.t.Ghost {
			status += ", ghost"
		}
		l := line{first: port.Port, last: port.Port, cells: [5]string{g.label(), status, "", "", here(port.Host)}}
		for i, a := range g.t.Assignments {
			if i > 0 {
				l.cells[2] += ", "
			}
			l.cells[2] += cmp.Or(a.Service, "(no name)")
			l.cells[3] = cmp.Or(l.cells[3], a.Description)
		}
		all = append(all, l)
	}
	return all
}

// joinLine adds a line, or lengthens the last one if it says the same of the
// ports just before.
func joinLine(lines []line, l line) []line {
	if n := len(lines); n > 0 && lines[n-1].cells == l.cells && int(lines[n-1].last)+1 == int(l.first) {
		lines[n-1].last = l.last
		return lines
	}
	return append(lines, l)
}
