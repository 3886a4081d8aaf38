package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// proofHolds checks a proof as docs/formats/history-log.md says.
func proofHolds(leaf string, i, size int64, path [][]byte, head []byte) bool {
	node := func(prefix byte, parts ...[]byte) []byte {
		h := sha256.Sum256(append([]byte{prefix}, bytes.Join(parts, nil)...))
		return h[:]
	}
	h, last := node(0, []byte(leaf)), size-1
	for _, p := range path {
		if last == 0 {
			return false
		}
		if i%2 == 0 && i != last {
			h = node(1, h, p)
		} else {
			h = node(1, p, h)
			for i%2 == 0 && i != 0 {
				i, last = i/2, last/2
			}
		}
		i, last = i/2, last/2
	}
	return last == 0 && bytes.Equal(h, head)
}

// Every printed proof holds, and none with a bit changed.
func TestPrintedProofsHold(t *testing.T) {
	got := testEnv("data", "verify", "--proof", "378/tcp", "--json").run()
	var d struct {
		Size   int64  `json:"tree_size"`
		Head   []byte `json:"tree_head"` // encoding/json reads base64
		Leaves []struct {
			Index int64
			Leaf  string
			Path  [][]byte
		}
	}
	if err := json.Unmarshal([]byte(got.out), &d); err != nil || got.code != exitOK {
		t.Fatalf("%d, %v, %s", got.code, err, got.errors)
	}
	rows := 0
	for _, l := range d.Leaves {
		if !proofHolds(l.Leaf, l.Index, d.Size, l.Path, d.Head) {
			t.Errorf("leaf %d does not hold: %s", l.Index, l.Leaf)
		}
		l.Path[len(l.Path)/2][7] ^= 1
		if proofHolds(l.Leaf, l.Index, d.Size, l.Path, d.Head) || proofHolds(l.Leaf+"x", l.Index, d.Size, l.Path, d.Head) {
			t.Errorf("leaf %d: a false statement holds", l.Index)
		}
		if strings.HasPrefix(l.Leaf, "row\t") {
			rows++
			if !strings.Contains(l.Leaf, "\t378\ttcp\t") {
				t.Errorf("not of 378/tcp: %s", l.Leaf)
			}
		}
	}
	if rows < 8 {
		t.Errorf("only %d rows of 378/tcp", rows)
	}
}

// The lines of a leaf are its text.
func TestBreakLeaf(t *testing.T) {
	for _, leaf := range []string{"", "a", "row\ta\t\t\tb", strings.Repeat("word ", 40) + "\tend", strings.Repeat("x", 200) + "\ty"} {
		lines := breakLeaf(leaf, 30)
		if got := strings.Join(lines, ""); got != strings.ReplaceAll(leaf, "\t", `\t`) {
			t.Errorf("%q: %q", leaf, lines)
		}
	}
	if got := breakLeaf("row\trfc1700\t378\ttcp\tassigned", 20); len(got) != 2 || got[0] != `row\trfc1700\t378\t` {
		t.Errorf("%q", got)
	}
}

// A raw text that is not the one that was read fails; one that cannot be read
// is no verdict.
func TestRawTexts(t *testing.T) {
	for name, c := range map[string]struct {
		read func(string) ([]byte, error)
		code int
		says string
	}{
		"another text": {func(name string) ([]byte, error) {
			if filepath.ToSlash(name) == "raw/rfc1700.txt" {
				return []byte("x"), nil
			}
			return nil, fs.ErrNotExist
		}, exitNo, "1 check failed"},
		"none":       {func(string) ([]byte, error) { return nil, fs.ErrNotExist }, exitNotFound, "raw holds none of"},
		"unreadable": {func(string) ([]byte, error) { return nil, fs.ErrPermission }, exitFailure, "permission denied"},
	} {
		e := testEnv("data", "verify", "--sources", "raw")
		e.ReadFile = c.read
		got := e.run()
		if got.code != c.code || !strings.Contains(got.errors, c.says) {
			t.Errorf("%s: %d %q", name, got.code, got.errors)
		}
		if c.code == exitNo && !strings.Contains(got.out, "FAILED  raw rfc/rfc1700.txt: its sha256 is\n        2d711642") {
			t.Errorf("%s", got.out)
		}
	}
}

func BenchmarkDataVerify(b *testing.B) {
	for b.Loop() {
		testEnv("data", "verify").run()
	}
}
