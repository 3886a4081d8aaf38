package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portolan/portolan/internal/pack"
	"github.com/portolan/portolan/internal/twin"
	"github.com/portolan/portolan/internal/unpack"
)

// ownEditionsFolder holds the editions that a user took, each as a text twin
// with its certificate as the first line.
const ownEditionsFolder = "editions"

// editionsOf makes the packer's editions of an unpacked registry.
func editionsOf(b *unpack.Book) []pack.Edition {
	var all []pack.Edition
	for i := 0; i < len(b.Sources); {
		s := b.Sources[i]
		if s.Of == "" {
			e := pack.Edition{Source: s.Source}
			for _, r := range b.Rows(i) {
				e.Rows = append(e.Rows, *r)
			}
			all = append(all, e)
			i++
			continue
		}
		last := i
		for last+1 < len(b.Sources) && b.Sources[last+1].Of == s.Of {
			last++
		}
		all = append(all, runOf(b, i, last)...)
		i = last + 1
	}
	return all
}

// runOf makes the editions of a run that is recorded by its changes.
func runOf(b *unpack.Book, first, last int) []pack.Edition {
	var all []pack.Edition
	changes := b.Changes(first, last)
	for i := first; i <= last; i++ {
		e := pack.Edition{Source: b.Sources[i].Source, Of: b.Sources[i].Of, Changes: true}
		for len(changes) > 0 && changes[0].Edition == e.ID {
			if changes[0].Gone {
				e.Gone = append(e.Gone, changes[0].Row)
			} else {
				e.Rows = append(e.Rows, changes[0].Row)
			}
			changes = changes[1:]
		}
		all = append(all, e)
	}
	return all
}

// newestOf finds the newest whole edition that assigns.
func newestOf(all []pack.Edition) int {
	best := 0
	for i, e := range all {
		if e.Role == "assigns" && e.Coverage == "whole" && !e.Changes && e.Date >= all[best].Date {
			best = i
		}
	}
	return best
}

// withOwn puts a user's editions behind the newest of the embedded ones. Those
// that are not newer have been overtaken and are left out.
func withOwn(all, own []pack.Edition) []pack.Edition {
	at := newestOf(all)
	newer := slices.DeleteFunc(slices.Clone(own), func(e pack.Edition) bool { return e.Date <= all[at].Date })
	for i := range newer {
		newer[i].Series = all[at].Series
	}
	return slices.Insert(slices.Clone(all), at+1, newer...)
}

// ownEditions reads what the user took before, oldest first.
func ownEditions(folder string) ([]pack.Edition, error) {
	entries, err := os.ReadDir(filepath.Join(folder, ownEditionsFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []pack.Edition
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), "own-") || filepath.Ext(entry.Name()) != ".tsv" {
			continue
		}
		name := filepath.Join(folder, ownEditionsFolder, entry.Name())
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		e, err := parseOwn(name, text)
		if err != nil {
			return nil, fmt.Errorf("%w; portolan data reset removes what was taken", err)
		}
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b pack.Edition) int { return strings.Compare(a.Date, b.Date) })
	return all, nil
}

// parseOwn reads an edition's file: the two lines of a list with one source,
// then a twin. Fuzzed by FuzzOwn.
func parseOwn(name string, text []byte) (e pack.Edition, err error) {
	end := 0
	for range 2 {
		n := bytes.IndexByte(text[end:], '\n')
		if n < 0 {
			return e, fmt.Errorf("%s is cut short", name)
		}
		end += n + 1
	}
	sources, err := twin.ReadSources(name, bytes.NewReader(text[:end]))
	if err != nil {
		return e, err
	}
	e.Source = sources[0]
	if e.Rows, err = twin.Read(name, bytes.NewReader(text[end:])); err != nil {
		return e, err
	}
	if len(e.Rows) != e.Source.Rows {
		return e, fmt.Errorf("%s has %d rows, its certificate says %d", name, len(e.Rows), e.Source.Rows)
	}
	return e, nil
}

// writeOwn keeps an edition and the registry that it makes. The edition comes
// first: what it makes can be made anew.
func writeOwn(folder string, e pack.Edition, packed []byte) error {
	var text bytes.Buffer
	if err := twin.WriteSources(&text, []twin.Source{e.Source}); err != nil {
		return err
	}
	if err := twin.Write(&text, e.Rows); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(folder, ownEditionsFolder), 0o755); err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(folder, ownEditionsFolder, e.ID+".tsv"), text.Bytes()); err != nil {
		return err
	}
	return replaceFile(filepath.Join(folder, ownName), packed)
}

// replaceFile writes a file beside the old one and then puts it in its place,
// so that no reader sees half of it.
func replaceFile(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone when the rename worked
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
