package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/portolan/portolan/internal/twin"
)

// A second reader of RFC 1340 and RFC 1700, written from how their pages are
// set and from nothing of the first: the port lists are tables in columns, so a
// row is what stands in them, wherever the words fall. It knows no regular
// expression, no contacts and no mends.

// columns are where the parts of a row stand, counted from 0.
type columns struct {
	keyword, number, text int
	from, to              string // headings around the lists
}

var layouts = map[string]columns{
	"rfc1340": {3, 16, 29, "WELL KNOWN PORT NUMBERS", "INTERNET MULTICAST ADDRESSES"},
	"rfc1700": {0, 16, 26, "WELL KNOWN PORT NUMBERS", "INTERNET MULTICAST ADDRESSES"},
}

// laid is a row as the columns have it.
type laid struct {
	keyword, ports, transport, text string
	line                            int
}

// setLine sets tabs as a terminal does.
func setLine(s string) string {
	var out []byte
	for _, c := range []byte(strings.TrimRight(s, "\r\n\f ")) {
		if c != '\t' {
			out = append(out, c)
			continue
		}
		out = append(out, "        "[len(out)%8:]...)
	}
	return string(out)
}

func (c columns) cell(s string, from, to int) string {
	return strings.Join(strings.Fields(s[min(from, len(s)):min(to, len(s))]), " ")
}

// read returns the rows between the headings, table of contents aside.
func (c columns) read(text []byte) []laid {
	var all []laid
	inside, n := false, 0
	for raw := range bytes.Lines(text) {
		n++
		s := setLine(string(raw))
		switch strings.TrimSpace(s) {
		case c.from:
			inside = true
		case c.to:
			inside = false
		}
		if !inside || len(s) <= c.number {
			continue
		}
		number := overflow(s, c.number)
		body := overflow(s, max(c.text, number))
		keyword := strings.Trim(c.cell(s, c.keyword, number), "# ")
		ports, transport, _ := strings.Cut(c.cell(s, number, body), "/")
		if first, _, _ := strings.Cut(ports, "-"); !isNumber(first) {
			continue
		}
		all = append(all, laid{keyword, ports, transport, strings.TrimPrefix(c.cell(s, body, len(s)), "# "), n})
	}
	return all
}

// overflow moves the edge of a column behind a word that is too long for it
// ("acmaint_transd", "6000-6063/tcp").
func overflow(s string, edge int) int {
	if edge < len(s) && s[edge-1] != ' ' && s[edge] != ' ' {
		if n := strings.IndexByte(s[edge:], ' '); n >= 0 {
			return edge + n
		}
		return len(s)
	}
	return edge
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

// Both readers find the same rows, on the same lines, under the same keyword.
func TestSecondReaderAgrees(t *testing.T) {
	for id, layout := range layouts {
		t.Run(id, func(t *testing.T) {
			first := map[int]twin.Row{}
			text, err := os.ReadFile(filepath.Join("..", "..", "..", "registry", "history", id+".tsv"))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := twin.Read(id, bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				first[r.Line] = r
			}
			second := layout.read(rawText(t, filepath.Join("rfc", id+".txt")))
			for _, l := range second {
				agree(t, l, first[l.line])
				delete(first, l.line)
			}
			for line, r := range first {
				t.Errorf("line %d: only the first reader has %s", line, r)
			}
			t.Logf("%d rows in columns, all of them in the twin", len(second))
		})
	}
}

func agree(t *testing.T, l laid, r twin.Row) {
	t.Helper()
	if r.Span.Last == 0 && r.Line == 0 {
		t.Errorf("line %d: only the second reader has %+v", l.line, l)
		return
	}
	transport := "*"
	if r.Transport != twin.Any {
		transport = r.Transport.String()
	}
	if l.transport == "" {
		l.transport = "*"
	}
	// The first reader reads a misprinted transport as the one that was meant, and says so.
	misprint := strings.HasPrefix(r.Remark, "printed "+l.ports+"/")
	if l.keyword != r.Service || l.ports != r.Span.String() || l.transport != transport && !misprint {
		t.Errorf("line %d: in columns %q %s/%s, the twin has %q %s/%s", l.line, l.keyword, l.ports, l.transport, r.Service, r.Span, transport)
	}
	// What stands in the column of text begins the description, which may go on
	// below; brackets, addresses and the bare words of a status are taken off it.
	words := strings.Fields(r.Description)
	if len(words) > 0 && !strings.HasPrefix(l.text, words[0]) && !strings.Contains(r.Remark, "description") {
		t.Errorf("line %d: in columns %q, the twin has %q", l.line, l.text, r.Description)
	}
}
