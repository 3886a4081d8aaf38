package registry

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// readTwin reads what people review of a source that has a file of its own.
func readTwin(t testing.TB, id string) []twin.Row {
	t.Helper()
	list, err := twin.Read(id, bytes.NewReader(historyFile(t, id+".tsv")))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func historyFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("history", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// twinEdition is a source with what its twin says.
type twinEdition struct {
	number  int
	source  Source
	rows    []twin.Row
	changes []twin.Change // from the edition before, in a run of changes
}

// eachTwin replays all twins in the order of the sources. rows is valid during
// the call only.
func eachTwin(t testing.TB, do func(e twinEdition)) {
	t.Helper()
	var rows []twin.Row
	var changes []twin.Change
	for i, s := range certificates() {
		e := twinEdition{number: i, source: s}
		if s.Of == "" {
			rows = readTwin(t, s.ID)
		} else {
			if i == 0 || certificates()[i-1].Of != s.Of {
				var err error
				if changes, err = twin.ReadChanges(s.Of, bytes.NewReader(historyFile(t, s.Of+".tsv"))); err != nil {
					t.Fatal(err)
				}
			}
			for len(changes) > 0 && changes[0].Edition == s.ID {
				e.changes = append(e.changes, changes[0])
				changes = changes[1:]
			}
			var err error
			if rows, err = twin.Apply(rows, e.changes); err != nil {
				t.Fatalf("%s: %v", s.ID, err)
			}
		}
		e.rows = rows
		do(e)
	}
	if len(changes) > 0 {
		t.Errorf("%d changes are of no edition: %s", len(changes), changes[0])
	}
}

// anchor reports whether an edition is compared as a whole. Between anchors a
// run of changes is compared by its changes, which is the same by induction.
func (e twinEdition) anchor() bool { return e.source.Of == "" || e.number%50 == 0 }

// unpack rebuilds source i from the packed form.
func unpack(i int) []twin.Row {
	var list []twin.Row
	for r := range row(rows()) {
		if r.in(i) {
			list = append(list, r.twins(i)...)
		}
	}
	slices.SortStableFunc(list, twin.Compare)
	return list
}

// twins returns the rows of a twin that a packed row stands for.
func (r row) twins(i int) []twin.Row {
	if r.mask()&anyBit != 0 {
		return []twin.Row{r.twin(i, twin.Any)}
	}
	var list []twin.Row
	for t := portolan.TCP; t <= portolan.NCP; t++ {
		if r.on(t) {
			list = append(list, r.twin(i, t))
		}
	}
	return list
}

func (r row) twin(i int, t portolan.Transport) twin.Row {
	w := twin.Row{Span: r.span(), Transport: t, Status: [...]string{"unassigned", "assigned", "reserved", "seen"}[r.status()],
		Service: r.text(fieldService), Aliases: r.text(fieldAliases), Description: r.text(fieldDescription),
		Assignee: r.text(fieldAssignee), Contact: r.text(fieldContact), Registered: r.text(fieldRegistered), Modified: r.text(fieldModified),
		References: r.text(fieldReferences), Note: r.text(fieldNote), Unauthorized: r.text(fieldUnauthorized),
		ServiceCode: r.text(fieldServiceCode), Remark: r.text(fieldRemark)}
	if r.flags()&inheritedBit != 0 {
		w.Via = "inherited"
	}
	w.Page, w.Line = r.place(i)
	return w
}

// Every source rebuilt from the packed form equals its text twin, row for row.
func TestEverySourceRebuilds(t *testing.T) {
	eachTwin(t, func(e twinEdition) {
		if e.source.Rows != len(e.rows) {
			t.Errorf("%s: %d rows, its certificate says %d", e.source.ID, len(e.rows), e.source.Rows)
		}
		if !e.anchor() {
			return
		}
		want, got := slices.Clone(e.rows), unpack(e.number)
		slices.SortStableFunc(want, twin.Compare)
		if len(got) != len(want) {
			t.Errorf("%s: %d rows rebuilt, the twin has %d", e.source.ID, len(got), len(want))
			return
		}
		for j := range want {
			if got[j] != want[j] {
				t.Errorf("%s: rebuilt\n%s\nthe twin has\n%s", e.source.ID, got[j], want[j])
				return
			}
		}
	})
}

// In a run of changes, the packed rows that begin and end with each edition
// are those that its twin says came and went.
func TestEveryChangeRebuilds(t *testing.T) {
	came, gone := map[int][]row{}, map[int][]row{}
	for r := range row(rows()) {
		came[r.firstSource()] = append(came[r.firstSource()], r)
		gone[r.lastSource()+1] = append(gone[r.lastSource()+1], r)
	}
	eachTwin(t, func(e twinEdition) {
		if e.source.Of == "" {
			return
		}
		count := map[twin.Row]int{}
		for _, c := range e.changes {
			count[c.Row] += sign(c.Gone)
		}
		for _, r := range came[e.number] {
			for _, w := range r.twins(e.number) {
				count[w] -= sign(false)
			}
		}
		for _, r := range gone[e.number] {
			for _, w := range r.twins(e.number - 1) {
				count[w] -= sign(true)
			}
		}
		for w, n := range count {
			if n != 0 {
				t.Errorf("%s: the twin has %+d more changes of\n%s", e.source.ID, n, w)
			}
		}
	})
}

func sign(gone bool) int {
	if gone {
		return -1
	}
	return 1
}

// The counts are those that were reviewed. A reader that drops or invents
// rows must not pass unseen.
func TestRowCounts(t *testing.T) {
	type count struct{ assigned, reserved, unassigned, seen, leftOut int }
	want := map[string]count{
		"rfc349":                {assigned: 5, reserved: 1, unassigned: 3},
		"rfc433":                {assigned: 11, reserved: 1, unassigned: 3},
		"rfc503":                {assigned: 21, reserved: 1, unassigned: 3},
		"rfc739":                {assigned: 38, reserved: 1, unassigned: 3},
		"rfc750":                {assigned: 40, reserved: 2, unassigned: 8},
		"rfc755":                {assigned: 40, reserved: 2, unassigned: 8},
		"rfc758":                {assigned: 42, reserved: 2, unassigned: 9},
		"rfc762":                {assigned: 54, reserved: 2, unassigned: 9},
		"rfc770":                {assigned: 59, reserved: 2, unassigned: 9},
		"rfc776":                {assigned: 54, reserved: 2, unassigned: 14},
		"rfc790":                {assigned: 58, reserved: 2, unassigned: 11},
		"rfc820":                {assigned: 53, reserved: 1, unassigned: 10},
		"rfc870":                {assigned: 56, reserved: 2, unassigned: 9},
		"rfc900":                {assigned: 56, reserved: 2, unassigned: 10},
		"rfc923":                {assigned: 61, reserved: 2, unassigned: 10},
		"rfc943":                {assigned: 63, reserved: 2, unassigned: 9},
		"rfc960":                {assigned: 71, reserved: 2, unassigned: 6},
		"rfc990":                {assigned: 78, reserved: 2, unassigned: 4},
		"rfc1010":               {assigned: 87, reserved: 2, unassigned: 5},
		"rfc1060":               {assigned: 376, reserved: 3, unassigned: 4},
		"rfc433-hosts":          {seen: 96, leftOut: 1},
		"rfc503-hosts":          {seen: 108},
		"rfc1340":               {assigned: 731, reserved: 4, unassigned: 40},
		"rfc1700":               {assigned: 1368, reserved: 8, unassigned: 60},
		"iana-2005-12-22":       {assigned: 9217, reserved: 24, unassigned: 530, leftOut: 4},
		"iana-2015-07-30":       {assigned: 11497, reserved: 614, unassigned: 794, leftOut: 812},
		"iana-2013-02-18":       {assigned: 11306, reserved: 462, unassigned: 740, leftOut: 727},
		"iana-2015-01-09":       {assigned: 11456, reserved: 586, unassigned: 785, leftOut: 799},
		"iana-2017-03-10":       {assigned: 11591, reserved: 675, unassigned: 834, leftOut: 871},
		"selinux-2.20221101":    {seen: 470, leftOut: 9},
		"ietf-2026-08-17":       {seen: 298, leftOut: 108},
		"iana-2026-08-17":       {assigned: 11768, reserved: 821, unassigned: 890, leftOut: 1070},
		"iana-names-2026-09-17": {assigned: 11501, reserved: 799, unassigned: 41},
		"debian-netbase-6.3":    {seen: 314, leftOut: 4},
		"debian-netbase-6.5":    {seen: 318, leftOut: 4},
		"debian-netbase-6.6":    {seen: 310, leftOut: 4},
		"firewalld-2.5.2":       {seen: 429},
		"wireshark-4.0.17":      {seen: 958},
	}
	eachTwin(t, func(e twinEdition) {
		if e.source.Of != "" {
			return // TestEverySourceRebuilds counts its rows
		}
		got := count{leftOut: e.source.LeftOut}
		for _, r := range e.rows {
			switch r.Status {
			case "assigned":
				got.assigned++
			case "reserved":
				got.reserved++
			case "unassigned":
				got.unassigned++
			case "seen":
				got.seen++
			}
		}
		if got != want[e.source.ID] {
			t.Errorf("%s: %+v, want %+v", e.source.ID, got, want[e.source.ID])
		}
	})
}

// What was left out is listed by name with a reason.
func TestLeftOutIsListed(t *testing.T) {
	for _, s := range Sources() {
		if s.Of != "" {
			continue // counted in each edition, listed where a name came or went: iana-weekly.left-out.tsv
		}
		text, err := os.ReadFile(filepath.Join("history", s.ID+".left-out.tsv"))
		if s.LeftOut == 0 && os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))[1:]
		if len(lines) != s.LeftOut {
			t.Errorf("%s: %d lines listed, certificate says %d", s.ID, len(lines), s.LeftOut)
		}
		for _, l := range lines {
			if cells := bytes.Split(l, []byte("\t")); len(cells) != 3 || len(cells[1]) == 0 || len(cells[2]) == 0 {
				t.Errorf("%s: no text or no reason in %q", s.ID, l)
			}
		}
	}
}

// No mail address has come through, and no text could break a table.
func TestTextsAreClean(t *testing.T) {
	for i := range texts() {
		s := text(i)
		if bytes.ContainsAny([]byte(s), "\t\r\n\x1b\x00") {
			t.Errorf("text %d holds a control character: %q", i, s)
		}
	}
	for r := range row(rows()) {
		for _, f := range []int{fieldAssignee, fieldContact} {
			if s := r.text(f); bytes.ContainsAny([]byte(s), "@<>") {
				t.Errorf("row %d: a person's mail address? %q", r, s)
			}
		}
	}
}

// docs/sources.md has a section for every source, and its table is that of
// sources.tsv.
func TestSourcesAreDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "sources.md"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := twin.ReadSources("sources.tsv", bytes.NewReader(historyFile(t, "sources.tsv")))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		row := fmt.Sprintf("| %s | %s | %s | %s | %s | %d | %d |", s.ID, s.Date, s.Authority, s.Role, strings.ReplaceAll(s.Transports, ";", ","), s.Rows, s.LeftOut)
		if !strings.Contains(string(text), row+"\n") {
			t.Errorf("docs/sources.md lacks the line\n%s", row)
		}
		section := regexp.MustCompile(`(?m)^## (.*, )?` + regexp.QuoteMeta(s.ID) + `(,.*)?$`)
		if !section.Match(text) {
			t.Errorf("docs/sources.md has no section on %s", s.ID)
		}
	}
}
