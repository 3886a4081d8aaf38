package logbook

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Head is the hash over a whole tree, or any other hash of one: 32 bytes, in
// base64 as text.
type Head = tlog.Hash

// Tree is the Merkle tree over the leaves of a log. The zero value is empty.
type Tree struct {
	leaves []string
	hashes []tlog.Hash // in tlog's order of storage
}

// newTree returns an empty tree with room for all leaves of some readings.
func newTree(readings []Reading) *Tree {
	n := 0
	for _, r := range readings {
		n += len(r.Leaves)
	}
	return &Tree{make([]string, 0, n), make([]tlog.Hash, 0, 2*n)}
}

// ReadHashes makes the tree what tlog reads from.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("hash %d of %d", at, len(t.hashes))
		}
		list[i] = t.hashes[at]
	}
	return list, nil
}

// Append adds a leaf.
func (t *Tree) Append(leaf string) error {
	more, err := tlog.StoredHashes(t.Size(), []byte(leaf), t)
	t.hashes = append(t.hashes, more...)
	t.leaves = append(t.leaves, leaf)
	return err
}

// Size returns how many leaves there are.
func (t *Tree) Size() int64 { return int64(len(t.leaves)) }

// Head returns the head of the tree of the first size leaves.
func (t *Tree) Head(size int64) (Head, error) {
	if size < 0 || size > t.Size() {
		return Head{}, fmt.Errorf("the log has %d leaves, not %d", t.Size(), size)
	}
	return tlog.TreeHash(size, t)
}

// Extends returns an error unless the tree of the first size leaves has that
// head: then this tree has grown from that one, and all of it is still there.
func (t *Tree) Extends(size int64, head Head) error {
	got, err := t.Head(size)
	if err == nil && got != head {
		err = fmt.Errorf("the first %d leaves have the head %s", size, got)
	}
	return err
}
