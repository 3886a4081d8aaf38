package logbook

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

func said(source string, lines ...string) Reading {
	r := Reading{Source: source}
	r.add(kindSource, "title")
	for _, l := range lines {
		r.add(kindRow, l)
	}
	return r
}

// extended is a log with readings, or the test ends.
func extended(t *testing.T, l *Log, readings ...Reading) *Log {
	t.Helper()
	if err := l.Extend(readings); err != nil {
		t.Fatal(err)
	}
	return l
}

func headers() (entries, mends, releases string) { return (&Log{}).Tables() }

// What comes later is appended, wherever it stands among the sources.
func TestExtendAppends(t *testing.T) {
	a, b, old := said("a", "1\ttcp"), said("b", "2\ttcp"), said("old", "3\tncp")
	l := extended(t, &Log{}, a, b)
	first := slices.Clone(l.Entries)
	extended(t, l, old, a, b)
	if len(l.Entries) != 3 || l.Entries[2].Source != "old" || !slices.Equal(l.Entries[:2], first) {
		t.Errorf("%+v", l.Entries)
	}
	before, m, r := l.Tables()
	back, err := Parse(before, m, r)
	if err != nil {
		t.Fatal(err)
	}
	if after, _, _ := extended(t, back, old, a, b).Tables(); after != before {
		t.Errorf("written, read and extended by nothing:\n%s\n%s", before, after)
	}
	tree, _ := l.play([]Reading{old, a, b})
	if err := tree.Extends(first[1].Size, first[1].Head); err != nil {
		t.Error(err)
	}
}

func TestExtendRefusesWhatWasChanged(t *testing.T) {
	a := said("a", "1\ttcp\tx", "2\ttcp\ty")
	for name, now := range map[string][]Reading{
		"a letter": {said("a", "1\ttcp\tx", "2\ttcp\tz")}, "a line less": {said("a", "1\ttcp\tx")},
		"a line more": {said("a", "1\ttcp\tx", "2\ttcp\ty", "3\ttcp\tz")}, "gone": {said("b")},
	} {
		var changed *ChangedError
		if err := extended(t, &Log{}, a).Extend(now); !errors.As(err, &changed) || changed.Source != "a" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := Difference(a, said("a", "1\ttcp\tx", "2\ttcp\tz")); !strings.Contains(got, "leaf 2 of a\nwas row\ta\t2\ttcp\ty\nis  row\ta\t2\ttcp\tz") {
		t.Errorf("%q", got)
	}
	l := extended(t, &Log{}, a)
	l.Entries[0].Head[0]++
	if err := l.Extend([]Reading{a}); err == nil {
		t.Error("a wrong head was built upon")
	}
}

// What was recorded stays, and the tree grows, when a reading is mended.
func TestMend(t *testing.T) {
	was, now := said("a", "1\ttcp\tx", "2\ttcp\ty", "4\ttcp\tz"), said("a", "1\ttcp\tx", "2\ttcp\tbetter", "3\ttcp\tnew", "4\ttcp\tz")
	l := extended(t, &Log{}, was)
	first := l.Entries[0]
	if err := l.Mend(now, now, "no"); err == nil {
		t.Error("mended from what was never recorded")
	}
	if err := l.Mend(was, was, "no"); err == nil {
		t.Error("mended nothing")
	}
	if err := l.Mend(was, now, "read anew"); err != nil {
		t.Fatal(err)
	}
	extended(t, l, now, said("b"))
	want := "mend\ta\t1\tread anew\n-\t2\trow\ta\t2\ttcp\ty\n+\t2\trow\ta\t2\ttcp\tbetter\n+\t3\trow\ta\t3\ttcp\tnew\n"
	e, m, r := l.Tables()
	if m != want {
		t.Errorf("%s\nwant\n%s", m, want)
	}
	if l.Entries[0] != first || l.Entries[1].Kind != kindMend || l.Entries[1].Leaves != 4 || l.Entries[2].Source != "b" {
		t.Errorf("%+v", l.Entries)
	}
	l, err := Parse(e, m, r)
	if err != nil {
		t.Fatal(err)
	}
	// And once more: the mends are taken back in turn.
	third := said("a", "0\ttcp", "2\ttcp\tbetter")
	if err := l.Mend(now, third, "again"); err != nil {
		t.Fatal(err)
	}
	extended(t, l, said("b"), third)
	tree, entries := l.play([]Reading{third, said("b")})
	for _, p := range entries {
		if p.missing != nil || p.changed != nil || p.grown != nil {
			t.Errorf("%+v", p)
		}
	}
	if err := tree.Extends(first.Size, first.Head); err != nil {
		t.Error(err)
	}
	if err := l.Extend([]Reading{now, said("b")}); err == nil {
		t.Error("the reading before the mend was taken for the one after")
	}
	proofs, err := tree.Prove(2, []portolan.Transport{portolan.TCP})
	var kinds []string
	for _, p := range proofs {
		kinds = append(kinds, p.Kind)
	}
	if err != nil || strings.Join(kinds, " ") != "source row mend - +" {
		t.Errorf("%s, %v", kinds, err)
	}
}

// Undoing what was applied gives what was there, whatever it was.
func TestMendsUndo(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	list := func() []string {
		var all []string
		for range random.IntN(12) {
			all = append(all, fmt.Sprint(random.IntN(8))) // not sorted, with equal ones
		}
		return all
	}
	for range 5000 {
		a, b := list(), list()
		m := Mend{Steps: between(a, b)}
		if got, err := m.Apply(a); err != nil || !slices.Equal(got, b) {
			t.Fatalf("%q to %q: %q, %v", a, b, got, err)
		}
		if got, err := m.Undo(b); err != nil || !slices.Equal(got, a) {
			t.Fatalf("%q back to %q: %q, %v", b, a, got, err)
		}
	}
	for _, bad := range []Mend{{Steps: []Step{{true, 9, "x"}}}, {Steps: []Step{{false, 0, "x"}}}, {Steps: []Step{{false, -1, "a"}}},
		{Steps: []Step{{false, 0, "a"}, {false, 0, "a"}}}, {Steps: []Step{{true, 0, "x"}, {true, 0, "y"}}}} {
		if got, err := bad.Apply([]string{"a"}); err == nil {
			t.Errorf("%+v: %q", bad, got)
		}
	}
}

// What no release has may be recorded anew; what one has stays.
func TestReleaseAndReset(t *testing.T) {
	a, b, c := said("a", "1"), said("b", "2"), said("c", "3")
	l := &Log{}
	if err := l.Release("1.0"); err == nil {
		t.Error("nothing was released")
	}
	extended(t, l, a)
	if err := l.Release("1.0"); err != nil {
		t.Fatal(err)
	}
	if err := l.Release("1.0"); err == nil {
		t.Error("a version was released twice")
	}
	extended(t, l, a, b)
	mended := said("a", "1 mended")
	for _, m := range [][2]Reading{{a, mended}, {b, c}} {
		m[1].Source = m[0].Source
		if err := l.Mend(m[0], m[1], "why"); err != nil {
			t.Fatal(err)
		}
	}
	l.Reset()
	extended(t, l, mended, c, said("b", "2, read otherwise"))
	var got []string
	for _, e := range l.Entries {
		got = append(got, e.Kind+" "+e.Source)
	}
	if want := "source a, mend a, source c, source b"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
	tree, _ := l.play([]Reading{mended, c, said("b", "2, read otherwise")})
	if err := tree.Extends(l.Releases[0].Size, l.Releases[0].Head); err != nil {
		t.Error(err)
	}
}

func TestParseNamesTheLine(t *testing.T) {
	e, m, r := headers()
	head := strings.Repeat("A", 43) + "="
	entry := "1\tsource\ta\t2\tx\t2\t" + head + "\n"
	for _, c := range []struct{ entries, mends, releases, says string }{
		{"entry\n", m, r, "log.tsv:1: not the header"},
		{e + "1\n", m, r, "log.tsv:2: 1 cells, want 7"},
		{e + strings.Replace(entry, "1\t", "x\t", 1), m, r, "log.tsv:2: "},
		{e + strings.Replace(entry, "A=", "A", 1), m, r, "no tree head"},
		{e + strings.Replace(entry, "source", "word", 1), m, r, "unknown kind"},
		{e + strings.Replace(entry, "source", "mend", 1), m, r, "a is mended before it is admitted"},
		{e + entry + "2\tsource\ta\t1\tx\t3\t" + head + "\n", m, r, "log.tsv:3: a is admitted again"},
		{e, "+\t1\tx\n", r, "mends.tsv:1: the first line is no mend"},
		{e, "mend\ta\t2\twhy\n", r, "mend 2 of a stands where 1 should"},
		{e, "mend\ta\t1\twhy\nx\ty\n", r, "mends.tsv:2: want - or +"},
		{e, m, r + "1.0\tx\t" + head + "\n", "releases.tsv:2: "},
	} {
		if _, err := Parse(c.entries, c.mends, c.releases); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v", c.says, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	l := &Log{}
	was := said("a", "1\ttcp")
	_ = l.Extend([]Reading{was})
	_ = l.Mend(was, said("a", "2\ttcp"), "why")
	_ = l.Extend([]Reading{said("a", "2\ttcp")})
	_ = l.Release("1.0")
	for _, seed := range []*Log{l, {}} {
		e, m, r := seed.Tables()
		f.Add(e, m, r)
	}
	f.Fuzz(func(t *testing.T, entries, mends, releases string) {
		_, _, _ = ParseHead(entries, releases)
		l, err := Parse(entries, mends, releases)
		if err != nil {
			return
		}
		e, m, r := l.Tables()
		again, err := Parse(e, m, r)
		if err != nil {
			t.Fatalf("written by us, and not to be read: %v", err)
		}
		e2, m2, r2 := again.Tables()
		if e != e2 || m != m2 || r != r2 {
			t.Error("written, read and written: not the same")
		}
		_ = l.Extend([]Reading{said("a", "2\ttcp")})
	})
}
