package ianacsv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

const head = "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\n"

// As IANA prints them: a reserved row, two names of one key, a range, a named
// row without a transport, a free run, DCCP's code, a field of several lines, a
// name without a port, a number given back.
const sample = head + `,0,tcp,Reserved,,,,2024-12-20,[RFC6335],,,
http,80,tcp,World Wide Web HTTP,[IESG],[IETF_Chair],,2021-10-01,[RFC9110],,,Defined TXT keys: u=<username>
www,80,tcp,World Wide Web HTTP,[IESG],[IETF_Chair],,2021-10-01,[RFC9110],,,"This is an alias to ""http"".
See [RFC6335]."
x11,6000-6063,udp,X Window System,[Stephen_Gildea],[Stephen_Gildea],1994-01,,,,,
lonely,7000,,No Transport,[Jo_Doe_2],[Jo_Doe_2],,,,,,
,7010-7019,,Unassigned,,,,,,,,
discard,9,dccp,Discard,[Eddie_Kohler],[Eddie_Kohler],,,[RFC4340],1145656131,,
aspentec-lm,6142,tcp,Aspen Technology License Manager,[Kevin_Massey],[Kevin_Massey],,,,,Unauthorized use by X <x&example.org>,
fido,,tcp,a name alone,,,,,,,,
,51,,Reserved,,,,2013-05-24,,,,This entry is being removed on 2013-05-24.
`

func TestRead(t *testing.T) {
	e, err := Read(strings.NewReader("\ufeff" + strings.ReplaceAll(sample, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range e.Rows {
		got = append(got, strings.TrimRight(r.String(), "\t"))
	}
	want := []string{
		"0\ttcp\treserved\t\t\t\t\t\t\t\t2024-12-20\tRFC 6335",
		"80\ttcp\tassigned\thttp\t\tWorld Wide Web HTTP\tIESG\tIETF Chair\t\t\t2021-10-01\tRFC 9110\tDefined TXT keys: u=<username>",
		"80\ttcp\tassigned\twww\t\tWorld Wide Web HTTP\tIESG\tIETF Chair\t\t\t2021-10-01\tRFC 9110\tThis is an alias to \"http\". See RFC 6335.",
		"6000-6063\tudp\tassigned\tx11\t\tX Window System\tStephen Gildea\tStephen Gildea\t\t1994-01",
		"7000\ttcp\tassigned\tlonely\t\tNo Transport\tJo Doe\tJo Doe\t\t\t\t\t\t\t\tno transport printed: read as tcp and udp",
		"7000\tudp\tassigned\tlonely\t\tNo Transport\tJo Doe\tJo Doe\t\t\t\t\t\t\t\tno transport printed: read as tcp and udp",
		"7010-7019\t*\tunassigned",
		"9\tdccp\tassigned\tdiscard\t\tDiscard\tEddie Kohler\tEddie Kohler\t\t\t\tRFC 4340\t\t\t1145656131",
		"6142\ttcp\tassigned\taspentec-lm\t\tAspen Technology License Manager\tKevin Massey\tKevin Massey\t\t\t\t\t\tUnauthorized use by X",
		"51\t*\treserved\t\t\t\t\t\t\t\t2013-05-24\t\tThis entry is being removed on 2013-05-24.",
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("row %d:\n%q\nwant\n%q", i, append(got, "")[min(i, len(got))], append(want, "")[min(i, len(want))])
		}
	}
	if len(e.Rejects) != 1 || e.Rejects[0] != (Reject{11, "fido  a name alone", "a service name without a port number"}) || e.Newest != "2024-12-20" {
		t.Errorf("rejects %v, newest %s", e.Rejects, e.Newest)
	}
}

// Columns are found by their headings, also under those of older editions.
func TestOlderHeadings(t *testing.T) {
	e, err := Read(strings.NewReader("Port Number,Service Name,Known Unauthorized Uses,Transport Protocol,Description,New Column\n5,a,by many,tcp,text,what\n"))
	if err != nil || len(e.Rows) != 1 || e.Rows[0].Unauthorized != "by many" || e.Rows[0].Service != "a" || e.Rows[0].Description != "text" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestRefusals(t *testing.T) {
	row := "a,5,tcp,text,,,,,,,,\n"
	for name, c := range map[string]struct {
		file         string
		line, column int
		want         string
	}{
		"nothing":              {"", 1, 0, "empty"},
		"a page":               {"<!DOCTYPE html>\n<html>\n", 1, 0, `no column is called "service name"`},
		"another CSV":          {"name,port\n", 1, 0, "not IANA's service-names-port-numbers.csv"},
		"too few fields":       {head + row + "a,5\n", 3, 1, "wrong number of fields"},
		"a bare quote":         {head + "a,5,tcp,te\"xt,,,,,,,,\n", 2, 11, "bare \""},
		"a quote left open":    {head + row + "a,5,tcp,\"text\n", 3, 15, "extraneous or missing"},
		"a NUL":                {head + "a,5,tcp,te\x00xt,,,,,,,,\n", 2, 9, "control character, U+0000"},
		"an escape":            {head + "a\x1b[2J,5,tcp,text,,,,,,,,\n", 2, 1, "control character, U+001B"},
		"another encoding":     {head + "a,5,tcp,te\xe9xt,,,,,,,,\n", 2, 9, "not UTF-8"},
		"a record without end": {head + row + "\"" + strings.Repeat("x", 2*maxRecord), 3, 0, "a quote that is not closed"},
		"too many records":     {head + strings.Repeat(row, maxRows+1), maxRows + 2, 0, "more than 50000 records"},
	} {
		e, err := Read(strings.NewReader(c.file))
		var wrong *ParseError
		if e != nil || !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) || wrong.Line != c.line || wrong.Column != c.column {
			t.Errorf("%s: %v, want %q on line %d, column %d", name, err, c.want, c.line, c.column)
		}
	}
}

// A port that is none gives no row, and is listed.
func TestBadPorts(t *testing.T) {
	for _, bad := range []string{"70000", "5-", "6063-6000", "x", "-1", "0x10"} {
		e, err := Read(strings.NewReader(head + "a," + bad + ",tcp,text,,,,,,,,\nb,5,carrier,text,,,,,,,,\n"))
		if err != nil || len(e.Rows) != 0 || len(e.Rejects) != 2 || e.Rejects[0].Line != 2 {
			t.Errorf("%s: %+v, %v", bad, e, err)
		}
	}
}

// flood yields a head and then the same bytes again and again, and counts them.
type flood struct {
	head, again     string
	at, left, given int // at: of again
}

func (f *flood) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), f.left)], f.head)
	if f.head = f.head[n:]; n == 0 {
		for n < len(p) && n < f.left {
			k := copy(p[n:min(len(p), f.left)], f.again[f.at:])
			n, f.at = n+k, (f.at+k)%len(f.again)
		}
	}
	f.left -= n
	f.given += n
	return n, nil
}

// A hostile file of 100 MB is refused after little of it, with little memory.
func TestHostileFile(t *testing.T) {
	const size, mostMemory = 100 << 20, 64 << 20
	for name, c := range map[string]struct {
		again    string
		want     string
		mostRead int
	}{
		"a quote that is never closed": {"x", "a quote that is not closed", 1 << 20},
		"rows that look well":          {"service,5,tcp," + strings.Repeat("text ", 40) + ",[A_B],[A_B],,,,,,\n", "not IANA's file", MaxFile + 64<<10},
		"short rows":                   {",,,,,,,,,,,\n", "more than 50000 records", MaxFile},
		"one line":                     {"a,", "a quote that is not closed", 1 << 20},
	} {
		f := &flood{head: head, again: c.again, left: size}
		if name == "a quote that is never closed" {
			f.head += "\""
		}
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(f)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if f.given > c.mostRead {
			t.Errorf("%s: %d bytes were read before it was refused", name, f.given)
		}
		// What the heap took from the system is the peak, whatever was freed since.
		if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > mostMemory {
			t.Errorf("%s: the heap grew by %d MB", name, grown>>20)
		}
	}
}

func TestCheck(t *testing.T) {
	row := func(port int, name string) twin.Row {
		return twin.Row{Span: portolan.Span{First: uint16(port), Last: uint16(port)}, Transport: portolan.TCP, Status: "assigned", Service: name}
	}
	var old []twin.Row
	for p := 1; p <= 1000; p++ {
		old = append(old, row(p, fmt.Sprint("s", p)))
	}
	renamed := slices.Clone(old)
	for i := range 11 {
		renamed[i].Service += "x"
	}
	spelt := slices.Clone(old)
	for i := range spelt {
		spelt[i].Service = strings.ToUpper(spelt[i].Service)
	}
	for name, c := range map[string]struct {
		edition []twin.Row
		want    string
	}{
		"the same":         {old, ""},
		"more":             {append(slices.Clone(old), row(2000, "new")), ""},
		"one percent gone": {old[10:], ""},
		"more gone":        {old[11:], "would drop 11 of 1000 assignments"},
		"more renamed":     {renamed, "would drop 11 of 1000"},
		"another spelling": {spelt, ""},
		"the end gone":     {old[:995], "it ends at port 995, the edition before at 1000"},
		"nothing":          {nil, "it assigns nothing"},
	} {
		err := Check(old, c.edition)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// IANA's CSV of April 2025 says what its XML of that week says, but for the
// form of people's names: the XML has a list of them, the CSV only their keys.
func TestAgainstXML(t *testing.T) {
	e := readReal(t)
	xml := replayed(t, "2025-04-30")
	if len(e.Rows) != len(xml) {
		t.Errorf("%d rows, the XML has %d", len(e.Rows), len(xml))
	}
	byNumber := func(r twin.Row) twin.Row { // all but people
		r.Assignee, r.Contact = "", ""
		return r
	}
	count := map[twin.Row]int{}
	for _, r := range xml {
		count[byNumber(r)]++
	}
	other := 0
	for _, r := range e.Rows {
		if count[byNumber(r)]--; count[byNumber(r)] < 0 && r.Span.First != 7202 { // the XML gives the address of TR-352, the CSV its name
			other++
			if other < 10 {
				t.Errorf("the XML lacks\n%s", r)
			}
		}
	}
	if other > 0 {
		t.Errorf("%d rows differ in more than the form of names", other)
	}
}

func readReal(t testing.TB) *Edition {
	t.Helper()
	dir := os.Getenv("PORTOLAN_SOURCES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "sources")
	}
	f, err := os.Open(filepath.Join(dir, "iana", "2025-04-30_iana-service-names-port-numbers.csv"))
	if err != nil {
		t.Skip("the raw sources are not here: set PORTOLAN_SOURCES to their folder")
	}
	defer f.Close()
	e, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// replayed is the XML edition of a day, from the twins.
func replayed(t *testing.T, day string) []twin.Row {
	t.Helper()
	open := func(name string) *bytes.Reader {
		text, err := os.ReadFile(filepath.Join("..", "..", "registry", "history", name))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(text)
	}
	rows, err := twin.Read("2017", open("iana-2017-03-10.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := twin.ReadChanges("weekly", open("iana-weekly.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for len(changes) > 0 && strings.TrimPrefix(changes[0].Edition, "iana-") <= day {
		n := 1
		for n < len(changes) && changes[n].Edition == changes[0].Edition {
			n++
		}
		if rows, err = twin.Apply(rows, changes[:n]); err != nil {
			t.Fatal(err)
		}
		changes = changes[n:]
	}
	return rows
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(head + "a,6000-6063,tcp,\"b\nc\",[A_B],[C],2020-01-01,,[RFC1],1,<a@b.example>,\n"))
	f.Add([]byte("\ufeff" + head))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := Read(bytes.NewReader(b))
		if err != nil {
			var wrong *ParseError
			if !errors.As(err, &wrong) {
				t.Errorf("not a ParseError: %v", err)
			}
			return
		}
		var out bytes.Buffer
		if err := twin.Write(&out, e.Rows); err != nil {
			t.Error(err)
		}
		for _, r := range e.Rows {
			if r.Span.First > r.Span.Last || strings.Contains(r.Contact+r.Assignee, "@") {
				t.Errorf("%s", r)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	file := head + strings.Repeat("http,80,tcp,World Wide Web HTTP,[IESG],[IETF_Chair],,2021-10-01,[RFC9110],,,Defined TXT keys: u=<username>\n", 14000)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, err := Read(strings.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
}
