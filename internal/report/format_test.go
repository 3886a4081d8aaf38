package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

type item struct {
	Port int    `json:"port"`
	Name string `json:"name"`
}

type rows []item

func (r rows) AppendJSON(j *JSON) {
	j.Object("")
	j.String("schema", "test/v1")
	j.List("items")
	for _, i := range r {
		j.Object("")
		j.Int("port", int64(i.Port))
		j.String("name", i.Name)
		j.EndObject()
	}
	j.EndList()
	j.Strings("none", nil)
	j.Null("null")
	j.StringOrNull("empty", "")
	j.Bool("yes", true)
	j.Uint("big", 1<<63)
	j.Time("taken", time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("", 3600)))
	j.Time("never", time.Time{})
	j.EndObject()
}

func document(list rows) *Document {
	return &Document{Schema: "test/v1", DataVersion: "d1", Value: list, Columns: []string{"port", "name"},
		Items: func(yield func(any) bool) {
			for _, i := range list {
				if !yield(i) {
					return
				}
			}
		},
		Rows: func(yield func([]string) bool) {
			for _, i := range list {
				if !yield([]string{"22", i.Name}) {
					return
				}
			}
		},
		Text: func(p *Page) { p.Para(0, Text(list[0].Name)) },
	}
}

const nasty = "a,\"b\"\t<&>\\\n\x1b[2J\u202e\xff=1+1 日\U000e0041\u2028"

func printed(t *testing.T, d *Document, o Out) string {
	t.Helper()
	var b bytes.Buffer
	o.W = &b
	if err := o.Print(d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestJSON(t *testing.T) {
	got := printed(t, document(rows{{22, nasty}}), Out{Format: FormatJSON})
	want := `{"schema":"test/v1","items":[{"port":22,"name":"a,\"b\"\u0009<&>\\\u000a\u001b[2J\u202e\ufffd=1+1 日\udb40\udc41\u2028"}],` +
		`"none":[],"null":null,"empty":null,"yes":true,"big":9223372036854775808,"taken":"2026-11-23T11:00:00Z","never":null}` + "\n"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	indented := printed(t, document(rows{{22, nasty}}), Out{Format: FormatJSON, Terminal: true})
	var flat bytes.Buffer
	if err := json.Compact(&flat, []byte(indented)); err != nil || flat.String()+"\n" != want+"\n" && flat.String() != strings.TrimSuffix(want, "\n") {
		t.Errorf("indented form differs: %v\n%s", err, indented)
	}
	if !strings.Contains(indented, "\n  \"items\": [") {
		t.Errorf("not indented:\n%s", indented)
	}
}

// Reflection and the appender must show the same text for the same string.
func TestJSONByReflection(t *testing.T) {
	d := &Document{Value: item{22, nasty + "\x7f\u009b"}}
	got := printed(t, d, Out{Format: FormatJSON})
	var back item
	if err := json.Unmarshal([]byte(got), &back); err != nil || back.Name != valid(nasty+"\x7f\u009b") {
		t.Errorf("%s: %v %q", got, err, back.Name)
	}
	if _, bad := unfit(strings.TrimSuffix(got, "\n")); bad || strings.Contains(got, `\u003c`) {
		t.Errorf("%q", got)
	}
}

type unencodable struct{}

func (unencodable) AppendJSON(j *JSON) {
	j.Object("")
	_ = j.Value("f", func() {})
	j.EndObject()
}

func TestJSONErrorInsideAnAppenderIsReturned(t *testing.T) {
	for _, f := range []Format{FormatJSON, FormatNDJSON} {
		if err := (&Out{W: io.Discard, Format: f}).Print(&Document{Value: unencodable{}}); err == nil {
			t.Errorf("%s: a function was encoded", f)
		}
	}
}

func TestNDJSON(t *testing.T) {
	got := printed(t, document(rows{{22, "ssh"}, {80, "http"}}), Out{Format: FormatNDJSON, Terminal: true})
	want := `{"schema":"test/v1","data_version":"d1","port":22,"name":"ssh"}
{"schema":"test/v1","data_version":"d1","port":80,"name":"http"}
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
	one := document(rows{{22, "ssh"}})
	one.Items = nil
	if got := printed(t, one, Out{Format: FormatNDJSON}); strings.Count(got, "\n") != 1 {
		t.Errorf("no items: %q", got)
	}
	odd := document(nil)
	odd.Items = slices.Values([]any{1})
	if err := (&Out{W: io.Discard, Format: FormatNDJSON}).Print(odd); err == nil {
		t.Error("a number passed for an item")
	}
}

func TestCSVKeepsEveryByte(t *testing.T) {
	got := printed(t, document(rows{{22, nasty}, {22, "=cmd()"}}), Out{Format: FormatCSV})
	back, err := csv.NewReader(strings.NewReader(got)).ReadAll()
	if err != nil || len(back) != 3 || back[0][1] != "name" || back[1][1] != nasty || back[2][1] != "=cmd()" {
		t.Errorf("%v %q", err, back)
	}
	shown := printed(t, document(rows{{22, nasty}}), Out{Format: FormatCSV, Terminal: true})
	for l := range strings.Lines(shown) {
		if r, bad := unfit(strings.TrimSuffix(l, "\n")); bad {
			t.Errorf("%U reaches the terminal: %q", r, l)
		}
	}
}

func TestTSV(t *testing.T) {
	got := printed(t, document(rows{{22, "a\tb\nc\rd\\e"}}), Out{Format: FormatTSV})
	if want := "port\tname\n22\ta\\tb\\nc\\rd\\\\e\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := printed(t, document(rows{{22, "\x1b"}}), Out{Format: FormatTSV, Terminal: true}); strings.Contains(got, "\x1b") {
		t.Errorf("%q", got)
	}
}

func TestNoForm(t *testing.T) {
	for _, f := range []Format{FormatCSV, FormatTSV, FormatTable, "xml"} {
		if err := (&Out{W: io.Discard, Format: f}).Print(&Document{Value: 1}); !errors.Is(err, ErrNoForm) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

type broken struct{ after int }

var errDisk = errors.New("no space left on device")

func (w *broken) Write(b []byte) (int, error) {
	if w.after -= len(b); w.after < 0 {
		return 0, errDisk
	}
	return len(b), nil
}

func TestWriteErrorsAreReturned(t *testing.T) {
	var big rows
	for range 5000 {
		big = append(big, item{22, "a name of some length to fill the buffers"})
	}
	for _, f := range Formats {
		for _, after := range []int{0, 70000} {
			if f == FormatTable && after > 0 {
				continue // its only paragraph is short
			}
			if err := (&Out{W: &broken{after}, Format: f}).Print(document(big)); !errors.Is(err, errDisk) {
				t.Errorf("%s after %d bytes: %v", f, after, err)
			}
		}
	}
}

func FuzzJSONString(f *testing.F) {
	f.Add(nasty)
	f.Add("\U0010ffff\ud7ff\x00")
	f.Fuzz(func(t *testing.T, s string) {
		b := appendString(nil, s)
		var back string
		if err := json.Unmarshal(b, &back); err != nil || back != valid(s) {
			t.Errorf("%q became %s: %v, %q", s, b, err, back)
		}
	})
}

func FuzzRows(f *testing.F) {
	f.Add("a", nasty)
	f.Add("", "\r\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		d := &Document{Columns: []string{"a", "b"}, Rows: slices.Values([][]string{{a, b}})}
		text := printed(t, d, Out{Format: FormatCSV})
		back, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		lf := strings.NewReplacer("\r\n", "\n") // the reader's habit, not the writer's
		if err != nil || len(back) != 2 || back[1][0] != lf.Replace(a) || back[1][1] != lf.Replace(b) {
			t.Errorf("%q %q: %q, %v", a, b, back, err)
		}
		tsv := printed(t, d, Out{Format: FormatTSV})
		if strings.Count(tsv, "\n") != 2 || strings.Count(tsv, "\t") != 2 {
			t.Errorf("%q %q: %q", a, b, tsv)
		}
	})
}

// valid is s as JSON can carry it: each byte that is no UTF-8 becomes U+FFFD.
func valid(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
	}
	return b.String()
}

func BenchmarkJSON(b *testing.B) {
	var big rows
	for i := range 20000 {
		big = append(big, item{i, "nginx: worker process"})
	}
	b.ReportMetric(20000, "rows/op")
	for b.Loop() {
		if err := (&Out{W: io.Discard, Format: FormatJSON}).Print(document(big)); err != nil {
			b.Fatal(err)
		}
	}
}
