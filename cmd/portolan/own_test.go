package main

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portolan/portolan/internal/pack"
	"github.com/portolan/portolan/internal/twin"
	"github.com/portolan/portolan/registry"
)

func TestDataFolder(t *testing.T) {
	for _, c := range []struct{ system, xdg, home, local, want string }{
		{"linux", "/data", "/home/u", "", "/data/portolan"},
		{"linux", "relative", "/home/u", "", "/home/u/.local/share/portolan"},
		{"linux", "", "", "", ""},
		{"darwin", "", "/Users/u", "", "/Users/u/Library/Application Support/portolan"},
		{"windows", "", "", "/local", "/local/portolan"},
	} {
		env := map[string]string{"XDG_DATA_HOME": c.xdg, "HOME": c.home, "LOCALAPPDATA": c.local}
		if got := filepath.ToSlash(dataFolder(func(n string) string { return env[n] }, c.system)); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// A file that is no registry is said to be none, and the embedded one answers.
func TestOwnRegistryThatIsNone(t *testing.T) {
	for text, want := range map[string]string{"": "no packed registry", "portolan-registry 1\nversion x\n\nrest": "behind its end"} {
		e := testEnv("version")
		e.Getenv = func(n string) string { return map[string]string{"XDG_DATA_HOME": t.TempDir()}[n] }
		e.ReadFile = func(name string) ([]byte, error) {
			if filepath.Base(name) == ownName {
				return []byte(text), nil
			}
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		before := registry.Version()
		got := e.run()
		if got.code != exitOK || !strings.Contains(got.errors, "the embedded registry answers") || !strings.Contains(got.errors, want) || registry.Version() != before {
			t.Errorf("%q: %d %q", text, got.code, got.errors)
		}
	}
	e := testEnv("version")
	e.Getenv = func(n string) string { return map[string]string{"HOME": "/home/u"}[n] }
	e.ReadFile = func(string) ([]byte, error) { return nil, errors.New("input/output error") }
	if got := e.run(); !strings.Contains(got.errors, "input/output error") {
		t.Errorf("%d %q", got.code, got.errors)
	}
}

// A user's editions stand behind the newest embedded one, and those that it has
// overtaken are left out.
func TestWithOwn(t *testing.T) {
	edition := func(id, date, series string) pack.Edition {
		return pack.Edition{Source: twin.Source{ID: id, Date: date, Series: series, Role: "assigns", Coverage: "whole"}}
	}
	all := []pack.Edition{edition("a", "2020-01-01", "iana"), edition("b", "2021-01-01", "iana"), edition("w", "2022-01-01", "witness")}
	all[2].Role = "witnesses"
	var ids []string
	for _, e := range withOwn(all, []pack.Edition{edition("old", "2020-06-01", ""), edition("new", "2021-06-01", "")}) {
		ids = append(ids, e.ID+" "+e.Series)
	}
	if got := strings.Join(ids, ", "); got != "a iana, b iana, new iana, w witness" {
		t.Error(got)
	}
}

// FuzzOwn: any bytes in an edition's file give an edition with the rows that its
// certificate counts, or an error.
func FuzzOwn(f *testing.F) {
	var good bytes.Buffer
	_ = twin.WriteSources(&good, []twin.Source{{ID: "own-2026-01-01", Rows: 1}})
	_ = twin.Write(&good, []twin.Row{{Status: "assigned", Service: "a"}})
	f.Add(good.Bytes())
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := parseOwn("own.tsv", text)
		if err == nil && len(e.Rows) != e.Source.Rows {
			t.Errorf("%d rows, certificate %d", len(e.Rows), e.Source.Rows)
		}
	})
}
