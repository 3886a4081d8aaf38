package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portolan/portolan/internal/logbook"
)

const (
	sourcesHeader = "id\ttitle\tdate\tseries\tauthority\trole\tcoverage\ttransports\turl\tsha256\trows\tleft_out\treader\tfile\n"
	certificate   = "\tRFC\t1994-10\tx\tIANA\tassigns\twhole\ttcp\thttps://example.org/\tabc\t1\t0\tr\tf\n"
)

// registryOf makes a folder with sources, and their twins: "id: line".
func registryOf(t *testing.T, twins ...string) string {
	t.Helper()
	dir := t.TempDir()
	empty, _, releases := (&logbook.Log{}).Tables()
	put(t, dir, "log.tsv", empty)
	put(t, dir, "mends.tsv", "")
	put(t, dir, "releases.tsv", releases)
	sources(t, dir, twins...)
	return dir
}

func sources(t *testing.T, dir string, twins ...string) {
	t.Helper()
	table := sourcesHeader
	for _, s := range twins {
		id, line, _ := strings.Cut(s, ": ")
		table += id + certificate
		put(t, dir, id+".tsv", "header\n"+line+"\t\t\n")
	}
	put(t, dir, "sources.tsv", table)
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, "history", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "history", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func must(t *testing.T, o options) {
	t.Helper()
	if err := run(o); err != nil {
		t.Fatal(err)
	}
}

func TestReglog(t *testing.T) {
	dir := registryOf(t, "a: 1\ttcp\tx")
	o := options{registry: dir}
	must(t, o)
	first := get(t, dir, "log.tsv")
	must(t, o)
	if got := get(t, dir, "log.tsv"); got != first {
		t.Errorf("a second run changed the log:\n%s", got)
	}
	was := filepath.Join(t.TempDir(), "was")
	if err := os.CopyFS(was, os.DirFS(filepath.Join(dir, "history"))); err != nil {
		t.Fatal(err)
	}

	// An older source comes in before it: appended.
	sources(t, dir, "old: 1\ttcp\told", "a: 1\ttcp\tx")
	must(t, o)
	if got := get(t, dir, "log.tsv"); !strings.HasPrefix(got, first) || !strings.Contains(got, "2\tsource\told\t2\t") {
		t.Errorf("%s", got)
	}

	// Its twin is changed: refused, and nothing is written.
	before := get(t, dir, "log.tsv")
	sources(t, dir, "old: 1\ttcp\told", "a: 1\ttcp\ty")
	err := run(o)
	if err == nil || !strings.Contains(err.Error(), "a was changed: ") || !strings.Contains(err.Error(), "which line cannot be said") {
		t.Errorf("%v", err)
	}
	o.was = was
	if err = run(o); err == nil || !strings.Contains(err.Error(), "leaf 1 of a\nwas row\ta\t1\ttcp\tx\nis  row\ta\t1\ttcp\ty") {
		t.Errorf("%v", err)
	}
	o.mend = "a"
	if err = run(o); err == nil || !strings.Contains(err.Error(), "-reason") {
		t.Errorf("%v", err)
	}
	if get(t, dir, "log.tsv") != before || get(t, dir, "mends.tsv") != "" {
		t.Error("what was refused was written")
	}

	// As a mend it is recorded, and released.
	o.reason, o.release = "read anew", "1.0"
	must(t, o)
	if got, want := get(t, dir, "mends.tsv"), "mend\ta\t1\tread anew\n-\t1\trow\ta\t1\ttcp\tx\n+\t1\trow\ta\t1\ttcp\ty\n"; got != want {
		t.Errorf("%s", got)
	}
	released := get(t, dir, "log.tsv")
	if got := get(t, dir, "releases.tsv"); !strings.HasPrefix(released, before) || !strings.Contains(got, "\n1.0\t7\t") {
		t.Errorf("%s%s", released, got)
	}

	// What came after the release may be recorded anew, what came before may not.
	sources(t, dir, "old: 1\ttcp\told", "a: 1\ttcp\ty", "b: 2\ttcp\tz")
	o = options{registry: dir}
	must(t, o)
	sources(t, dir, "old: 1\ttcp\told", "a: 1\ttcp\ty", "b: 2\ttcp\tbetter")
	if err := run(o); err == nil {
		t.Error("b was changed and nothing said")
	}
	o.reset = true
	must(t, o)
	sources(t, dir, "old: 1\ttcp\tolder", "a: 1\ttcp\ty", "b: 2\ttcp\tbetter")
	if err := run(o); err == nil || !strings.Contains(err.Error(), "old was changed") {
		t.Errorf("%v", err)
	}
	if got := get(t, dir, "log.tsv"); !strings.HasPrefix(got, released) {
		t.Errorf("what was released is gone:\n%s", got)
	}
}

// The project's own log has all of the project's own sources.
func TestTheLogIsComplete(t *testing.T) {
	const history = "../../../registry/history"
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "history"), os.DirFS(history)); err != nil {
		t.Fatal(err)
	}
	must(t, options{registry: dir})
	for _, name := range tables {
		want, err := os.ReadFile(filepath.Join(history, name))
		if err != nil || get(t, dir, name) != string(want) {
			t.Errorf("%s is not what reglog writes: run make data (%v)", name, err)
		}
	}
}
