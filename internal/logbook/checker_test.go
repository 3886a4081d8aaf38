package logbook_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/logbook"
)

// This file is a checker written from docs/formats/history-log.md, with sha256
// and nothing of ours or of tlog: what a stranger would write.

const history = "../../registry/history"

func leafHash(text string) []byte {
	h := sha256.Sum256(append([]byte{0}, text...))
	return h[:]
}

func nodeHash(left, right []byte) []byte {
	h := sha256.Sum256(append(append([]byte{1}, left...), right...))
	return h[:]
}

// headOf is the head of a tree, by the definition.
func headOf(leaves []string) []byte {
	n := len(leaves)
	if n == 1 {
		return leafHash(leaves[0])
	}
	k := 1
	for k*2 < n {
		k *= 2
	}
	return nodeHash(headOf(leaves[:k]), headOf(leaves[k:]))
}

// holds checks an audit path.
func holds(leaf string, i, size int64, path [][]byte, head []byte) bool {
	h, last := leafHash(leaf), size-1
	for _, p := range path {
		if last == 0 {
			return false
		}
		if i%2 == 1 || i == last {
			h = nodeHash(p, h)
			for i%2 == 0 && i != 0 {
				i, last = i/2, last/2
			}
		} else {
			h = nodeHash(h, p)
		}
		i, last = i/2, last/2
	}
	return last == 0 && bytes.Equal(h, head)
}

// table reads a file as cells, without its header.
func table(t *testing.T, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(history, name))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")[1:] {
		all = append(all, strings.Split(line, "\t"))
	}
	return all
}

// reading has the leaves of a source, from the files of history.
func reading(t *testing.T, id string) []string {
	t.Helper()
	leaf := func(cells ...string) string { return strings.TrimRight(strings.Join(cells, "\t"), "\t") }
	var all []string
	kind := "row"
	for _, s := range table(t, "sources.tsv") {
		if s[0] != id {
			continue
		}
		all = append(all, leaf("source", id, s[1], s[2], s[4], s[5], s[8], s[9], s[10]))
		if s[6] == "changes" {
			kind = "change"
			for _, cells := range table(t, id+".editions.tsv") {
				all = append(all, leaf("edition", id, strings.Join(cells, "\t")))
			}
		}
	}
	for _, cells := range table(t, id+".tsv") {
		all = append(all, leaf(kind, id, strings.Join(cells, "\t")))
	}
	return all
}

// admitted takes a source's mends back.
func admitted(now []string, mends [][]string) []string {
	for n := len(mends) - 1; n >= 0; n-- {
		put, was := map[int]bool{}, map[int]string{}
		for _, line := range mends[n] {
			sign, rest, _ := strings.Cut(line, "\t")
			place, leaf, _ := strings.Cut(rest, "\t")
			at, _ := strconv.Atoi(place)
			if sign == "+" {
				put[at] = true
			} else {
				was[at] = leaf
			}
		}
		var before []string
		for i := 0; i < len(now) || was[len(before)] != ""; {
			if leaf, ok := was[len(before)]; ok {
				before = append(before, leaf)
				continue
			}
			if !put[i] {
				before = append(before, now[i])
			}
			i++
		}
		now = before
	}
	return now
}

// The log, checked from the files that people review.
func TestAStrangersChecker(t *testing.T) {
	mends, bySource := mendLines(t)
	var leaves []string
	for _, e := range table(t, "log.tsv") {
		var these []string
		if e[1] == "source" {
			these = admitted(reading(t, e[2]), bySource[e[2]])
		} else {
			these, mends = mends[0], mends[1:]
		}
		leaves = append(leaves, these...)
		sum := sha256.Sum256([]byte(strings.Join(these, "\n") + "\n"))
		if got := []string{fmt.Sprint(len(these)), hex.EncodeToString(sum[:]), fmt.Sprint(len(leaves)), base64.StdEncoding.EncodeToString(headOf(leaves))}; strings.Join(got, " ") != strings.Join(e[3:], " ") {
			t.Errorf("entry %s, %s: %s, recorded %s", e[0], e[2], got, e[3:])
		}
	}
	for _, r := range table(t, "releases.tsv") {
		size, err := strconv.Atoi(r[1])
		if err != nil || size > len(leaves) || base64.StdEncoding.EncodeToString(headOf(leaves[:size])) != r[2] {
			t.Errorf("the log does not extend %s", r)
		}
	}
	if len(leaves) < 90_000 {
		t.Errorf("only %d leaves", len(leaves))
	}
}

// mendLines cuts mends.tsv into mends, whole in their order and without their
// first lines by source.
func mendLines(t *testing.T) (all [][]string, bySource map[string][][]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(history, "mends.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "mend\t") {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], line)
	}
	bySource = map[string][][]string{}
	for _, m := range all {
		id := strings.Split(m[0], "\t")[1]
		bySource[id] = append(bySource[id], m[1:])
	}
	return all, bySource
}

// A log with a mend, checked in the same way.
func TestAStrangersCheckerTakesMendsBack(t *testing.T) {
	was := []string{"source\ta", "row\ta\t1", "row\ta\t2", "row\ta\t3"}
	now := []string{"source\ta\tbetter", "row\ta\t1", "row\ta\t3", "row\ta\t4"}
	l := &logbook.Log{}
	if err := l.Extend([]logbook.Reading{{Source: "a", Leaves: was}}); err != nil {
		t.Fatal(err)
	}
	if err := l.Mend(logbook.Reading{Source: "a", Leaves: was}, logbook.Reading{Source: "a", Leaves: now}, "why"); err != nil {
		t.Fatal(err)
	}
	_, mends, _ := l.Tables()
	lines := strings.Split(strings.TrimSuffix(mends, "\n"), "\n")
	if got := admitted(now, [][]string{lines[1:]}); strings.Join(got, "\n") != strings.Join(was, "\n") {
		t.Errorf("%q, want %q, from\n%s", got, was, mends)
	}
}

// Proofs of all sizes of tree and all leaves, and none for what is not there.
func TestProofsHold(t *testing.T) {
	for size := 1; size <= 70; size++ {
		tree, text := &logbook.Tree{}, []string{}
		for i := range size {
			text = append(text, fmt.Sprintf("row\ta\t%d\ttcp", i))
			if err := tree.Append(text[i]); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := tree.Head(int64(size)); err != nil || !bytes.Equal(got[:], headOf(text)) {
			t.Fatalf("size %d: %s, %v", size, got, err)
		}
		for i := range size {
			proofs, err := tree.Prove(uint16(i), []portolan.Transport{portolan.TCP})
			if err != nil || len(proofs) != 1 {
				t.Fatalf("%d of %d: %v, %v", i, size, proofs, err)
			}
			p := proofs[0]
			var path [][]byte
			for _, h := range p.Path {
				path = append(path, h[:])
			}
			if !holds(p.Leaf, p.Index, int64(size), path, headOf(text)) {
				t.Errorf("%d of %d does not hold", i, size)
			}
			if holds(p.Leaf+"0", p.Index, int64(size), path, headOf(text)) || size > 1 && holds(p.Leaf, (p.Index+1)%int64(size), int64(size), path, headOf(text)) {
				t.Errorf("%d of %d: a false statement holds", i, size)
			}
		}
	}
}
