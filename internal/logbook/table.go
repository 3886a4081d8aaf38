package logbook

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Entry is a line of log.tsv: what was appended at once.
type Entry struct {
	Number int    // from 1
	Kind   string // "source" admits a reading, "mend" mends one
	Source string
	Leaves int
	SHA256 string // of the leaves, each with a line feed
	Size   int64  // of the tree, with them
	Head   Head
}

// Release is a line of releases.tsv: the log as a version of the program had it.
type Release struct {
	Version string
	Size    int64
	Head    Head
}

// Log is the log as its tables keep it.
type Log struct {
	Entries  []Entry
	Mends    []Mend // in the order of their entries; the last may have none yet
	Releases []Release
}

var (
	entryColumns   = []string{"entry", "kind", "source", "leaves", "sha256", "size", "head"}
	releaseColumns = []string{"version", "size", "head"}
)

// Parse reads the tables: log.tsv, mends.tsv and releases.tsv.
func Parse(entries, mends, releases string) (*Log, error) {
	l := &Log{}
	err := eachLine("log.tsv", entries, entryColumns, func(c []string) error {
		e, err := parseEntry(c)
		if err == nil {
			err = l.follows(e)
		}
		l.Entries = append(l.Entries, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachLine("releases.tsv", releases, releaseColumns, func(c []string) error {
		size, head, err := ParseHead(c[1], c[2])
		l.Releases = append(l.Releases, Release{c[0], size, head})
		return err
	})
	if err != nil {
		return nil, err
	}
	l.Mends, err = parseMends(mends)
	return l, err
}

// Tables writes what Parse reads.
func (l *Log) Tables() (entries, mends, releases string) {
	var e, m, r strings.Builder
	fmt.Fprintln(&e, strings.Join(entryColumns, "\t"))
	for _, x := range l.Entries {
		fmt.Fprintf(&e, "%d\t%s\t%s\t%d\t%s\t%d\t%s\n", x.Number, x.Kind, x.Source, x.Leaves, x.SHA256, x.Size, x.Head)
	}
	for _, x := range l.Mends {
		for _, leaf := range x.leaves() {
			fmt.Fprintln(&m, leaf)
		}
	}
	fmt.Fprintln(&r, strings.Join(releaseColumns, "\t"))
	for _, x := range l.Releases {
		fmt.Fprintf(&r, "%s\t%d\t%s\n", x.Version, x.Size, x.Head)
	}
	return e.String(), m.String(), r.String()
}

// eachLine checks the header and hands on the cells of the other lines.
func eachLine(name, table string, columns []string, do func([]string) error) error {
	n := 0
	for line := range strings.Lines(table) {
		n++
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		var err error
		switch {
		case n == 1 && strings.Join(c, "\t") != strings.Join(columns, "\t"):
			err = errors.New("not the header: want " + strings.Join(columns, ", "))
		case len(c) != len(columns):
			err = fmt.Errorf("%d cells, want %d", len(c), len(columns))
		case n > 1:
			err = do(c)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if n == 0 {
		return fmt.Errorf("%s is empty: not even a header", name)
	}
	return nil
}

// parseEntry reads the cells of a line. Fuzzed by FuzzParse.
func parseEntry(c []string) (e Entry, err error) {
	e = Entry{Kind: c[1], Source: c[2], SHA256: c[4]}
	if e.Number, err = strconv.Atoi(c[0]); err == nil {
		e.Leaves, err = strconv.Atoi(c[3])
	}
	if err == nil {
		e.Size, e.Head, err = ParseHead(c[5], c[6])
	}
	return e, err
}

// ParseHead reads a tree's size and head.
func ParseHead(size, head string) (int64, Head, error) {
	n, err := strconv.ParseInt(size, 10, 64)
	if err != nil {
		return 0, Head{}, err
	}
	h, err := tlog.ParseHash(head)
	if err != nil {
		err = fmt.Errorf("%q is no tree head: 32 bytes in base64", head)
	}
	return n, h, err
}

// follows checks that an entry may stand after those before it.
func (l *Log) follows(e Entry) error {
	_, admitted := l.entry(e.Source)
	switch {
	case e.Number != len(l.Entries)+1:
		return fmt.Errorf("entry %d stands where %d should", e.Number, len(l.Entries)+1)
	case e.Leaves < 1 || e.Size != l.size()+int64(e.Leaves):
		return fmt.Errorf("%d leaves after %d do not make %d", e.Leaves, l.size(), e.Size)
	case e.Kind != kindSource && e.Kind != kindMend:
		return fmt.Errorf("unknown kind %q", e.Kind)
	case e.Kind == kindSource && admitted:
		return fmt.Errorf("%s is admitted again", e.Source)
	case e.Kind == kindMend && !admitted:
		return fmt.Errorf("%s is mended before it is admitted", e.Source)
	}
	return nil
}

// entry returns the one that admits a source.
func (l *Log) entry(source string) (Entry, bool) {
	for _, e := range l.Entries {
		if e.Kind == kindSource && e.Source == source {
			return e, true
		}
	}
	return Entry{}, false
}

// size is that of the tree with all entries.
func (l *Log) size() int64 {
	if len(l.Entries) == 0 {
		return 0
	}
	return l.Entries[len(l.Entries)-1].Size
}
