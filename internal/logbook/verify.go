package logbook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"

	"github.com/portolan/portolan/internal/unpack"
)

// Data is what a verification rests on: all that the binary embeds.
type Data struct {
	Version                  string                    // that the packed form claims
	Files                    iter.Seq2[string, string] // the packed form, in the order of its hash
	Entries, Mends, Releases string                    // log.tsv, mends.tsv, releases.tsv
}

// Check is one thing that was looked at.
type Check struct {
	Kind    string // digest, packed, source, mend, log, tree, release, extends, raw
	Subject string
	OK      bool
	Detail  string // what was found
}

// Report is what came of a verification.
type Report struct {
	Checks []Check
	Tree   *Tree // as it was recomputed
	book   *unpack.Book
}

// Failed returns how many checks did.
func (r *Report) Failed() int {
	n := 0
	for _, c := range r.Checks {
		if !c.OK {
			n++
		}
	}
	return n
}

// add adds a check, which failed if err is set.
func (r *Report) add(kind, subject string, err error, detail string, args ...any) {
	c := Check{kind, subject, err == nil, fmt.Sprintf(detail, args...)}
	if err != nil {
		c.Detail = strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	r.Checks = append(r.Checks, c)
}

// Verify recomputes everything: the hash of the packed form, every source from
// it, and the tree with all heads that were recorded. It ends early where what
// comes first leaves nothing to look at.
func Verify(d Data) *Report {
	r := &Report{Tree: &Tree{}}
	files := r.digest(d)
	book, err := unpack.Open(files)
	if err != nil {
		r.add("packed", "", err, "")
		return r
	}
	r.book = book
	r.tables(d, FromBook(book))
	return r
}

// tables checks the log against what the sources say.
func (r *Report) tables(d Data, readings []Reading) {
	l, err := Parse(d.Entries, d.Mends, d.Releases)
	if err != nil {
		r.add("log", "", err, "")
		return
	}
	r.log(l, readings)
	for _, release := range l.Releases {
		r.add("release", release.Version, r.Tree.Extends(release.Size, release.Head), "its %d leaves are the first of this log", release.Size)
	}
}

// digest hashes the packed files as regpack did and returns them by name.
func (r *Report) digest(d Data) map[string]string {
	files := map[string]string{}
	h := sha256.New()
	for name, data := range d.Files {
		files[name] = data
		fmt.Fprintf(h, "%s %d\n", name, len(data))
		h.Write([]byte(data))
	}
	_, want, _ := strings.Cut(d.Version, "+")
	var err error
	if got := hex.EncodeToString(h.Sum(nil)); want == "" || !strings.HasPrefix(got, want) {
		err = fmt.Errorf("the files hash to %.12s, the version is %s", got, d.Version)
	}
	r.add("digest", d.Version, err, "%d files hash to it", len(files))
	return files
}

// log checks every source against its certificate and its entry, every mend,
// and the tree that they make.
func (r *Report) log(l *Log, readings []Reading) {
	tree, entries := l.play(readings)
	r.Tree = tree
	rows := r.countRows()
	var grown error
	for _, p := range entries {
		if grown == nil && p.grown != nil {
			grown = fmt.Errorf("entry %d, %s: %w", p.Number, p.Source, p.grown)
		}
		err := errors.Join(p.missing, p.changed)
		if p.Kind == kindMend {
			r.add("mend", p.Source, err, "%d leaves as in entry %d", p.Leaves, p.Number)
			continue
		}
		n := rows[p.Source]
		r.add("source", p.Source, errors.Join(n.err, err), "%s, %d leaves as in entry %d", n, p.Leaves, p.Number)
	}
	for _, reading := range readings {
		if _, ok := l.entry(reading.Source); !ok {
			r.add("source", reading.Source, errors.New("the data have it, the log has not"), "")
		}
	}
	for _, m := range l.Mends[l.mendEntries():] {
		r.add("mend", m.Source, errors.New("mends.tsv has it, the log has not"), "")
	}
	r.add("tree", "", grown, "%d heads recomputed, the last over %d leaves", len(entries), tree.Size())
}

// counted is what the packed form holds of a source, and what is wrong with it.
type counted struct {
	rows, editions int
	err            error
}

func (c counted) String() string {
	if c.editions > 1 {
		return fmt.Sprintf("%d editions", c.editions)
	}
	return fmt.Sprintf("%d rows", c.rows)
}

// countRows counts the rows of every source and compares with its certificate;
// in a run, with that of each edition.
func (r *Report) countRows() map[string]counted {
	all := map[string]counted{}
	for i, n := range r.book.Counts() {
		s := &r.book.Sources[i]
		id := s.ID
		if s.Of != "" {
			id = s.Of
		}
		c := all[id]
		c.rows += n
		c.editions++
		if n != s.Rows && c.err == nil {
			c.err = fmt.Errorf("%d rows rebuilt, the certificate of %s says %d", n, s.ID, s.Rows)
		}
		all[id] = c
	}
	return all
}

// Extends checks that the log has grown from one of which somebody kept the
// size and the head.
func (r *Report) Extends(size int64, head Head) {
	r.add("extends", fmt.Sprintf("%d:%s", size, head), r.Tree.Extends(size, head), "they are the first leaves of this log")
}

// Raw compares the raw texts with the sha256 of their certificates. read
// returns a text by the name in its certificate; those that it says do not
// exist are returned. An error is one of reading.
func (r *Report) Raw(read func(name string) ([]byte, error)) (absent []string, err error) {
	if r.book == nil {
		return nil, nil
	}
	seen := map[string]bool{} // a run has one text, and some texts have been read for two sources
	for _, s := range r.book.Sources {
		if seen[s.File+s.SHA256] {
			continue
		}
		seen[s.File+s.SHA256] = true
		text, err := read(s.File)
		if errors.Is(err, fs.ErrNotExist) {
			absent = append(absent, s.File)
			continue
		}
		if err != nil {
			return nil, err
		}
		var differs error
		if got := fmt.Sprintf("%x", sha256.Sum256(text)); got != s.SHA256 {
			differs = fmt.Errorf("its sha256 is %s, its certificate says %s", got, s.SHA256)
		}
		r.add("raw", s.File, differs, "%d bytes, sha256 as certified", len(text))
	}
	return absent, nil
}
