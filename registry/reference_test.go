package registry

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// reference is a slow reader over the rows of one source: no packing, no
// intervals, no marks; it looks at every row for every key.
type reference struct {
	source Source
	rows   []twin.Row
	lists  map[string][]twin.Row // of names newer than the source
}

type said struct {
	status Status
	listed bool
	names  string
}

// all answers for all keys of one transport from the source, plus what lists
// newer than it add.
func (ref *reference) all(tr portolan.Transport) []said {
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
	for _, r := range ref.rows {
		if r.Transport == tr || r.Transport == twin.Any {
			add(r)
		}
	}
	for _, r := range ref.news(tr, names) {
		add(r)
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

func (ref *reference) news(tr portolan.Transport, have [][]string) (news []twin.Row) {
	for _, list := range ref.lists {
		for _, r := range list {
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
// date that a whole edition begins to speak for. Between two anchors of a run
// of changes only the keys that changed are compared.
func TestSlowAgreesWithFast(t *testing.T) {
	eachTwin(t, func(e twinEdition) {
		if e.number < firstEdition || e.number > edition {
			return
		}
		ref := &reference{source: e.source, rows: e.rows}
		with := &reference{source: e.source, rows: e.rows}
		if e.number == edition {
			with.lists = map[string][]twin.Row{"iana-names-2026-09-17": readTwin(t, "iana-names-2026-09-17")}
		}
		for tr := portolan.TCP; tr <= portolan.NCP; tr++ {
			if !e.source.Covers(tr) || superseded(e.number) {
				continue
			}
			every := func(int) bool { return true }
			if with.lists != nil {
				with.agree(t, tr, every, "today", func(k portolan.Key) (Answer, bool) { return Lookup(k), true })
				with.agree(t, tr, every, "when the names were known", func(k portolan.Key) (Answer, bool) { return At(k, newsDate) })
			}
			if e.anchor() {
				ref.compare(t, tr, every)
			} else {
				ref.compareChanged(t, tr, e.changes)
			}
		}
	})
}

// superseded reports whether another edition speaks for the same day, so that
// no date leads to this one.
func superseded(i int) bool {
	all := certificates()
	return i < edition && all[i+1].Date == all[i].Date
}

func (ref *reference) compare(t *testing.T, tr portolan.Transport, about func(port int) bool) {
	t.Helper()
	ref.agree(t, tr, about, "at its date", func(k portolan.Key) (Answer, bool) { return At(k, ref.source.Date) })
}

// agree compares answers with the twin, key by key.
func (ref *reference) agree(t *testing.T, tr portolan.Transport, about func(port int) bool, when string, ask func(portolan.Key) (Answer, bool)) {
	t.Helper()
	want := ref.all(tr)
	for p := range want {
		k := portolan.Key{Port: uint16(p), Transport: tr}
		// Where nothing differs from the port before, on either side, one check does for both.
		if !about(p) || p > 0 && about(p-1) && want[p] == want[p-1] && cellOf(k.Port) == cellOf(k.Port-1) {
			continue
		}
		a, ok := ask(k)
		if got := saidOf(a); !ok || got != want[p] {
			t.Fatalf("%s of %s, %s: %+v, the twin says %+v", k, ref.source.ID, when, got, want[p])
		}
	}
}

func (ref *reference) compareChanged(t *testing.T, tr portolan.Transport, changes []twin.Change) {
	t.Helper()
	touched := map[int]bool{}
	for _, c := range changes {
		for p := int(c.Row.Span.First); p <= int(c.Row.Span.Last); p++ {
			touched[p] = true
		}
	}
	if len(touched) > 0 {
		ref.compare(t, tr, func(p int) bool { return touched[p] })
	}
}

// A date between two editions is answered by the earlier one, and a date
// before all of them by none.
func TestAtBetweenEditions(t *testing.T) {
	k := portolan.Key{Port: 80, Transport: portolan.TCP}
	for _, c := range []struct{ date, edition string }{
		{"1979-07-31", ""}, {"1977", ""}, {"1979", "rfc758"}, {"1992-06-30", "rfc1060"}, {"1992", "rfc1340"}, {"1992-07", "rfc1340"}, {"1992-07-15", "rfc1340"}, {"1994-09", "rfc1340"},
		{"1994", "rfc1700"}, {"1994-10", "rfc1700"}, {"2005-12-21", "rfc1700"}, {"2026-08-16", "iana-2026-08-11"}, {"2023-12-27", "iana-2023-12-27.2"},
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
	alive := map[string]bool{}
	count := map[string]int{}
	for _, s := range SourcesSearched() {
		for _, r := range readTwin(t, s.ID) {
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
