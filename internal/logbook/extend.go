package logbook

import (
	"errors"
	"fmt"
	"slices"
)

// ChangedError says that a source's reading is no longer what was recorded.
type ChangedError struct {
	Source string
	Err    error
}

func (e *ChangedError) Error() string { return e.Source + " was changed: " + e.Err.Error() }

func (e *ChangedError) Unwrap() error { return e.Err }

// Extend appends the mends and the readings that have no entry yet. It refuses
// where the readings do not hold all that was recorded.
func (l *Log) Extend(readings []Reading) error {
	tree, entries := l.play(readings)
	for _, p := range entries {
		if err := errors.Join(p.missing, p.changed); err != nil {
			return &ChangedError{p.Source, err}
		}
		if p.grown != nil {
			return fmt.Errorf("log.tsv: entry %d, %s: %w", p.Number, p.Source, p.grown)
		}
	}
	for _, m := range l.Mends[l.mendEntries():] {
		if _, ok := l.entry(m.Source); !ok {
			return fmt.Errorf("mends.tsv mends %s, which was never admitted", m.Source)
		}
		if err := l.append(tree, kindMend, m.Source, m.leaves()); err != nil {
			return err
		}
	}
	for _, r := range readings {
		if _, ok := l.entry(r.Source); ok {
			continue
		}
		if err := l.append(tree, kindSource, r.Source, r.Leaves); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) append(tree *Tree, kind, source string, leaves []string) error {
	for _, leaf := range leaves {
		if err := tree.Append(leaf); err != nil {
			return err
		}
	}
	head, err := tree.Head(tree.Size())
	l.Entries = append(l.Entries, Entry{len(l.Entries) + 1, kind, source, len(leaves), sum(leaves), tree.Size(), head})
	return err
}

func (l *Log) mendEntries() int {
	n := 0
	for _, e := range l.Entries {
		if e.Kind == kindMend {
			n++
		}
	}
	return min(n, len(l.Mends))
}

// Holds reports whether a reading is what was recorded of its source.
func (l *Log) Holds(r Reading) bool {
	e, ok := l.entry(r.Source)
	leaves, err := l.undo(r)
	return ok && err == nil && e.compare(leaves) == nil
}

// Mend adds a mend from the reading that was recorded to the one that is there
// now. [Log.Extend] then makes its entry.
func (l *Log) Mend(before, after Reading, reason string) error {
	if !l.Holds(before) {
		return fmt.Errorf("this is not %s as it was recorded", before.Source)
	}
	steps := between(before.Leaves, after.Leaves)
	if len(steps) == 0 {
		return fmt.Errorf("%s is as it was recorded: there is nothing to mend", after.Source)
	}
	l.Mends = append(l.Mends, Mend{after.Source, len(mendsOf(l.Mends, after.Source)) + 1, reason, steps})
	return nil
}

// Release records the log as a version of the program has it.
func (l *Log) Release(version string) error {
	if slices.ContainsFunc(l.Releases, func(r Release) bool { return r.Version == version }) {
		return fmt.Errorf("version %s was released already", version)
	}
	if len(l.Entries) == 0 {
		return errors.New("the log is empty")
	}
	last := l.Entries[len(l.Entries)-1]
	l.Releases = append(l.Releases, Release{version, last.Size, last.Head})
	return nil
}

// Reset forgets what was appended since the last release: nobody has been given
// its head. Mends of sources that a release has are kept.
func (l *Log) Reset() {
	size := int64(0)
	if n := len(l.Releases); n > 0 {
		size = l.Releases[n-1].Size
	}
	l.Entries = slices.DeleteFunc(l.Entries, func(e Entry) bool { return e.Size > size })
	l.Mends = slices.DeleteFunc(l.Mends, func(m Mend) bool {
		_, ok := l.entry(m.Source)
		return !ok
	})
}

// Difference describes the first leaf in which two readings differ.
func Difference(before, after Reading) string {
	at := func(leaves []string, i int) string {
		if i < len(leaves) {
			return leaves[i]
		}
		return "(nothing)"
	}
	i := 0
	for i < min(len(before.Leaves), len(after.Leaves)) && before.Leaves[i] == after.Leaves[i] {
		i++
	}
	if i == len(before.Leaves) && i == len(after.Leaves) {
		return "they are the same"
	}
	return fmt.Sprintf("leaf %d of %s\nwas %s\nis  %s", i, after.Source, at(before.Leaves, i), at(after.Leaves, i))
}
