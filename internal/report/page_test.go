package report

import (
	"strings"
	"testing"
)

func TestPage(t *testing.T) {
	p := NewPage(40, false)
	p.Heading("dsETOS")
	p.Para(0, Text("Port 378 is "), Part{"assigned", Strong}, Text(", says the registry, to the\nNEC Corporation."))
	p.Blank()
	p.Blank()
	p.Pairs(2, KV("contact", "Tomoo Fujita"), KV("none", ""), KV("since", "at or before October 1994, and not yet in July 1992"))
	p.Hang(0, "[1] ", Text("RFC 1700, Assigned Numbers, page 29, line 1633"))
	p.Code(4, "ss -tlnp 'sport = :378' # is longer than the page and is not wrapped")
	p.Finding("warning", Text("redis listens on all interfaces, where anyone can reach it."))
	want := `dsETOS
Port 378 is assigned, says the registry,
to the NEC Corporation.

  contact  Tomoo Fujita
  since    at or before October 1994,
           and not yet in July 1992
[1] RFC 1700, Assigned Numbers, page 29,
    line 1633
    ss -tlnp 'sport = :378' # is longer than the page and is not wrapped
WARNING redis listens on all interfaces,
  where anyone can reach it.
`
	if got := string(p.Bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPageEscapesEverything(t *testing.T) {
	const evil = "\x1b[2J\u202e"
	p := NewPage(30, false)
	p.Heading(evil)
	p.Para(1, Text(evil))
	p.Hang(1, evil, Text(evil))
	p.Code(1, evil)
	p.Finding(evil, Text(evil))
	p.Pairs(0, KV(evil, evil))
	p.Table(&Table{Columns: []Column{{Header: "H"}}, Rows: [][]Cell{{Text(evil)}}})
	for l := range strings.Lines(string(p.Bytes())) {
		if r, bad := unfit(strings.TrimSuffix(l, "\n")); bad {
			t.Errorf("%q lets %U through", l, r)
		}
	}
	if n := strings.Count(strings.ToLower(string(p.Bytes())), `\x1b[2j`); n != 10 {
		t.Errorf("%d of 10 texts are shown:\n%s", n, p.Bytes())
	}
}

func TestPairsWithLongName(t *testing.T) {
	p := NewPage(30, false)
	p.Pairs(0, KV("a name that is very long", "value"), KV("a", "b"))
	want := "a name that is very long\n   value\na  b\n"
	if got := string(p.Bytes()); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPageWidth(t *testing.T) {
	for given, want := range map[int]int{0: 80, 40: 40, 250: 100} {
		if got := NewPage(given, false).Width(); got != want {
			t.Errorf("width %d: prose in %d columns, want %d", given, got, want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("the quick brown fox", " jumps\nover", 12, 2)
	f.Add("\x1b[2J a\u00a0b", "日本語 日本語", 3, 9)
	f.Fuzz(func(t *testing.T, a, b string, width, hang int) {
		width, hang = width&127, hang&31
		lines := wrap([]Part{Text(a), {b, Strong}}, width, "", hang, false)
		longest := 0
		for _, w := range words([]Part{Text(a), {b, Strong}}) {
			longest = max(longest, w.width)
		}
		for _, l := range lines {
			if w := Width(l); w > max(width, hang+longest) {
				t.Errorf("%q is %d wide, more than %d and %d", l, w, width, hang+longest)
			}
			if r, bad := unfit(l); bad {
				t.Errorf("%q lets %U through", l, r)
			}
		}
		want := ""
		for _, w := range append(strings.Fields(a), strings.Fields(b)...) {
			want += Escape(w)
		}
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != want {
			t.Errorf("words are lost: %q, want %q", got, want)
		}
	})
}
