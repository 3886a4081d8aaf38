package logbook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan/internal/twin"
	"github.com/portolan/portolan/internal/unpack"
)

// The kinds of leaves, which are their first cells.
const (
	kindSource  = "source"  // a birth certificate
	kindRow     = "row"     // a line of a twin
	kindEdition = "edition" // one of a run that is recorded by its changes
	kindChange  = "change"  // a line of such a twin
	kindMend    = "mend"    // why a reading was mended
	kindGone    = "-"       // a leaf that a mend takes back
	kindPut     = "+"       // one that it puts in
)

// Reading is all that one source says.
type Reading struct {
	Source string
	Leaves []string
}

// add appends a leaf. Empty cells at its end are cut off, so that a column which
// the twins gain one day, at their end, leaves the older leaves as they are.
func (r *Reading) add(kind, line string) {
	r.Leaves = append(r.Leaves, strings.TrimRight(kind+"\t"+r.Source+"\t"+line, "\t"))
}

// newReading begins a reading with its certificate.
func newReading(s twin.Source) *Reading {
	r := &Reading{Source: s.ID}
	r.add(kindSource, strings.Join([]string{s.Title, s.Date, s.Authority, s.Role, s.URL, s.SHA256, strconv.Itoa(s.Rows)}, "\t"))
	return r
}

// FromTwins reads the twins of a folder, registry/history, in the order of its
// sources.tsv.
func FromTwins(dir fs.FS) ([]Reading, error) {
	text, err := fs.ReadFile(dir, "sources.tsv")
	if err != nil {
		return nil, err
	}
	sources, err := twin.ReadSources("sources.tsv", bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var all []Reading
	for _, s := range sources {
		r, kind := newReading(s), kindRow
		if s.Coverage == "changes" {
			kind = kindChange
			err = r.addLines(dir, kindEdition, s.ID+".editions.tsv")
		}
		if err == nil {
			err = r.addLines(dir, kind, s.ID+".tsv")
		}
		if err != nil {
			return nil, err
		}
		all = append(all, *r)
	}
	return all, nil
}

// addLines adds the lines of a file but its header, as they are.
func (r *Reading) addLines(dir fs.FS, kind, name string) error {
	text, err := fs.ReadFile(dir, name)
	if err != nil {
		return err
	}
	_, body, ok := strings.Cut(string(text), "\n")
	if !ok {
		return fmt.Errorf("%s has no header", name)
	}
	for line := range strings.Lines(body) {
		r.add(kind, strings.TrimSuffix(line, "\n"))
	}
	return nil
}

// FromBook rebuilds the readings from the packed registry.
func FromBook(b *unpack.Book) []Reading {
	var all []Reading
	for i := 0; i < len(b.Sources); i++ {
		s := b.Sources[i]
		if s.Of == "" {
			r, rows := newReading(s.Source), b.Rows(i)
			r.Leaves = slices.Grow(r.Leaves, len(rows))
			for _, row := range rows {
				r.add(kindRow, row.String())
			}
			all = append(all, *r)
			continue
		}
		first := i
		for i+1 < len(b.Sources) && b.Sources[i+1].Of == s.Of {
			i++
		}
		all = append(all, *ofRun(b, first, i))
	}
	return all
}

// ofRun rebuilds the reading of a run of editions. It has the certificate of
// its first edition, but for the id and the rows, which are changes.
func ofRun(b *unpack.Book, first, last int) *Reading {
	changes := b.Changes(first, last)
	s := b.Sources[first].Source
	s.ID, s.Rows = b.Sources[first].Of, len(changes)
	r := newReading(s)
	for _, e := range b.Sources[first : last+1] {
		r.add(kindEdition, strings.Join([]string{e.ID, e.Date, strconv.Itoa(e.Rows), strconv.Itoa(e.LeftOut)}, "\t"))
	}
	for _, c := range changes {
		r.add(kindChange, c.String())
	}
	return r
}

// sum is the sha256 of leaves, each with a line feed.
func sum(leaves []string) string {
	h := sha256.New()
	var line []byte
	for _, l := range leaves {
		line = append(append(line[:0], l...), '\n')
		h.Write(line)
	}
	return hex.EncodeToString(h.Sum(nil))
}
