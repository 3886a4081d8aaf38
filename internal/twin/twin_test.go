package twin

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

var sample = []Row{
	{Span: portolan.Span{First: 378, Last: 378}, Transport: portolan.TCP, Status: "assigned", Service: "dsETOS",
		Description: "NEC Corporation", Contact: "Tomoo Fujita", Page: 29, Line: 1633},
	{Span: portolan.Span{First: 377, Last: 377}, Transport: portolan.TCP, Status: "assigned", Service: "tnETOS", Via: "inherited"},
	{Span: portolan.Span{First: 256, Last: 343}, Transport: Any, Status: "unassigned"},
}

func TestWriteThenRead(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, sample); err != nil {
		t.Fatal(err)
	}
	got, err := Read("sample", &b)
	if err != nil || len(got) != 3 {
		t.Fatalf("%v, %v", got, err)
	}
	if got[0].Span.First != 256 || got[0].Transport != Any || got[2] != sample[0] {
		t.Errorf("not what was written, sorted: %+v", got)
	}
}

func TestWriteRefusesWhatBreaksTheFile(t *testing.T) {
	for _, bad := range []string{"a\tb", "a\nb", "a\rb"} {
		err := Write(&bytes.Buffer{}, []Row{{Span: portolan.Span{First: 1, Last: 1}, Status: "assigned", Note: bad}})
		if err == nil || !strings.Contains(err.Error(), "note") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestReadNamesThePlace(t *testing.T) {
	header := strings.Join(Columns, "\t") + "\n"
	good := sample[0].String() + "\n"
	for text, line := range map[string]int{
		"ports\n":           1,
		header + "1\ttcp\n": 2,
		header + good + strings.Replace(good, "assigned", "assinged", 1): 3,
		header + strings.Replace(good, "378", "70000", 1):                2,
		header + strings.Replace(good, "tcp", "tpc", 1):                  2,
		header + strings.Replace(good, "1633", "x", 1):                   2,
	} {
		_, err := Read("t.tsv", strings.NewReader(text))
		var pe *ParseError
		if !errors.As(err, &pe) || pe.Line != line || pe.Source != "t.tsv" {
			t.Errorf("%q: %v, want line %d", text, err, line)
		}
	}
}

func TestSources(t *testing.T) {
	s := []Source{{ID: "rfc1700", Title: "RFC 1700", Date: "1994-10", Series: "iana", Role: "assigns", Coverage: "whole", Rows: 3, LeftOut: 1, Reader: "rfc1700"}}
	var b bytes.Buffer
	if err := WriteSources(&b, s); err != nil {
		t.Fatal(err)
	}
	got, err := ReadSources("s", &b)
	if err != nil || len(got) != 1 || got[0] != s[0] {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(strings.Join(Columns, "\t") + "\n" + sample[0].String() + "\n"))
	f.Add([]byte(strings.Join(SourceColumns, "\t") + "\nrfc1700\tRFC\t1994-10\tiana\tIANA\tassigns\twhole\ttcp; udp\t\t\t3\t1\tr\tf\n"))
	f.Add([]byte(strings.Join(ChangeColumns, "\t") + "\n" + Change{"e", true, sample[0]}.String() + "\n"))
	f.Add([]byte(strings.Join(EditionColumns, "\t") + "\nid\t2017-03-13\t5\t1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := Read("fuzz", bytes.NewReader(b))
		if err == nil {
			var out bytes.Buffer
			if err := Write(&out, rows); err != nil && !strings.Contains(err.Error(), "line break") {
				t.Error(err)
			}
		}
		_, _ = ReadSources("fuzz", bytes.NewReader(b))
		_, _ = ReadEditions("fuzz", bytes.NewReader(b))
		if changes, err := ReadChanges("fuzz", bytes.NewReader(b)); err == nil {
			for _, c := range changes {
				if c.Edition+"\t" != c.String()[:len(c.Edition)+1] {
					t.Errorf("%+v", c)
				}
			}
		}
	})
}

func TestChanges(t *testing.T) {
	a, b := sample[0], sample[2]
	changes := []Change{{"e1", true, a}, {"e1", false, b}}
	var out bytes.Buffer
	if err := WriteChanges(&out, changes); err != nil {
		t.Fatal(err)
	}
	got, err := ReadChanges("c", &out)
	if err != nil || len(got) != 2 || got[0] != changes[0] || got[1] != changes[1] {
		t.Fatalf("%+v, %v", got, err)
	}
	rows, err := Apply([]Row{a, a}, got)
	if err != nil || len(rows) != 2 || rows[0] != a || rows[1] != b {
		t.Errorf("%+v, %v", rows, err)
	}
	if _, err := Apply([]Row{b}, got); err == nil {
		t.Error("a row went that was not there")
	}
	if err := WriteChanges(&out, []Change{{"e1", false, Row{Note: "a\tb"}}}); err == nil {
		t.Error("a tab was written")
	}
}

func TestEditions(t *testing.T) {
	list := []EditionLine{{"iana-2017-03-13", "2017-03-13", 5, 1}}
	var out bytes.Buffer
	if err := WriteEditions(&out, list); err != nil {
		t.Fatal(err)
	}
	got, err := ReadEditions("e", &out)
	if err != nil || len(got) != 1 || got[0] != list[0] {
		t.Errorf("%+v, %v", got, err)
	}
}
