package registry

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

// The facts were written by hand from reading the sources: source, key, field,
// value. Of the rows of that source that cover the key one has that value;
// "absent" means that no row covers it.
func TestSpotFacts(t *testing.T) {
	text, err := os.ReadFile("testdata/spotfacts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")[1:]
	if len(lines) < 60 {
		t.Errorf("%d facts, want 60 at least", len(lines))
	}
	for n, line := range lines {
		c := strings.Split(line, "\t")
		if len(c) != 5 {
			t.Fatalf("line %d: %d cells", n+2, len(c))
		}
		key, err := portolan.ParseKey(c[1])
		if err != nil {
			t.Fatalf("line %d: %v", n+2, err)
		}
		checkFact(t, c[0], key, c[2], c[3])
	}
}

func checkFact(t *testing.T, source string, k portolan.Key, field, want string) {
	t.Helper()
	i := sourceNumber(source)
	if i < 0 {
		t.Errorf("no source is called %q", source)
		return
	}
	var got []string
	for r := range cellRows(k) {
		if r.in(i) {
			got = append(got, fact(r, i, field))
			if got[len(got)-1] == want && field != "absent" {
				return
			}
		}
	}
	if field == "absent" && len(got) == 0 {
		return
	}
	t.Errorf("%s %s: %s is %q, the source says %q", source, k, field, got, want)
}

func sourceNumber(id string) int {
	for i, s := range certificates() {
		if s.ID == id {
			return i
		}
	}
	return -1
}

func fact(r row, i int, field string) string {
	page, line := r.place(i)
	w := r.twin(i, portolan.TCP)
	switch field {
	case "status":
		return w.Status
	case "service":
		return w.Service
	case "aliases":
		return w.Aliases
	case "description":
		return w.Description
	case "assignee":
		return w.Assignee
	case "contact":
		return w.Contact
	case "via":
		return w.Via
	case "registered":
		return w.Registered
	case "modified":
		return w.Modified
	case "references":
		return w.References
	case "note":
		return w.Note
	case "unauthorized":
		return w.Unauthorized
	case "remark":
		return w.Remark
	case "page":
		return strconv.Itoa(page)
	case "line":
		return strconv.Itoa(line)
	}
	return "no field is called " + field
}
