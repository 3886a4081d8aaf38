package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/portolan/portolan/internal/probe"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// document is the answer of a run in all forms.
func (r *probing) document() *report.Document {
	d := r.value()
	return &report.Document{Schema: probeSchema, DataVersion: registry.Version(), Value: d, Items: each(d.Results),
		Columns: []string{"target", "name", "port", "transport", "state", "reason", "conduct", "assigned", "protocol", "product", "version", "tls", "strength", "verdict", "severity", "reasons"},
		Rows:    r.rows, Text: r.text}
}

func (r *probing) rows(yield func([]string) bool) {
	for _, x := range r.results {
		var codes []string
		for _, reason := range x.Reasons {
			codes = append(codes, reason.Code)
		}
		tls := ""
		if x.TLS != nil {
			tls = cmp.Or(x.TLS.Version, "refused")
		}
		if !yield([]string{x.Target, deref(x.Name), strconv.Itoa(int(x.Port)), x.Transport, string(x.State), x.Reason, string(deref(x.Conduct)), x.Assigned.Service,
			deref(x.Protocol), deref(x.Product), deref(x.Version), tls, deref(x.Strength), string(deref(x.Verdict)), deref(x.Severity), strings.Join(codes, " ")}) {
			return
		}
	}
}

func (r *probing) text(p *report.Page) {
	host := ""
	var t *report.Table
	flush := func() {
		if t != nil {
			p.Table(t)
		}
	}
	for i := range r.results {
		x := &r.results[i]
		if x.Target != host {
			flush()
			host = x.Target
			title := host
			if x.Name != nil {
				title = *x.Name + " (" + host + ")"
			}
			p.Heading(title)
			t = probeTable()
		}
		t.Rows = append(t.Rows, x.row())
	}
	flush()
	r.findings(p)
	p.Blank()
	p.Para(0, report.Part{Text: r.summary.words(), Style: report.Strong})
}

func probeTable() *report.Table {
	return &report.Table{Columns: []report.Column{{Header: "PORT"}, {Header: "STATE", Priority: 3}, {Header: "ASSIGNED", Priority: 2, Min: 8}, {Header: "ANSWERS", Min: 10, Priority: 1},
		{Header: "PRODUCT", Priority: 4, Min: 8}, {Header: "VERDICT"}}}
}

func (x *probeResult) row() []report.Cell {
	state := string(x.State)
	if x.State != probe.Open {
		state += ", " + x.Reason
	}
	service := cmp.Or(x.Assigned.Service, x.Assigned.Status.String())
	if x.Assigned.Ghost {
		service += " (ghost)"
	}
	return []report.Cell{{Text: fmt.Sprintf("%d/%s", x.Port, x.Transport), Style: report.Place}, report.Text(state), report.Text(service), report.Text(x.answers()),
		report.Text(x.productWords()), report.Text(string(deref(x.Verdict)))}
}

// answers says what was spoken, or how the port behaved.
func (x *probeResult) answers() string {
	if x.State != probe.Open {
		return ""
	}
	if x.Protocol == nil {
		if x.TLS != nil {
			return "tls, " + string(*x.Conduct)
		}
		return string(*x.Conduct)
	}
	s := *x.Protocol
	if x.InTLS {
		s += " in tls"
	}
	if *x.Strength != "certain" {
		s += " (" + *x.Strength + ")"
	}
	return s
}

// findings explains what is not simply right, and shows the evidence if asked.
func (r *probing) findings(p *report.Page) {
	for i := range r.results {
		x := &r.results[i]
		finding := x.Severity != nil && *x.Severity != "ok"
		if !finding && !r.flags.evidence {
			continue
		}
		p.Blank()
		where := fmt.Sprintf("%s %d/%s", x.Target, x.Port, x.Transport)
		p.Finding(cmp.Or(deref(x.Severity), "ok"), report.Part{Text: where, Style: report.Place}, report.Text("  "+string(deref(x.Verdict))+"  "+x.answers()))
		for _, reason := range x.Reasons {
			p.Hang(2, "- ", report.Text(reason.Text+citeWords(reason.Cite)))
		}
		if r.flags.evidence {
			x.showEvidence(p)
		}
	}
}

// shownBytes is how much of an exchange a person is shown.
const shownBytes = 240

func (x *probeResult) showEvidence(p *report.Page) {
	for _, d := range x.Details {
		p.Hang(2, "", report.Text(d.Name+": "+d.Value))
	}
	if t := x.TLS; t != nil {
		p.Hang(2, "", report.Text(fmt.Sprintf("tls: %s, certificate of %s by %s until %s %s", cmp.Or(t.Version, "refused: "+t.Refused), t.Subject, t.Issuer, t.NotAfter, strings.Join(t.Names, " "))))
	}
	e := x.Evidence
	if e == nil {
		return
	}
	how := "unasked"
	if e.Question != "" {
		how = "asked " + e.Question
	}
	if len(e.Sent) > 0 {
		p.Code(4, "sent ("+how+"): "+quoteBytes(e.Sent))
	}
	p.Code(4, fmt.Sprintf("received (%s, %d bytes): %s", how, len(e.Received), quoteBytes(e.Received)))
}

// quoteBytes shows bytes as a quoted text of printable ASCII.
func quoteBytes(b []byte) string {
	more := ""
	if len(b) > shownBytes {
		more = fmt.Sprintf(" and %d more", len(b)-shownBytes)
		b = b[:shownBytes]
	}
	var s strings.Builder
	s.WriteByte('"')
	for _, c := range b {
		switch {
		case c == '\r':
			s.WriteString(`\r`)
		case c == '\n':
			s.WriteString(`\n`)
		case c == '"' || c == '\\':
			s.WriteByte('\\')
			s.WriteByte(c)
		case c >= ' ' && c <= '~':
			s.WriteByte(c)
		default:
			fmt.Fprintf(&s, `\x%02x`, c)
		}
	}
	return s.String() + `"` + more
}

func (s probeSummary) words() string {
	text := count(s.Asked, "port") + " asked: " + s.tally.words()
	if s.Excluded > 0 {
		text += "; " + fmt.Sprintf("%d excluded", s.Excluded)
	}
	return text + fmt.Sprintf("; %.1f s", float64(s.Milliseconds)/1000)
}
