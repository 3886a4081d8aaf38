package registry

import (
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// slowCounts counts over the rows of a twin, key by key.
func slowCounts(s Source, rows []twin.Row) Counts {
	c := Counts{Source: s}
	assigned, reserved, ports := map[portolan.Key]bool{}, map[portolan.Key]bool{}, map[uint16]bool{}
	names := map[string]bool{}
	for _, r := range rows {
		for t := portolan.TCP; t <= portolan.NCP; t++ {
			if !s.Covers(t) || r.Transport != twin.Any && r.Transport != t {
				continue
			}
			for p := int(r.Span.First); p <= int(r.Span.Last); p++ {
				k := portolan.Key{Port: uint16(p), Transport: t}
				switch r.Status {
				case "assigned":
					assigned[k], ports[k.Port] = true, true
				case "reserved":
					reserved[k] = true
				}
			}
		}
		if r.Status != "assigned" {
			continue
		}
		c.Rows++
		if slices.ContainsFunc(strings.Split(r.Assignee+"; "+r.Contact, "; "), func(n string) bool { return n != "" && n[0] != '[' }) {
			c.Named++
		}
		if r.Registered != "" {
			c.Registered++
		}
		if r.References != "" {
			c.Referenced++
		}
		if r.Service != "" {
			names[strings.ToLower(r.Service)] = true
		}
	}
	for k := range assigned {
		c.Assigned[k.Transport][portolan.RangeOf(k.Port)]++
	}
	for k := range reserved {
		if !assigned[k] {
			c.Reserved[k.Transport][portolan.RangeOf(k.Port)]++
		}
	}
	for p := range ports {
		c.Ports[portolan.RangeOf(p)]++
	}
	c.Names = len(names)
	return c
}

// The packed rows count as the twins do: an RFC, IANA's text, a whole edition,
// and one that is known by its changes.
func TestCountsAgreeWithTheTwins(t *testing.T) {
	want := []string{"rfc1340", "iana-2005-12-22", "iana-2017-03-10", "iana-2021-12-29", source(edition).ID, source(firstEdition).ID}
	seen := 0
	eachTwin(t, func(e twinEdition) {
		if !slices.Contains(want, e.source.ID) {
			return
		}
		seen++
		if got, want := CountsAt(e.source), slowCounts(e.source, e.rows); got != want {
			t.Errorf("%s: counted\n%+v\nthe twin has\n%+v", e.source.ID, got, want)
		}
	})
	slices.Sort(want)
	if seen != len(slices.Compact(want)) {
		t.Errorf("%d editions compared: one of %v is not there", seen, want)
	}
}

// What counts and what At answers are the same keys.
func TestCountsAgreeWithAt(t *testing.T) {
	var assigned, reserved [transportCount][3]int
	for p := range 1 << 16 {
		for _, tr := range portolan.Transports {
			a, _ := At(portolan.Key{Port: uint16(p), Transport: tr}, source(edition).Date)
			switch a.Status() {
			case Assigned:
				assigned[tr][portolan.RangeOf(uint16(p))]++
			case Reserved:
				reserved[tr][portolan.RangeOf(uint16(p))]++
			}
		}
	}
	if c := CountsAt(source(edition)); c.Assigned != assigned || c.Reserved != reserved {
		t.Errorf("%+v, At has %v and %v", c, assigned, reserved)
	}
}

func TestCountsOfNoEdition(t *testing.T) {
	for _, id := range []string{"debian-netbase-6.6", "iana-names-2026-09-17"} {
		if c := CountsAt(mustSource(t, id)); c.Rows != 0 || c.AllPorts() != 0 {
			t.Errorf("%s: %+v", id, c)
		}
	}
	if c := CountsAt(Source{ID: "nowhere"}); c.Rows != 0 {
		t.Errorf("%+v", c)
	}
}

func TestRuns(t *testing.T) {
	next := 0
	for run := range Runs() {
		if int(run.First) != next || portolan.RangeOf(run.First) != portolan.RangeOf(run.Last) || cellOf(run.First) != cellOf(run.Last) {
			t.Fatalf("%s after %d", run, next-1)
		}
		next = int(run.Last) + 1
	}
	if next != 1<<16 {
		t.Errorf("the runs end at %d", next-1)
	}
}

func BenchmarkCountsAt(b *testing.B) {
	s := source(edition)
	for b.Loop() {
		sink += CountsAt(s).Rows
	}
}
