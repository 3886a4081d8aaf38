package page

import (
	"cmp"
	"slices"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// Builder makes the pages of a query one by one, so that a range of any length
// needs the memory of one. It numbers the sources as they are first cited.
type Builder struct {
	facts   Facts
	sources Numbering
	run     *Run // the last one found: most ports of a range share it
}

// NewBuilder returns a builder.
func NewBuilder(f Facts) *Builder { return &Builder{facts: f} }

// Port makes the page of one port. transports restricts it; none means all four.
func (b *Builder) Port(p uint16, transports ...portolan.Transport) Port {
	if len(transports) == 0 {
		transports = portolan.Transports[:]
	}
	page := Port{Port: p, Range: portolan.RangeOf(p).String(), Privileged: p < 1024, Related: []Related{}, Run: b.runOf(p)}
	for _, t := range transports {
		page.Transports = append(page.Transports, b.transport(portolan.Key{Port: p, Transport: t}))
	}
	page.Corrections = b.corrections(p)
	page.Sockets, page.TookOver = b.sockets(p)
	if b.facts.BrowserBlocked != nil {
		page.BrowserBlocked = b.facts.BrowserBlocked(p)
	}
	if b.facts.Host != nil {
		page.Host = b.facts.Host(p)
	}
	if page.Host != nil && page.Host.UnprivilegedStart != nil {
		page.Privileged = p < *page.Host.UnprivilegedStart
	}
	if b.facts.Related {
		page.Related = b.related(p)
	}
	return page
}

func (b *Builder) transport(k portolan.Key) Transport {
	a := registry.Lookup(k)
	b.sources.Number(a.Edition())
	t := Transport{Transport: k.Transport, Status: a.Status(), Listed: a.Listed(), Ghost: registry.IsGhost(k),
		Assignments: []Assignment{}, Remarks: []Remark{}, Former: []Assignment{}, Evidence: []Evidence{}, Threats: b.threats(k)}
	for x := range a.Rows() {
		switch {
		case x.Status() == registry.Assigned:
			life, _ := registry.LifeOf(k, x)
			a := b.assignment(x, life)
			a.Restored = b.restored(k, x)
			t.Assignments = append(t.Assignments, a)
		case x.Description() != "" || x.Note() != "" || x.Unauthorized() != "" || len(x.References()) > 0:
			t.Remarks = append(t.Remarks, b.remark(x))
		}
	}
	for _, life := range registry.Lives(k) {
		if life.Gone.ID != "" {
			t.Former = append(t.Former, b.assignment(life.Assignment, life))
		}
	}
	for _, x := range registry.Evidence(k) {
		t.Evidence = append(t.Evidence, b.evidence(x))
	}
	slices.SortStableFunc(t.Evidence, func(x, y Evidence) int { return -cmp.Compare(x.Date, y.Date) })
	return t
}

func (b *Builder) assignment(x registry.Assignment, life registry.Tenure) Assignment {
	a := Assignment{Service: x.Service(), Aliases: orEmpty(x.Aliases()), Ports: x.Span().String(), Description: x.Description(),
		Assignee: x.Assignee(), Contact: x.Contact(), ContactInherited: x.ContactInherited(),
		Registered: orNull(x.Registered().String()), Modified: orNull(x.Modified().String()), References: orEmpty(x.References()),
		Notes: orNull(x.Note()), UnauthorizedUse: orNull(x.Unauthorized()), ServiceCode: orNull(x.ServiceCode()), Remark: orNull(x.Remark()),
		FirstSeen: seen(life.First), LastSeen: seen(life.Last), NotYet: seenOrNull(life.NotYet), Gone: seenOrNull(life.Gone), Earlier: b.earlier(x, life)}
	a.Cite = b.cites(life.Rows...)
	for _, s := range []registry.Source{life.First, life.NotYet, life.Gone} {
		b.sources.Number(s)
	}
	return a
}

// restored is the holder that newer editions lost, nil where the row names one.
func (b *Builder) restored(k portolan.Key, x registry.Assignment) *Restored {
	from, ok := registry.Restored(k, x)
	if !ok {
		return nil
	}
	last := from.Last()
	return &Restored{from.Assignee(), from.Contact(), from.ContactInherited(), last.ID, last.Date.String(), b.cites(from)}
}

// earlier lists the rows of a life that differ from its newest in more than how
// it is typed.
func (b *Builder) earlier(x registry.Assignment, life registry.Tenure) []Wording {
	all := []Wording{}
	for _, r := range life.Rows {
		if r == x || registry.SameText(r.Description(), x.Description()) && registry.SameText(r.Contact(), x.Contact()) {
			continue
		}
		first := r.First()
		all = append(all, Wording{first.ID, first.Date.String(), r.Description(), r.Contact(), r.ContactInherited(), b.cites(r)})
	}
	return all
}

func (b *Builder) remark(x registry.Assignment) Remark {
	return Remark{Status: x.Status().String(), Description: x.Description(), Notes: orNull(x.Note()), UnauthorizedUse: orNull(x.Unauthorized()),
		Modified: orNull(x.Modified().String()), References: orEmpty(x.References()), Remark: orNull(x.Remark()), Cite: b.cites(x)}
}

func (b *Builder) evidence(x registry.Assignment) Evidence {
	last := x.Last()
	return Evidence{Source: last.ID, Date: last.Date.String(), Name: x.Service(), Aliases: orEmpty(x.Aliases()), Description: x.Description(),
		Ports: x.Span().String(), Wide: x.Span().Len() >= registry.WideRange, Cite: b.cites(x)}
}

// cites lists the places of rows: each with a page or a line, and of editions
// that have neither, and repeat a row week by week, the newest.
func (b *Builder) cites(rows ...registry.Assignment) []Cite {
	all := []Cite{}
	for _, x := range rows {
		last := x.Last().ID
		for c := range x.Citations() {
			if c.Line > 0 || c.Source.ID == last {
				all = append(all, Cite{b.sources.Number(c.Source), c.Source.ID, c.Page, c.Line})
			}
		}
	}
	return all
}

// Sources returns all sources that the pages so far cite, by number, and every
// witness: a page that finds no evidence must say where it looked.
func (b *Builder) Sources() []Source {
	for _, s := range registry.SourcesSearched() {
		b.sources.Number(s)
	}
	return b.sources.List()
}

func (b *Builder) related(p uint16) []Related {
	all := []Related{}
	for _, r := range registry.Related(p) {
		if len(all) == MaxRelated && r.Reason != "neighbour" {
			continue
		}
		all = append(all, Related{r.Port, r.Service, r.Reason, r.Because, b.cites(r.Assignment)})
	}
	return all
}

func (b *Builder) corrections(p uint16) []Correction {
	all := []Correction{}
	for _, c := range registry.Corrections(p) {
		x := Correction{c.ID, c.Belief, c.Finding, []Cite{}}
		for _, at := range c.Cites {
			x.Cite = append(x.Cite, Cite{b.sources.Number(at.Source), at.Source.ID, at.Page, at.Line})
		}
		all = append(all, x)
	}
	return all
}

// sockets says what the ARPANET's socket of the number was, and how it became
// TCP's port.
func (b *Builder) sockets(p uint16) ([]Assignment, *TookOver) {
	all := []Assignment{}
	for _, life := range registry.Sockets(p) {
		all = append(all, b.assignment(life.Assignment, life))
	}
	x, ok := registry.TookOver(p)
	if !ok {
		return all, nil
	}
	first := x.First()
	for c := range x.Citations() {
		return all, &TookOver{x.Description(), seen(first), []Cite{{b.sources.Number(c.Source), c.Source.ID, c.Page, c.Line}}}
	}
	return all, nil
}

func (b *Builder) threats(k portolan.Key) []Threat {
	all := []Threat{}
	for _, t := range registry.Threats(k) {
		x := Threat{Name: t.Name, AttackID: t.ID, Use: string(t.Use), Techniques: orEmpty(t.Techniques), Text: t.Text, URL: t.URL(), Reports: []Report{}}
		for _, r := range t.Reports {
			x.Reports = append(x.Reports, Report(r))
		}
		source := registry.ThreatSource().Source
		x.Cite = []Cite{{Number: b.sources.Number(source), Source: source.ID}}
		all = append(all, x)
	}
	return all
}

// runOf returns the run of ports around p that are assigned on neither tcp nor
// udp, nil where p is assigned.
func (b *Builder) runOf(p uint16) *Run {
	if b.run != nil && b.run.First <= p && p <= b.run.Last {
		return b.run
	}
	free := func(p int) bool {
		if p < 0 || p > 65535 {
			return false
		}
		for _, t := range [...]portolan.Transport{portolan.TCP, portolan.UDP} {
			if registry.Lookup(portolan.Key{Port: uint16(p), Transport: t}).Status() != registry.Unassigned {
				return false
			}
		}
		return true
	}
	first, last := int(p), int(p)
	if !free(first) {
		return nil
	}
	for free(first - 1) {
		first--
	}
	for free(last + 1) {
		last++
	}
	b.run = &Run{uint16(first), uint16(last)}
	return b.run
}

func seen(s registry.Source) Seen { return Seen{s.ID, s.Date.String()} }

func seenOrNull(s registry.Source) *Seen {
	if s.ID == "" {
		return nil
	}
	v := seen(s)
	return &v
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
