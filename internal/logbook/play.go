package logbook

import (
	"errors"
	"fmt"
	"slices"
)

// played is an entry with the leaves that it stands for and what is wrong with
// them.
type played struct {
	Entry
	mend int // for a mend, its number in Log.Mends
	// missing: its source is not among the readings, or its mend not in mends.tsv.
	// changed: its leaves are not those that were recorded.
	// grown: the tree with them has another head.
	missing, changed, grown error
}

// play grows the tree from the readings as they are today, entry by entry.
func (l *Log) play(readings []Reading) (*Tree, []played) {
	tree := newTree(readings)
	var all []played
	mends := 0
	for _, e := range l.Entries {
		p := played{Entry: e, mend: mends}
		var leaves []string
		if e.Kind == kindMend {
			leaves, p.missing = l.mended(e, mends)
			mends++
		} else {
			leaves, p.missing = l.admitted(e.Source, readings)
		}
		if p.missing == nil {
			p.changed = e.compare(leaves)
		}
		for _, leaf := range leaves {
			p.grown = errors.Join(p.grown, tree.Append(leaf))
		}
		if head, err := tree.Head(tree.Size()); err != nil || head != e.Head || tree.Size() != e.Size {
			p.grown = errors.Join(p.grown, err, fmt.Errorf("with it the tree of %d leaves has the head %s; recorded were %d and %s", tree.Size(), head, e.Size, e.Head))
		}
		all = append(all, p)
	}
	return tree, all
}

// compare says whether leaves are those that the entry recorded.
func (e Entry) compare(leaves []string) error {
	if len(leaves) != e.Leaves {
		return fmt.Errorf("%d leaves, entry %d recorded %d", len(leaves), e.Number, e.Leaves)
	}
	if got := sum(leaves); got != e.SHA256 {
		return fmt.Errorf("its leaves have the sha256 %s, entry %d recorded %s", got, e.Number, e.SHA256)
	}
	return nil
}

// admitted returns a reading as it was admitted: today's, without its mends.
func (l *Log) admitted(source string, readings []Reading) ([]string, error) {
	i := slices.IndexFunc(readings, func(r Reading) bool { return r.Source == source })
	if i < 0 {
		return nil, errors.New("the log has it, the data have not")
	}
	return l.undo(readings[i])
}

// undo takes back all mends of a reading.
func (l *Log) undo(r Reading) (leaves []string, err error) {
	leaves = r.Leaves
	for _, m := range slices.Backward(mendsOf(l.Mends, r.Source)) {
		if leaves, err = m.Undo(leaves); err != nil {
			return nil, err
		}
	}
	return leaves, nil
}

// mended returns the leaves of mend number i, which should be of entry e.
func (l *Log) mended(e Entry, i int) ([]string, error) {
	if i >= len(l.Mends) || l.Mends[i].Source != e.Source {
		return nil, fmt.Errorf("mends.tsv has no mend of %s where entry %d needs it", e.Source, e.Number)
	}
	return l.Mends[i].leaves(), nil
}
