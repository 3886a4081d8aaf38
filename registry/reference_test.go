package registry

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// reference is a slow reader over the text twins: no packing, no intervals, no
// marks; it looks at every row of a source for every key.
type reference struct {
	sources []Source
	rows    map[string][]twin.Row
}

func newReference(t testing.TB) *reference {
	ref := &reference{sources: Sources(), rows: map[string][]twin.Row{}}
	for _, s := range ref.sources {
		ref.rows[s.ID] = readTwin(t, s.ID)
	}
	return ref
}

type said struct {
	status Status
	listed bool
	names  string
}

// edition answers for all keys of one transport from one source, plus what
// lists newer than it add.
func (ref *reference) edition(s Source, tr portolan.Transport, withNews bool) []said {
	all := make([]said, 1<<16)
	names := make([][]string, 1<<16)
	add := func(r twin.Row) {
		for p := int(r.Span.First); p <= int(r.Span.Last); p++ {
			all[p].listed = true
			switch {
			case r.Status == "assigned":
				all[p].status = Assigned
				names[p] = append(names[p], r.Service)
			case all[p].status == Unassigned && r.Status == "reserved":
				all[p].status = Reserved
			}
		}
	}
	for _, r := range ref.rows[s.ID] {
		if r.Transport == tr || r.Transport == twin.Any {
			add(r)
		}
	}
	if withNews {
		for _, r := range ref.news(s, tr, names) {
			add(r)
		}
	}
	for p := range all {
		if all[p].status == Unassigned && p >= 49152 {
			all[p].status = Dynamic
		}
		slices.Sort(names[p])
		all[p].names = strings.Join(names[p], " ")
	}
	return all
}

func (ref *reference) news(newest Source, tr portolan.Transport, have [][]string) (news []twin.Row) {
	for _, s := range ref.sources {
		if s.Role != Assigns || s.Whole || s.Date.String() <= newest.Date.String() {
			continue
		}
		for _, r := range ref.rows[s.ID] {
			known := func(n string) bool { return strings.EqualFold(n, r.Service) }
			if r.Transport == tr && r.Status == "assigned" && !slices.ContainsFunc(have[r.Span.First], known) {
				news = append(news, r)
			}
		}
	}
	return news
}

func saidOf(a Answer) said {
	var names []string
	for x := range a.Assignments() {
		names = append(names, x.Service())
	}
	slices.Sort(names)
	return said{a.Status(), a.Listed(), strings.Join(names, " ")}
}

// The packed reader agrees with the slow one on every key, today and at every
// date that a whole edition begins to speak for.
func TestSlowAgreesWithFast(t *testing.T) {
	ref := newReference(t)
	editions := ref.sources[firstEdition : edition+1]
	for _, tr := range portolan.Transports {
		for i, s := range editions {
			want := ref.edition(s, tr, i == len(editions)-1)
			for p := range want {
				k := portolan.Key{Port: uint16(p), Transport: tr}
				a, ok := At(k, s.Date)
				if got := saidOf(a); !ok || got != want[p] {
					t.Fatalf("%s at %s: %+v, the twin says %+v", k, s.Date, got, want[p])
				}
				if i == len(editions)-1 && saidOf(Lookup(k)) != want[p] {
					t.Fatalf("%s today: %+v, the twin says %+v", k, saidOf(Lookup(k)), want[p])
				}
			}
		}
	}
}

// A date between two editions is answered by the earlier one, and a date
// before all of them by none.
func TestAtBetweenEditions(t *testing.T) {
	k := portolan.Key{Port: 80, Transport: portolan.TCP}
	for _, c := range []struct{ date, edition string }{
		{"1992-06-30", ""}, {"1992", "rfc1340"}, {"1992-07", "rfc1340"}, {"1992-07-15", "rfc1340"}, {"1994-09", "rfc1340"},
		{"1994", "rfc1700"}, {"1994-10", "rfc1700"}, {"2005-12-22", "rfc1700"}, {"2026-08-16", "rfc1700"},
		{"2026-08-17", "iana-2026-08-17"}, {"2030", "iana-2026-08-17"},
	} {
		d, err := ParseDate(c.date)
		if err != nil {
			t.Fatal(err)
		}
		a, ok := At(k, d)
		if ok != (c.edition != "") || ok && a.Edition().ID != c.edition {
			t.Errorf("at %s: %v %s, want %q", c.date, ok, a.Edition().ID, c.edition)
		}
	}
}

// IsGhost and Evidence agree with a look at every witness's twin.
func TestGhostsAgree(t *testing.T) {
	ref := newReference(t)
	alive := map[string]bool{}
	count := map[string]int{}
	for _, s := range SourcesSearched() {
		for _, r := range ref.rows[s.ID] {
			for p := int(r.Span.First); p <= int(r.Span.Last); p++ {
				k := portolan.Key{Port: uint16(p), Transport: r.Transport}.String()
				alive[k] = alive[k] || r.Span.Len() < WideRange
				count[k]++
			}
		}
	}
	for p := range 1 << 16 {
		for _, tr := range portolan.Transports {
			k := portolan.Key{Port: uint16(p), Transport: tr}
			if got, want := IsGhost(k), Lookup(k).Status() == Assigned && !alive[k.String()]; got != want {
				t.Fatalf("%s ghost: %v, the twins say %v", k, got, want)
			}
			// One packed row stands for a line in every edition that has it.
			if got := len(Evidence(k)); (got == 0) != (count[k.String()] == 0) {
				t.Fatalf("%s: %d rows of evidence, the twins have %d", k, got, count[k.String()])
			}
		}
	}
}

func TestDates(t *testing.T) {
	for _, bad := range []string{"", "94", "1994-13", "1994-00", "1994-1", "1994-02-30", "1995-02-29", "1994-10-01-01", "1994/10", "-1994", "+199", "0000"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) = %v", bad, d)
		}
	}
	for _, good := range []string{"1994", "1994-10", "1994-10-31", "1996-02-29"} {
		if d, err := ParseDate(good); err != nil || d.String() != good {
			t.Errorf("ParseDate(%q) = %v, %v", good, d, err)
		}
	}
	for _, s := range Sources() {
		if s.Date.IsZero() || len(s.SHA256) != 64 || s.URL == "" || s.Title == "" {
			t.Errorf("%s: its certificate is not complete: %+v", s.ID, s)
		}
	}
	for r := range row(rows()) {
		for _, f := range []int{fieldRegistered, fieldModified} {
			if s := r.text(f); s != "" {
				if _, err := ParseDate(s); err != nil {
					t.Errorf("row %d: %v", r, err)
				}
			}
		}
	}
}

func TestServiceFindsEveryName(t *testing.T) {
	seen := map[string]bool{}
	for name := range Names() {
		if seen[strings.ToLower(name)] {
			t.Fatalf("Names yields %q twice", name)
		}
		seen[strings.ToLower(name)] = true
		if len(Service(strings.ToUpper(name))) == 0 {
			t.Errorf("Service(%q) finds nothing", strings.ToUpper(name))
		}
	}
	for _, r := range readTwin(t, "iana-2026-08-17") {
		if r.Status != "assigned" || r.Service == "" {
			continue
		}
		found := slices.ContainsFunc(Service(r.Service), func(m Match) bool {
			return m.Current && !m.Alias && m.Span == r.Span && m.Transport == r.Transport
		})
		if !found || !seen[strings.ToLower(r.Service)] {
			t.Errorf("Service(%q) lacks %s/%s, or Names lacks it", r.Service, r.Span, r.Transport)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"378", "dsETOS", "HTTP", "nec corp", "\xff", "; ", "1994-10"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range Service(s) {
			if !m.Alias && !strings.EqualFold(m.Assignment.Service(), s) {
				t.Errorf("Service(%q) gave %q", s, m.Assignment.Service())
			}
		}
		for _, h := range Search(s) {
			_ = fmt.Sprint(h.Assignment.Cite())
		}
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Errorf("ParseDate(%q) = %q", s, d)
		}
	})
}
