package pack

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// Edition is a source with what it says.
type Edition struct {
	twin.Source
	// Of is the source in whose files the edition stands, where it has none of
	// its own: "iana-weekly".
	Of string
	// Changes tells that Rows is not all that the edition has but what came
	// since the one before, and Gone is what went.
	Changes    bool
	Rows, Gone []twin.Row
}

// Load reads sources.tsv and every twin below dir, registry/history. Sources
// of one series must stand together, oldest first: intervals are runs of
// source numbers.
func Load(dir string) ([]Edition, error) {
	list := filepath.Join(dir, "sources.tsv")
	text, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	sources, err := twin.ReadSources(list, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if err := checkOrder(sources); err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	var all []Edition
	for _, s := range sources {
		editions, err := load(dir, s)
		if err != nil {
			return nil, err
		}
		all = append(all, editions...)
	}
	return all, nil
}

func load(dir string, s twin.Source) ([]Edition, error) {
	name := filepath.Join(dir, s.ID+".tsv")
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if s.Coverage == "changes" {
		return loadChanges(dir, name, text, s)
	}
	rows, err := twin.Read(name, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if len(rows) != s.Rows {
		return nil, fmt.Errorf("%s has %d rows, sources.tsv says %d: run regread again and review", name, len(rows), s.Rows)
	}
	return []Edition{{Source: s, Rows: rows}}, nil
}

// loadChanges makes the editions whose changes stand in one file.
func loadChanges(dir, name string, text []byte, s twin.Source) ([]Edition, error) {
	changes, err := twin.ReadChanges(name, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if len(changes) != s.Rows {
		return nil, fmt.Errorf("%s has %d rows, sources.tsv says %d: run regread again and review", name, len(changes), s.Rows)
	}
	name = filepath.Join(dir, s.ID+".editions.tsv")
	if text, err = os.ReadFile(name); err != nil {
		return nil, err
	}
	dates, err := twin.ReadEditions(name, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var all []Edition
	for _, d := range dates {
		e := Edition{Source: s, Of: s.ID, Changes: true}
		e.ID, e.Date, e.Source.Rows, e.LeftOut, e.Coverage = d.ID, d.Date, d.Rows, d.LeftOut, "whole"
		for len(changes) > 0 && changes[0].Edition == d.ID {
			if changes[0].Gone {
				e.Gone = append(e.Gone, changes[0].Row)
			} else {
				e.Rows = append(e.Rows, changes[0].Row)
			}
			changes = changes[1:]
		}
		all = append(all, e)
	}
	if len(changes) > 0 {
		return nil, fmt.Errorf("%s has no edition %s, of which the changes speak there or later", name, changes[0].Edition)
	}
	return all, nil
}

func checkOrder(sources []twin.Source) error {
	done := map[string]bool{}
	for i, s := range sources {
		if s.SHA256 == "" {
			return fmt.Errorf("%s has no sha256", s.ID)
		}
		for name := range strings.SplitSeq(s.Transports, "; ") {
			if _, err := portolan.ParseTransport(name); err != nil {
				return fmt.Errorf("%s: transports: %w", s.ID, err)
			}
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
