package unpack

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan/registry"
)

func embedded() map[string]string { return maps.Collect(registry.Files()) }

// Every source has as many rows as its certificate says. That the rows are
// those of the twins is shown in logbook.
func TestCounts(t *testing.T) {
	b, err := Open(embedded())
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range b.Counts() {
		s := b.Sources[i]
		if n != s.Rows || n == 0 || s.File == "" {
			t.Errorf("%s: %d rows, its certificate says %d; text %q", s.ID, n, s.Rows, s.File)
		}
		if s.Of == "" && len(b.Rows(i)) != n {
			t.Errorf("%s: %d rows of %d", s.ID, len(b.Rows(i)), n)
		}
	}
}

// A run of editions given by its changes leads from one whole edition to what
// the next differs from.
func TestChangesAddUp(t *testing.T) {
	b, err := Open(embedded())
	if err != nil {
		t.Fatal(err)
	}
	counts := b.Counts()
	for i := 1; i < len(b.Sources); i++ {
		if b.Sources[i].Of == "" {
			continue
		}
		n := counts[i-1]
		for _, c := range b.Changes(i, i) {
			if c.Gone {
				n--
			} else {
				n++
			}
		}
		if n != counts[i] {
			t.Errorf("%s: %d rows by its changes, %d by count", b.Sources[i].ID, n, counts[i])
		}
	}
}

// Files that are not as they were written give an error that says where.
func TestOpenRefuses(t *testing.T) {
	for says, tamper := range map[string]func(map[string]string){
		"sources.tsv: line 1": func(f map[string]string) { f["sources.tsv"] = "a\tb\n" },
		"sources.tsv: line 2 ": func(f map[string]string) {
			f["sources.tsv"] = strings.Replace(f["sources.tsv"], "\nr", "\nx\ty\tz\n", 1)
		},
		"offsets has":      func(f map[string]string) { f["offsets"] += "x" },
		"text ":            func(f map[string]string) { f["text"] = f["text"][1:] },
		"rows has":         func(f map[string]string) { f["rows"] = f["rows"][1:] },
		"its texts are at": func(f map[string]string) { f["tuples"] = "" },
		"its places are":   func(f map[string]string) { f["where"] = "" },
		"of 0":             func(f map[string]string) { f["sources.tsv"] = "" },
		"its transports":   func(f map[string]string) { f["rows"] = f["rows"][:4] + "\x00" + f["rows"][5:] },
		"its ports run":    func(f map[string]string) { f["rows"] = "\xff\xff\x00\x00" + f["rows"][4:] },
	} {
		f := embedded()
		tamper(f)
		if _, err := Open(f); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
	}
}

// Bytes in any place of any file are taken or refused, and what is taken can
// be read to the end.
func FuzzOpen(f *testing.F) {
	files := embedded()
	names := slices.Sorted(maps.Keys(files))
	for i, name := range names {
		f.Add(uint8(i), uint32(len(files[name])/3), []byte{0xff, 0xfe})
		f.Add(uint8(i), uint32(0), []byte("\x00\x00\x01"))
	}
	f.Fuzz(func(t *testing.T, file uint8, at uint32, put []byte) {
		name := names[int(file)%len(names)]
		have := maps.Clone(files)
		i := int(at) % (len(have[name]) + 1)
		have[name] = have[name][:i] + string(put) + have[name][min(len(have[name]), i+len(put)):]
		b, err := Open(have)
		if err != nil {
			return
		}
		b.Counts()
		b.Rows(0)
		b.Rows(len(b.Sources) - 1)
		b.Changes(len(b.Sources)/2, len(b.Sources)/2+9)
	})
}
