package logbook

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/portolan/portolan/internal/unpack"
	"github.com/portolan/portolan/registry"
)

// world is what a binary embeds, to be tampered with.
type world struct {
	Data
	names []string
	files map[string]string
}

func embedded() *world {
	w := &world{Data: Data{Version: registry.Version()}, files: map[string]string{}}
	w.Entries, w.Mends, w.Releases = registry.Log()
	for name, data := range registry.Files() {
		w.names = append(w.names, name)
		w.files[name] = data
	}
	w.Files = w.all()
	return w
}

func (w *world) all() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, name := range w.names {
			if !yield(name, w.files[name]) {
				return
			}
		}
	}
}

// forge gives the files the version that they hash to.
func (w *world) forge() {
	h := sha256.New()
	for name, data := range w.all() {
		fmt.Fprintf(h, "%s %d\n%s", name, len(data), data)
	}
	w.Version = fmt.Sprintf("2026+%x", h.Sum(nil)[:6])
}

// failures lists the kinds of checks that failed, with their details.
func failures(r *Report) map[string]string {
	failed := map[string]string{}
	for _, c := range r.Checks {
		if !c.OK {
			failed[c.Kind] += c.Subject + ": " + c.Detail + "\n"
		}
	}
	return failed
}

func flip(s string, at int) string {
	b := []byte(s)
	b[at] ^= 1
	return string(b)
}

// change replaces a text by another, which must be there.
func change(t *testing.T, s *string, old, new string) {
	t.Helper()
	if !strings.Contains(*s, old) {
		t.Fatalf("no %q there", old)
	}
	*s = strings.Replace(*s, old, new, 1)
}

func TestVerify(t *testing.T) {
	r := Verify(embedded().Data)
	if got := failures(r); len(got) > 0 {
		t.Errorf("%v", got)
	}
	for _, leaf := range r.Tree.leaves {
		if !utf8.ValidString(leaf) || strings.HasSuffix(leaf, "\t") {
			t.Errorf("not a leaf as the format has it: %q", leaf)
		}
	}
}

// The packed form and the twins that people review say the same, and the log
// has all of it.
func TestTwinsAndBookAgree(t *testing.T) {
	w := embedded()
	book, err := unpack.Open(w.files)
	if err != nil {
		t.Fatal(err)
	}
	twins, err := FromTwins(os.DirFS("../../registry/history"))
	if err != nil {
		t.Fatal(err)
	}
	rebuilt := FromBook(book)
	if len(rebuilt) != len(twins) {
		t.Fatalf("%d sources rebuilt, there are %d", len(rebuilt), len(twins))
	}
	for i := range twins {
		if !slices.Equal(twins[i].Leaves, rebuilt[i].Leaves) {
			t.Error(Difference(twins[i], rebuilt[i]))
		}
	}
	l, err := Parse(w.Entries, w.Mends, w.Releases)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Extend(twins); err != nil {
		t.Fatal(err)
	}
	if e, m, r := l.Tables(); e != w.Entries || m != w.Mends || r != w.Releases {
		t.Error("the log lacks something: go run ./internal/cmd/reglog")
	}
}

// One bit of any packed file is noticed.
func TestAFlippedBitIsNoticed(t *testing.T) {
	for name, data := range registry.Files() {
		w := embedded()
		w.files[name] = flip(data, len(data)/2)
		r := &Report{}
		r.digest(w.Data)
		if r.Failed() != 1 {
			t.Errorf("%s: %+v", name, r.Checks)
		}
	}
}

// Who gives altered files a version that fits still fails: the rows are no
// longer those that were recorded.
func TestForgedDataAreNoticed(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(w *world)
		kinds  []string // all that must fail
		says   string
	}{
		"a row dropped": {func(w *world) { w.files["rows"] = w.files["rows"][16:] }, []string{"source", "tree", "release"}, "rows rebuilt, the certificate of"},
		"a letter changed": {func(w *world) {
			s := w.files["text"]
			change(t, &s, "Tomoo Fujita", "Tomao Fujita")
			w.files["text"] = s
		}, []string{"source", "tree", "release"}, "its leaves have the sha256"},
		"a certificate changed": {func(w *world) {
			s := w.files["sources.tsv"]
			change(t, &s, "\t1994-10\t", "\t1994-11\t")
			w.files["sources.tsv"] = s
		}, []string{"source", "tree", "release"}, "rfc1700: its leaves have the sha256"},
		"an edition's count changed": {func(w *world) {
			s := w.files["sources.tsv"]
			change(t, &s, "iana-2017-03-16\t2017-03-16\t13103", "iana-2017-03-16\t2017-03-16\t13104")
			w.files["sources.tsv"] = s
		}, []string{"source", "tree", "release"}, "13103 rows rebuilt, the certificate of iana-2017-03-16 says 13104"},
		"a row's life ends past the sources": {func(w *world) { w.files["rows"] = "\x00\x00\x00\x01\x01\x01\x00\x00\x00\x00\x00\xff\xff\x00\x00\x00" }, []string{"packed"}, "of "},
		"a file missing":                     {func(w *world) { w.files["offsets"] = "" }, []string{"packed"}, "offsets"},
	} {
		w := embedded()
		c.tamper(w)
		w.forge()
		got := failures(Verify(w.Data))
		if keys := slices.Sorted(maps.Keys(got)); !slices.Equal(keys, slices.Sorted(slices.Values(c.kinds))) || !strings.Contains(got[c.kinds[0]], c.says) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A log that was altered is noticed.
func TestAForgedLogIsNoticed(t *testing.T) {
	w := embedded()
	book, err := unpack.Open(w.files)
	if err != nil {
		t.Fatal(err)
	}
	readings := FromBook(book)
	fresh := &Log{} // without the mends that the real one may have
	if err := fresh.Extend(readings); err != nil {
		t.Fatal(err)
	}
	w.Entries, w.Mends, w.Releases = fresh.Tables()
	check := func(d Data) *Report {
		r := &Report{Tree: &Tree{}, book: book}
		r.tables(d, readings)
		return r
	}
	lines := strings.SplitAfter(strings.TrimSuffix(w.Entries, "\n"), "\n")
	last := strings.Split(lines[len(lines)-1], "\t")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "\trfc1700\t") })
	rfc := strings.Split(strings.TrimSuffix(lines[at], "\n"), "\t")
	oneMore := w.Entries + strings.Join([]string{fmt.Sprint(len(lines)), "mend", last[2], "1", last[4], "1", last[6]}, "\t") + "\n"
	for name, c := range map[string]struct {
		entries, releases string
		kind, says        string
	}{
		"shortened":            {strings.Join(lines[:len(lines)-1], ""), w.Releases, "source", last[2] + ": the data have it, the log has not"},
		"empty":                {"", w.Releases, "log", "log.tsv is empty"},
		"an entry left out":    {lines[0] + strings.Join(lines[2:], ""), w.Releases, "log", "entry 2 stands where 1 should"},
		"sizes do not add up":  {oneMore, w.Releases, "log", "do not make 1"},
		"another head":         {strings.Replace(w.Entries, rfc[6], last[6][:44], 1), w.Releases, "tree", "entry " + rfc[0] + ", rfc1700"},
		"another sha256":       {strings.Replace(w.Entries, rfc[4], last[4], 1), w.Releases, "source", "rfc1700: its leaves have the sha256"},
		"a source of no data":  {strings.Replace(w.Entries, "rfc1700", "rfc9999", 1), w.Releases, "source", "rfc9999: the log has it, the data have not"},
		"release, no prefix":   {w.Entries, "version\tsize\thead\n1.0\t100\t" + last[6][:44] + "\n", "release", "1.0: the first 100 leaves have the head"},
		"release, longer":      {w.Entries, "version\tsize\thead\n1.0\t10000000\t" + last[6][:44] + "\n", "release", "leaves, not 10000000"},
		"release without head": {w.Entries, "version\tsize\thead\n1.0\t100\t\n", "log", "is no tree head"},
	} {
		d := w.Data
		d.Entries, d.Releases = c.entries, c.releases
		if got := failures(check(d)); !strings.Contains(got[c.kind], c.says) {
			t.Errorf("%s: %v", name, got)
		}
	}
	d := w.Data
	d.Releases = "version\tsize\thead\n1.0\t" + rfc[5] + "\t" + rfc[6] + "\n"
	r := check(d)
	if got := failures(r); len(got) > 0 {
		t.Errorf("a good release: %v", got)
	}
	size, head, _ := ParseHead(rfc[5], rfc[6])
	r.Extends(size, head)
	r.Extends(size-1, head)
	if got := r.Checks[len(r.Checks)-2:]; !got[0].OK || got[1].OK {
		t.Errorf("%+v", got)
	}
	d = w.Data
	d.Mends = "mend\trfc1700\t1\tnever happened\n"
	if got := failures(check(d)); !strings.Contains(got["mend"], "the log has not") {
		t.Errorf("a mend without an entry: %v", got)
	}
}

func TestRaw(t *testing.T) {
	r := Verify(embedded().Data)
	before := len(r.Checks)
	absent, err := r.Raw(func(name string) ([]byte, error) {
		if name == "rfc/rfc1700.txt" {
			return []byte("not the text"), nil
		}
		return nil, fs.ErrNotExist
	})
	if err != nil || len(r.Checks) != before+1 || r.Checks[before].OK || len(absent) == 0 {
		t.Errorf("%v, %d absent, %+v", err, len(absent), r.Checks[before:])
	}
	if _, err := r.Raw(func(string) ([]byte, error) { return nil, fs.ErrPermission }); err == nil {
		t.Error("what cannot be read was passed over")
	}
}

func BenchmarkVerify(b *testing.B) {
	d := embedded().Data
	for b.Loop() {
		if r := Verify(d); r.Failed() > 0 {
			b.Fatal(r.Checks)
		}
	}
}
