package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/internal/scanfile"
	"github.com/portolan/portolan/registry"
)

// document is the answer in all forms.
func (h *hearsay) document() *report.Document {
	return &report.Document{Schema: judgeSchema, DataVersion: registry.Version(), Value: h, Items: h.items,
		Columns: []string{"target", "name", "port", "transport", "state", "reason", "assigned", "by", "service", "protocol", "in_tls", "product", "version", "verdict", "severity", "reasons"},
		Rows:    h.rows, Text: h.text}
}

func (h *hearsay) rows(yield func([]string) bool) {
	for x := range h.results {
		var codes []string
		for _, reason := range x.Reasons {
			codes = append(codes, reason.Code)
		}
		if !yield([]string{x.Target, deref(x.Name), strconv.Itoa(int(x.Port)), x.Transport, string(x.State), x.Reason, x.Assigned.Service, deref(x.By), x.shown,
			deref(x.Protocol), strconv.FormatBool(x.InTLS), deref(x.Product), deref(x.Version), string(deref(x.Verdict)), deref(x.Severity), strings.Join(codes, " ")}) {
			return
		}
	}
}

func (h *hearsay) text(p *report.Page) {
	for _, f := range h.files {
		p.Para(0, report.Text(f.words()))
	}
	p.Para(0, report.Text("Nothing was sent: what follows rests on the scanners' word."))
	target, t := "", heardTable()
	for x := range h.results {
		if x.Target != target {
			showTable(p, t)
			target, t = x.Target, heardTable()
			p.Heading(x.title())
		}
		t.Rows = append(t.Rows, x.row())
	}
	showTable(p, t)
	h.findings(p)
	p.Blank()
	p.Para(0, report.Part{Text: h.summary.words(), Style: report.Strong})
}

func showTable(p *report.Page, t *report.Table) {
	if len(t.Rows) > 0 {
		p.Table(t)
	}
}

// words are "scan.xml: nmap 7.93, 8 ports; 995 ports are only counted there".
func (f heardFile) words() string {
	who := strings.TrimSpace(f.Scanner + " " + f.Version)
	if who == "" {
		return f.File + ": empty"
	}
	text := fmt.Sprintf("%s: %s, %s", f.File, who, count(f.Rows, "row"))
	for _, part := range []struct {
		n    int
		word string
	}{{f.Counted, "ports only counted"}, {f.Scripts, "script outputs not read"}, {f.NoPort, "records not judged"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.word)
		}
	}
	if f.Cut {
		text += "; it ends early"
	}
	return text
}

func (x *judgeResult) title() string {
	if x.Name != nil {
		return *x.Name + " (" + x.Target + ")"
	}
	return x.Target
}

func heardTable() *report.Table {
	return &report.Table{Columns: []report.Column{{Header: "PORT"}, {Header: "STATE", Priority: 3}, {Header: "ASSIGNED", Priority: 2, Min: 8}, {Header: "SAID TO BE", Min: 10, Priority: 1},
		{Header: "PRODUCT", Priority: 4, Min: 8}, {Header: "VERDICT"}}}
}

func (x *judgeResult) row() []report.Cell {
	state := string(x.State)
	if x.State != scanfile.Open && x.Reason != "" {
		state += ", " + x.Reason
	}
	service := cmp.Or(x.Assigned.Service, x.Assigned.Status.String())
	if x.Assigned.Ghost {
		service += " (ghost)"
	}
	return []report.Cell{{Text: fmt.Sprintf("%d/%s", x.Port, x.Transport), Style: report.Place}, report.Text(state), report.Text(service), report.Text(x.shown),
		report.Text(strings.TrimSpace(deref(x.Product) + " " + deref(x.Version))), report.Text(string(deref(x.Verdict)))}
}

// findings explains what is not simply right.
func (h *hearsay) findings(p *report.Page) {
	for x := range h.results {
		if x.Severity == nil || *x.Severity == "ok" {
			continue
		}
		p.Blank()
		where := fmt.Sprintf("%s %d/%s", x.Target, x.Port, x.Transport)
		p.Finding(*x.Severity, report.Part{Text: where, Style: report.Place}, report.Text("  "+string(*x.Verdict)+"  "+x.shown))
		for _, reason := range x.Reasons {
			p.Hang(2, "- ", report.Text(reason.Text+citeWords(reason.Cite)))
		}
	}
}

func (s judgeSummary) words() string {
	return count(s.Ports, "port") + " judged: " + s.tally.words()
}
