package scanfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// endless says a text again and again.
type endless struct {
	text string
	at   int
	left int
}

func (e *endless) Read(b []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(b) {
		k := copy(b[n:], e.text[e.at:])
		n += k
		e.at = (e.at + k) % len(e.text)
	}
	e.left -= n
	return n, nil
}

// Each is an error, in little memory.
func TestHostileFiles(t *testing.T) {
	const much = 100 << 20
	repeat := func(head, text string) io.Reader {
		return io.MultiReader(strings.NewReader(head), &endless{text: text, left: much})
	}
	laughs := `<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><nmaprun args="&c;"></nmaprun>`
	port := `<nmaprun><host><address addr="10.0.0.1" addrtype="ipv4"/><ports><port protocol="tcp" portid="1"><state state="open"/>`
	for name, r := range map[string]io.Reader{
		"an attribute":           repeat(`<nmaprun args="`, "a"),
		"attributes":             repeat(`<nmaprun `, `a="" `),
		"a name":                 repeat(`<`, "a"),
		"a comment":              repeat(`<nmaprun><!--`, "a"),
		"a doctype":              repeat(`<!DOCTYPE `, "a"),
		"text":                   repeat(port+`<script>`, "a"),
		"deep XML":               repeat(``, "<nmaprun>"),
		"deep XML in a port":     repeat(port, "<table>"),
		"billion laughs":         strings.NewReader(laughs),
		"NULs in XML":            repeat(`<nmaprun>`, "\x00"),
		"no UTF-8 in XML":        repeat(`<nmaprun>`, "\xff"),
		"a JSON string":          repeat(`{"ip":"`, "a"),
		"a JSON number":          repeat(`{"ip":"10.0.0.1","port":`, "1"),
		"deep JSON lists":        repeat(`{"ip":`, "["),
		"deep JSON objects":      repeat(``, `{"a":`),
		"many fields":            repeat(`{`, `"a":1,`),
		"many ports":             repeat(`{"ip":"10.0.0.1","ports":[`, `{},`),
		"NULs in JSON":           repeat(`{"ip":"`, "\x00"),
		"NULs":                   repeat("", "\x00"),
		"commas":                 repeat(`[`, ","),
		"lists":                  repeat(``, "["),
		"wrong types":            strings.NewReader(`{"ip":{"a":[1,2,{}]},"port":[]}`),
		"a gzip bomb":            packed(t, `{"ip":"`, "a", much),
		"a gzip bomb of an XML":  packed(t, `<nmaprun args="`, "a", much),
		"gzip that is none":      strings.NewReader("\x1f\x8bnothing of the kind"),
		"a document of our own":  repeat(`{"schema":"portolan.probe/v1","results":[{"target":"`, "a"),
		"a head of our own":      repeat(`{"schema":"`, "portolan"),
		"many ports, whole JSON": strings.NewReader(`{"ip":"10.0.0.1","ports":[` + strings.Repeat(`{},`, 600_000) + `{}]}`),
		"many hosts of zgrab2":   strings.NewReader(`{"ip":"10.0.0.1","data":{` + strings.Repeat(`"a":1,`, 300_000) + `"b":2}}`),
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		most := uint64(0)
		_, err := Read(&watched{r: r, most: &most}, func(Row) error { return nil })
		runtime.ReadMemStats(&after)
		most = max(most, after.HeapAlloc)
		wrong := (*ParseError)(nil)
		if !errors.As(err, &wrong) || wrong.Next == "" || len(err.Error()) > 300 {
			t.Errorf("%s: %.300v", name, err)
		}
		if most > before.HeapAlloc+64<<20 {
			t.Errorf("%s: %d MiB of heap", name, (most-before.HeapAlloc)>>20)
		}
	}
}

// watched looks at the heap now and then while a file is read.
type watched struct {
	r     io.Reader
	reads int
	most  *uint64
}

func (w *watched) Read(b []byte) (int, error) {
	if w.reads++; w.reads%16 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		*w.most = max(*w.most, m.HeapAlloc)
	}
	return w.r.Read(b)
}

func packed(t *testing.T, head, text string, size int) io.Reader {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(z, io.MultiReader(strings.NewReader(head), &endless{text: text, left: size})); err != nil {
		t.Fatal(err)
	}
	z.Close()
	return &b
}

// A long file is read in little memory, whatever its length.
func TestLongFiles(t *testing.T) {
	line := `{"ip":"10.0.0.1","port":22,"protocol":"tcp","tls":false}` + "\n"
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := uint64(0)
	sum, err := Read(&watched{r: &endless{text: line, left: 20 << 20}, most: &most}, func(Row) error { return nil })
	runtime.ReadMemStats(&after)
	if most = max(most, after.HeapAlloc); err != nil || sum.Rows < 300_000 || most > before.HeapAlloc+64<<20 {
		t.Errorf("%d rows, %d MiB of heap: %v", sum.Rows, (most-min(most, before.HeapAlloc))>>20, err)
	}
}
