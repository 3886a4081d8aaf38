package page

import (
	"testing"

	"github.com/portolan/portolan"
)

func TestPage378(t *testing.T) {
	b := NewBuilder(Facts{Related: true})
	p := b.Port(378, portolan.TCP)
	if len(p.Transports) != 1 || p.Range != "system" || !p.Privileged || p.Run != nil {
		t.Errorf("%+v", p)
	}
	tr := p.Transports[0]
	if !tr.Ghost || len(tr.Assignments) != 1 || len(tr.Evidence) != 0 {
		t.Fatalf("%+v", tr)
	}
	a := tr.Assignments[0]
	if a.Service != "dsETOS" || a.Assignee != "Tomoo Fujita" || a.FirstSeen != (Seen{"rfc1700", "1994-10"}) ||
		a.LastSeen != (Seen{"iana-2026-08-17", "2026-08-17"}) || a.NotYet == nil || a.NotYet.Source != "rfc1340" || a.Registered != nil {
		t.Errorf("%+v", a)
	}
	if r := p.Related[0]; r.Port != 377 || r.Service != "tnETOS" || r.Reason != "same-assignee" {
		t.Errorf("related: %+v", p.Related)
	}
	for _, s := range b.Sources() {
		if s.Number == 0 || s.SHA256 == "" {
			t.Errorf("source without number or sum: %+v", s)
		}
	}
}

// The sources searched for evidence are always there, and every citation
// points to a source of the document.
func TestCitationsPointSomewhere(t *testing.T) {
	b := NewBuilder(Facts{Related: true})
	numbers := func(c []Cite, sources []Source) {
		for _, x := range c {
			if x.Number < 1 || x.Number > len(sources) || sources[x.Number-1].ID != x.Source {
				t.Errorf("%+v points nowhere", x)
			}
		}
	}
	for p := range 2000 {
		page := b.Port(uint16(p))
		sources := b.Sources()
		for _, tr := range page.Transports {
			for _, a := range append(tr.Assignments, tr.Former...) {
				numbers(a.Cite, sources)
				if a.FirstSeen.Date > a.LastSeen.Date || a.FirstSeen.Source == "" {
					t.Errorf("%d: first seen %v, last %v", p, a.FirstSeen, a.LastSeen)
				}
			}
			for _, e := range tr.Evidence {
				numbers(e.Cite, sources)
			}
		}
	}
}

func TestRuns(t *testing.T) {
	b := NewBuilder(Facts{})
	p := b.Port(4905)
	if p.Run == nil || p.Run.First != 4903 || p.Run.Last != 4911 {
		t.Errorf("4905 lies in %+v, want IANA's 4903-4911", p.Run)
	}
	if q := b.Port(4906); q.Run == nil || *q.Run != *p.Run {
		t.Errorf("4906 lies in %+v", q.Run)
	}
	if q := b.Port(378); q.Run != nil {
		t.Errorf("378 lies in %+v", q.Run)
	}
}
