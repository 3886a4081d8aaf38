package logbook

import (
	"strings"

	"github.com/portolan/portolan"
	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows that a leaf is in the tree: RFC 6962's Merkle audit path.
type Proof struct {
	Index  int64
	Kind   string // the leaf's first cell
	Source string
	Leaf   string
	Hash   Head   // of the leaf
	Path   []Head // what to join it with, from the leaf to the head
}

// Prove proves every leaf that speaks of a port on one of the transports, with
// the birth certificates of their sources and the reasons of their mends.
func (t *Tree) Prove(port uint16, transports []portolan.Transport) ([]Proof, error) {
	wanted, cited := make([]bool, len(t.leaves)), map[string]bool{}
	reason := 0 // the leaf that says why, in a mend
	for i, text := range t.leaves {
		l := cutLeaf(text)
		if l.kind == kindMend {
			reason = i
		}
		if l.speaksOf(port, transports) {
			wanted[i], cited[l.source] = true, true
			wanted[reason] = wanted[reason] || l.mends
		}
	}
	var all []Proof
	for i, text := range t.leaves {
		if l := cutLeaf(text); !wanted[i] && (l.kind != kindSource || !cited[l.source]) {
			continue
		}
		p, err := t.prove(int64(i))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func (t *Tree) prove(i int64) (Proof, error) {
	text := t.leaves[i]
	kind, _, _ := strings.Cut(text, "\t")
	p := Proof{Index: i, Kind: kind, Source: cutLeaf(text).source, Leaf: text, Hash: tlog.RecordHash([]byte(text))}
	path, err := tlog.ProveRecord(t.Size(), i, t)
	p.Path = path
	return p, err
}

// leaf is what a leaf says of itself in its first cells.
type leaf struct {
	mends  bool // it is taken back or put in by a mend
	kind   string
	source string
	rest   string
}

func cutLeaf(text string) (l leaf) {
	l.kind, l.rest, _ = strings.Cut(text, "\t")
	if l.kind == kindGone || l.kind == kindPut {
		l.mends = true
		_, l.rest, _ = strings.Cut(l.rest, "\t")
		l.kind, l.rest, _ = strings.Cut(l.rest, "\t")
	}
	l.source, l.rest, _ = strings.Cut(l.rest, "\t")
	return l
}

// speaksOf reports whether the leaf is a row or a change of the port. A row that
// names no transport speaks of all.
func (l leaf) speaksOf(port uint16, transports []portolan.Transport) bool {
	rest := l.rest
	switch l.kind {
	case kindChange:
		_, rest, _ = strings.Cut(rest, "\t") // the edition
		_, rest, _ = strings.Cut(rest, "\t") // the sign
	case kindRow:
	default:
		return false
	}
	ports, rest, _ := strings.Cut(rest, "\t")
	span, err := portolan.ParseSpan(ports)
	if err != nil || !span.Contains(port) {
		return false
	}
	name, _, _ := strings.Cut(rest, "\t")
	for _, t := range transports {
		if name == "*" || name == t.String() {
			return true
		}
	}
	return false
}
