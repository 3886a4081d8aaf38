package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// entry is a BibTeX entry as the tests' own reader sees it.
type entry struct {
	kind, key string
	fields    map[string]string
}

// bibEntries reads BibTeX: @kind{key, name = {balanced text} or macro, ...}. It
// knows nothing of the writer.
func bibEntries(s string) ([]entry, error) {
	var all []entry
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		head := regexp.MustCompile(`^@([a-z]+)\{([^\s,{}"#%~\\]+),`).FindStringSubmatch(s)
		if head == nil {
			return nil, fmt.Errorf("no entry at %.40q", s)
		}
		e := entry{head[1], head[2], map[string]string{}}
		s = s[len(head[0]):]
		for {
			s = strings.TrimSpace(s)
			if strings.HasPrefix(s, "}") {
				s = s[1:]
				break
			}
			name, rest, ok := strings.Cut(s, "=")
			if name = strings.TrimSpace(name); !ok || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" {
				return nil, fmt.Errorf("no field at %.40q", s)
			}
			value, rest, err := bibValue(strings.TrimSpace(rest))
			if err != nil {
				return nil, fmt.Errorf("%s of %s: %w", name, e.key, err)
			}
			if _, twice := e.fields[name]; twice {
				return nil, fmt.Errorf("%s of %s stands there twice", name, e.key)
			}
			e.fields[name] = value
			s = strings.TrimPrefix(strings.TrimSpace(rest), ",")
		}
		all = append(all, e)
	}
	return all, nil
}

// bibValue reads a value and returns what follows. In braces, every sign that
// TeX takes for its own must be escaped.
func bibValue(s string) (value, rest string, err error) {
	if m := regexp.MustCompile(`^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b`).FindString(s); m != "" {
		return m, s[len(m):], nil
	}
	if !strings.HasPrefix(s, "{") {
		return "", s, errors.New("no braces")
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			// BibTeX itself counts braces behind a backslash, so they are not skipped.
			if i+1 < len(s) && s[i+1] != '{' && s[i+1] != '}' {
				i++
			}
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[1:i], s[i+1:], nil
			}
		case '&', '%', '$', '#', '_', '~', '^', '"':
			if !strings.HasPrefix(s[1:], "http") {
				return "", s, fmt.Errorf("%q is not escaped in %.60q", s[i], s)
			}
		}
	}
	return "", s, errors.New("braces are not balanced")
}

func citationsOf(t *testing.T, args ...string) []citation {
	t.Helper()
	got := testEnv(append(append([]string{"cite"}, args...), "--json")...).run()
	var d struct{ Citations []citation }
	// A status is written and never read, so it is taken out before.
	text := regexp.MustCompile(`"status":"[a-z]+",`).ReplaceAllString(got.out, "")
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%v: %v %s", args, err, got.errors)
	}
	return d.Citations
}

// Read in RFC 1700, page 30, and in RFC 1340, page 9.
func TestCite(t *testing.T) {
	all := citationsOf(t, "378/tcp")
	if len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	first := all[0]
	if first.Key != "portolan-378-tcp-rfc1700" || first.Publisher != "RFC Editor" || *first.Number != 1700 || *first.Page != 30 || *first.Line != 1650 || first.Date != "1994-10" || first.Accessed != nil {
		t.Errorf("%+v", first)
	}
	if want := "378/tcp, dsETOS (NEC Corporation). RFC 1700, Assigned Numbers. RFC Editor, 1994-10, page 30, line 1650. https://www.rfc-editor.org/rfc/rfc1700.txt [portolan data " + registry.Version() + "]"; first.Plain != want {
		t.Errorf("%s\nwant %s", first.Plain, want)
	}
	if last := all[1]; last.Publisher != "IANA" || last.Number != nil || last.Page != nil || strings.Contains(last.Plain, "accessed") {
		t.Errorf("%+v", last)
	}
	for _, c := range citationsOf(t, "378/tcp", "--accessed", "2026-11-23") {
		for _, text := range []string{c.Plain, c.BibTeX, c.Markdown} {
			if !strings.Contains(text, "accessed 2026-11-23") {
				t.Errorf("%s", text)
			}
		}
	}
}

// Every entry parses, and keys are unique and the same whatever else is cited.
func TestBibTeXParses(t *testing.T) {
	seen := map[string]string{}
	for _, args := range [][]string{{"0-63"}, {"80", "4444", "42", "2371", "6000", "512-515"}, {"4444/tcp", "--all"}, {"378", "--all"}, {"50000", "5", "49151"}} {
		inThis := map[string]bool{}
		for _, c := range citationsOf(t, args...) {
			entries, err := bibEntries(c.BibTeX)
			if err != nil || len(entries) != 1 || entries[0].key != c.Key || entries[0].kind != "misc" {
				t.Fatalf("%v: %v\n%s", args, err, c.BibTeX)
			}
			for _, name := range []string{"title", "year", "note", "publisher"} {
				if entries[0].fields[name] == "" {
					t.Errorf("%s has no %s", c.Key, name)
				}
			}
			if inThis[c.Key] {
				t.Errorf("%v: %s stands there twice", args, c.Key)
			}
			inThis[c.Key] = true
			if before, ok := seen[c.Key]; ok && before != c.BibTeX {
				t.Errorf("%s is\n%s\nand\n%s", c.Key, before, c.BibTeX)
			}
			seen[c.Key] = c.BibTeX
		}
	}
	got := testEnv("cite", "80", "--style", "bibtex").run()
	if entries, err := bibEntries(got.out); err != nil || len(entries) < 6 {
		t.Errorf("%v: %d entries", err, len(entries))
	}
}

var markdownLink = regexp.MustCompile(`(^|[^\\])\[((?:[^\]\\]|\\.)*)\]\(([^)]*)\)`)

// Every link leads to the address of a source, whole.
func TestMarkdownLinks(t *testing.T) {
	links := 0
	for p := range 1 << 16 {
		if p%97 != 0 && p > 100 {
			continue
		}
		for _, c := range citeKey(portolan.Key{Port: uint16(p)}, false) {
			text := c.markdown("1")
			for _, m := range markdownLink.FindAllStringSubmatch(text, -1) {
				links++
				u, err := url.Parse(m[3])
				if s, ok := registry.SourceByID(c.Source); err != nil || u.Scheme != "https" || u.Host == "" || !ok || m[3] != s.URL || strings.ContainsAny(m[3], " <>") {
					t.Errorf("%s: %v", text, err)
				}
			}
			if strings.Count(text, "](") > 1 || strings.Contains(text, "]( ") {
				t.Errorf("%s", text)
			}
		}
	}
	if links == 0 {
		t.Error("no link at all")
	}
}

// Whatever a source prints, each style keeps it text.
func FuzzCiteStyles(f *testing.F) {
	for _, s := range []string{"dsETOS", `a&b%c$d#e_f{g}h~i^j\k`, `\textbf{x}`, "}", "{{", "](http://x)", "<script>", "line\nbreak", `"quoted"`, "*bold*", "`code`", "\xff"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, service, description string) {
		s, _ := registry.SourceByID("iana-2005-12-22")
		c := newCitation(portolan.Key{Port: 378}, registry.Assigned, registry.Citation{Source: s, Line: 1})
		c.Listed, c.Service, c.Description = true, service, description
		c.Title += description
		entries, err := bibEntries(c.bibtex("1"))
		if err != nil || len(entries) != 1 || len(entries[0].fields) < 6 {
			t.Errorf("%v\n%s", err, c.bibtex("1"))
		}
		for _, text := range []string{c.plain("1"), c.markdown("1")} {
			if strings.ContainsAny(text, "\n\r") {
				t.Errorf("%q is more than a line", text)
			}
		}
		if n := len(markdownLink.FindAllString(c.markdown("1"), -1)); n != 1 {
			t.Errorf("%d links in %q", n, c.markdown("1"))
		}
	})
}
