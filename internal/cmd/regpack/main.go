// Command regpack packs the text twins of registry/history into registry/data
// and writes registry/table.go, the readable description of what was packed.
//
// It works offline and is deterministic: on a clean tree it leaves no diff, and
// CI checks that. docs/formats/registry-pack.md describes the format well
// enough to write a second reader.
//
//	go run ./internal/cmd/regpack
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/portolan/portolan/internal/twin"
)

func main() {
	dir := flag.String("registry", "registry", "folder of the registry `package`")
	flag.Parse()
	if err := run(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "regpack:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	sources, rows, err := load(filepath.Join(dir, "history"))
	if err != nil {
		return err
	}
	p, err := pack(sources, rows)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o755); err != nil {
		return err
	}
	for _, f := range p.files {
		if err := os.WriteFile(filepath.Join(dir, "data", f.name), f.data, 0o644); err != nil {
			return err
		}
	}
	table, err := p.table()
	if err != nil {
		return err
	}
	fmt.Print(p.report())
	return os.WriteFile(filepath.Join(dir, "table.go"), table, 0o644)
}

// load reads sources.tsv and every twin. Sources of one series must stand
// together, oldest first: intervals are runs of source numbers.
func load(dir string) ([]twin.Source, [][]twin.Row, error) {
	list := filepath.Join(dir, "sources.tsv")
	text, err := os.ReadFile(list)
	if err != nil {
		return nil, nil, err
	}
	sources, err := twin.ReadSources(list, bytes.NewReader(text))
	if err != nil {
		return nil, nil, err
	}
	if err := checkOrder(sources); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", list, err)
	}
	all := make([][]twin.Row, len(sources))
	for i, s := range sources {
		name := filepath.Join(dir, s.ID+".tsv")
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		if all[i], err = twin.Read(name, bytes.NewReader(text)); err != nil {
			return nil, nil, err
		}
		if len(all[i]) != s.Rows {
			return nil, nil, fmt.Errorf("%s has %d rows, sources.tsv says %d: run regread again and review", name, len(all[i]), s.Rows)
		}
	}
	return sources, all, nil
}

func checkOrder(sources []twin.Source) error {
	done := map[string]bool{}
	for i, s := range sources {
		if s.SHA256 == "" {
			return fmt.Errorf("%s has no sha256", s.ID)
		}
		if i > 0 && sources[i-1].Series == s.Series {
			if sources[i-1].Date > s.Date {
				return fmt.Errorf("%s stands after %s, which is newer", s.ID, sources[i-1].ID)
			}
			continue
		}
		if done[s.Series] {
			return fmt.Errorf("%s: the sources of series %q do not stand together", s.ID, s.Series)
		}
		done[s.Series] = true
	}
	return nil
}
