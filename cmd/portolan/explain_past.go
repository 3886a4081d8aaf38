package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// socketSection tells what the number was before TCP had ports.
func socketSection(p *report.Page, port *page.Port) {
	if len(port.Sockets) == 0 {
		return
	}
	p.Heading("Before TCP: the ARPANET's socket")
	for _, a := range port.Sockets {
		s := cmp.Or(a.Description, "no text") + ": listed in " + sourceWords(a.FirstSeen)
		if a.FirstSeen != a.LastSeen {
			s += " to " + sourceWords(a.LastSeen)
		}
		p.Hang(0, "ncp ", report.Text(s+". "+somePlaces(a.Cite)))
	}
	if t := port.TookOver; t != nil {
		p.Para(0, report.Text(fmt.Sprintf("TCP took the number over: %s lists %s for port and socket at once. %s", sourceWords(t.First), t.Description, places(t.Cite))))
	} else {
		p.Para(0, report.Text("No source held gives TCP's port of this number to the same service."))
	}
}

// correctionSection sets right what is often said of the port.
func correctionSection(p *report.Page, port *page.Port) {
	if len(port.Corrections) == 0 {
		return
	}
	p.Heading("Often said, and not so")
	for _, c := range port.Corrections {
		p.Hang(0, "- ", report.Text(c.Belief), report.Part{Text: " No: ", Style: report.Strong}, report.Text(c.Finding+" "+somePlaces(c.Cite)))
	}
}

// threatSection lists reports that have a primary source, or says that none is held.
func threatSection(p *report.Page, port *page.Port) {
	p.Heading("Reports of misuse")
	var told []string
	for _, t := range port.Transports {
		for _, x := range t.Threats {
			line := fmt.Sprintf("%s (%s)", strings.TrimSuffix(x.Text, "."), x.AttackID)
			if slices.Contains(told, line) {
				continue
			}
			told = append(told, line)
			p.Hang(0, "- ", report.Text(line+marks(x.Cite)+reportTitles(x.Reports)))
		}
	}
	source := registry.ThreatSource()
	if len(told) == 0 {
		p.Para(0, report.Text("No report with a primary source is held (searched: "+source.Title+", "+source.Date.String()+")."))
		return
	}
	p.Para(0, report.Text("Reported elsewhere does not mean present here. "+source.Licence+"."))
}

// reportTitles names the reports; their addresses are in the JSON.
func reportTitles(reports []page.Report) string {
	var titles []string
	for _, r := range reports {
		titles = append(titles, r.Title)
	}
	if len(titles) == 0 {
		return ", which cites no report"
	}
	return " after: " + strings.Join(titles, "; ")
}
