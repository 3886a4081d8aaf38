package registry

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// readTwin reads what people review of a source.
func readTwin(t testing.TB, id string) []twin.Row {
	t.Helper()
	name := filepath.Join("history", id+".tsv")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	list, err := twin.Read(name, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// unpack rebuilds source i from the packed form.
func unpack(i int) []twin.Row {
	var list []twin.Row
	for r := range row(rows()) {
		if !r.in(i) {
			continue
		}
		if r.mask()&anyBit != 0 {
			list = append(list, r.twin(i, twin.Any))
			continue
		}
		for t := portolan.TCP; t <= portolan.NCP; t++ {
			if r.on(t) {
				list = append(list, r.twin(i, t))
			}
		}
	}
	slices.SortStableFunc(list, twin.Compare)
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
	for i, s := range certificates() {
		want, got := readTwin(t, s.ID), unpack(i)
		slices.SortStableFunc(want, twin.Compare)
		if len(got) != len(want) {
			t.Errorf("%s: %d rows rebuilt, the twin has %d", s.ID, len(got), len(want))
			continue
		}
		for j := range want {
			if got[j] != want[j] {
				t.Errorf("%s: rebuilt\n%s\nthe twin has\n%s", s.ID, got[j], want[j])
				break
			}
		}
	}
}

// The counts are those that were reviewed. A reader that drops or invents
// rows must not pass unseen.
func TestRowCounts(t *testing.T) {
	type count struct{ assigned, reserved, unassigned, seen, leftOut int }
	want := map[string]count{
		"rfc1340":               {assigned: 731, reserved: 4, unassigned: 40},
		"rfc1700":               {assigned: 1368, reserved: 8, unassigned: 60},
		"iana-2026-08-17":       {assigned: 11768, reserved: 821, unassigned: 890, leftOut: 1070},
		"iana-names-2026-09-17": {assigned: 11501, reserved: 799, unassigned: 41},
		"debian-netbase-6.3":    {seen: 314, leftOut: 4},
		"debian-netbase-6.5":    {seen: 318, leftOut: 4},
		"debian-netbase-6.6":    {seen: 310, leftOut: 4},
		"firewalld-2.5.2":       {seen: 429},
		"wireshark-4.0.17":      {seen: 958},
	}
	for _, s := range Sources() {
		got := count{leftOut: s.LeftOut}
		for _, r := range readTwin(t, s.ID) {
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
		if got != want[s.ID] {
			t.Errorf("%s: %+v, want %+v", s.ID, got, want[s.ID])
		}
		if total := got.assigned + got.reserved + got.unassigned + got.seen; total != s.Rows {
			t.Errorf("%s: %d rows, its certificate says %d", s.ID, total, s.Rows)
		}
	}
}

// What was left out is listed by name with a reason.
func TestLeftOutIsListed(t *testing.T) {
	for _, s := range Sources() {
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
