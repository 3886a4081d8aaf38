package figures

import (
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

func TestEditions(t *testing.T) {
	all := Editions()
	var ids []string
	perYear := map[int16]int{}
	for i, s := range all {
		ids = append(ids, s.ID)
		if s.Of != "" {
			perYear[s.Date.Year]++
		}
		if i > 0 && monthOf(all[i-1].Date) > monthOf(s.Date) {
			t.Errorf("%s before %s", all[i-1].ID, s.ID)
		}
	}
	// Read in registry/history/iana-weekly.editions.tsv.
	for _, id := range []string{"rfc1340", "rfc1700", "iana-2005-12-22", "iana-2013-02-18", "iana-2015-07-30", "iana-2017-03-10", "iana-2021-12-29", "iana-2026-08-17"} {
		if !slices.Contains(ids, id) {
			t.Errorf("%s is missing from %v", id, ids)
		}
	}
	for year, n := range perYear {
		if n != 1 {
			t.Errorf("%d weekly editions of %d", n, year)
		}
	}
}

func TestHole(t *testing.T) {
	source := func(id string) registry.Source {
		s, ok := registry.SourceByID(id)
		if !ok {
			t.Fatal(id)
		}
		return s
	}
	for _, c := range []struct {
		before, next string
		years        int
		ok           bool
	}{{"rfc1340", "rfc1700", 2, false}, {"rfc1700", "iana-2005-12-22", 11, true}, {"iana-2005-12-22", "iana-2013-02-18", 7, true}, {"iana-2015-07-30", "iana-2017-03-10", 1, false}} {
		if years, ok := Hole(source(c.before), source(c.next)); years != c.years || ok != c.ok {
			t.Errorf("from %s to %s: %d %v", c.before, c.next, years, ok)
		}
	}
	if _, ok := Hole(registry.Source{}, source("rfc1700")); ok {
		t.Error("a hole before the first edition")
	}
}

// Ghosts, counted key by key.
func TestGhosts(t *testing.T) {
	want := map[portolan.Range]map[portolan.Transport]GhostCount{}
	for p := range 49152 {
		for _, tr := range portolan.Transports {
			k := portolan.Key{Port: uint16(p), Transport: tr}
			if registry.Lookup(k).Status() != registry.Assigned {
				continue
			}
			in := portolan.RangeOf(k.Port)
			if want[in] == nil {
				want[in] = map[portolan.Transport]GhostCount{}
			}
			c := want[in][tr]
			c.Range, c.Transport = in.String(), tr
			c.Assigned++
			if registry.IsGhost(k) {
				c.Ghosts++
			}
			want[in][tr] = c
		}
	}
	got := Ghosts(func(portolan.Key) bool { return true })
	if len(got) != len(want[portolan.System])+len(want[portolan.User]) {
		t.Errorf("%+v", got)
	}
	for _, c := range got {
		in := portolan.System
		if c.Range == "user" {
			in = portolan.User
		}
		if want[in][c.Transport] != c {
			t.Errorf("%+v, key by key %+v", c, want[in][c.Transport])
		}
	}
	one := Ghosts(func(k portolan.Key) bool { return k.Port == 378 })
	if len(one) != 2 || one[0] != (GhostCount{"system", portolan.TCP, 1, 1}) {
		t.Errorf("378: %+v", one)
	}
}

// Read in the twins: what became of these.
func TestLost(t *testing.T) {
	type fact struct {
		fate Fate
		when string
	}
	want := map[string]fact{
		"2/tcp compressnet": {Vacated, "2025"}, "51/tcp la-maint": {Vacated, "2013–2015"}, "144/tcp news": {Another, "1994–2005"}, "135/tcp loc-srv": {Renamed, "1994–2005"},
	}
	for _, l := range Lost() {
		name := portolan.Key{Port: l.Span.First, Transport: l.Transport}.String() + " " + l.Life.Assignment.Service()
		if w, ok := want[name]; ok {
			if got := (fact{l.Fate, l.When()}); got != w {
				t.Errorf("%s: %+v, want %+v", name, got, w)
			}
			delete(want, name)
		}
	}
	for name := range want {
		t.Errorf("%s is not lost", name)
	}
	sum := 0
	for _, c := range CountLost(Lost()) {
		if c.Keys != c.Vacated+c.Another+c.Renamed {
			t.Errorf("%+v", c)
		}
		sum += c.Keys
	}
	for _, l := range Lost() {
		sum -= l.Keys()
	}
	if sum != 0 {
		t.Errorf("%d keys were counted too many", sum)
	}
}

func TestOldestUnchanged(t *testing.T) {
	all := OldestUnchanged()
	if len(all) == 0 {
		t.Fatal("none")
	}
	for _, u := range all {
		history := registry.History(u.Key)
		named := 0
		for _, h := range history {
			if h.Assignment.Status() != registry.Assigned {
				continue
			}
			named++
			if !strings.EqualFold(h.Assignment.Service(), u.Assignment.Service()) {
				t.Errorf("%s was %s", u.Key, h.Assignment.Service())
			}
		}
		if u.Since.ID != all[0].Since.ID || named == 0 {
			t.Errorf("%s since %s", u.Key, u.Since.ID)
		}
	}
}

func TestMostRenamed(t *testing.T) {
	all := MostRenamed()
	if len(all) == 0 {
		t.Fatal("none")
	}
	n := len(all[0].Names())
	for _, r := range all {
		if len(r.Names()) != n || n < 3 {
			t.Errorf("%s: %v", r.Span, r.Names())
		}
	}
}
