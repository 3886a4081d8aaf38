package judge

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/portolan/portolan"
)

// Program is a row of programs.tsv.
type Program struct {
	ByArgument bool     // known by an argument of an interpreter, not by its file
	Names      []string // of its file; "php-fpm*" begins so
	Services   []string // as in the registry
	Ports      []PortRange
	Flags      []string // interpreter, proxy, relay, sensitive, client, activator
	What       string   // in a few words
	Source     string   // where its default port is stated
	Line       int      // in programs.tsv
}

// PortRange is a default port of a program, or several.
type PortRange struct {
	portolan.Span
	Transport portolan.Transport
}

// Has reports whether the program has a flag.
func (p *Program) Has(flag string) bool { return p != nil && slices.Contains(p.Flags, flag) }

// uses reports whether the key is one of the program's default ports.
func (p *Program) uses(k portolan.Key) bool {
	return p != nil && slices.ContainsFunc(p.Ports, func(r PortRange) bool { return r.Transport == k.Transport && r.Contains(k.Port) })
}

//go:embed programs.tsv
var programsTSV string

// Programs returns the table of well-known programs, in the file's order. It
// is read when it is first asked for; the error names the line of the file.
func Programs() ([]Program, error) {
	b, err := readBook()
	return b.list, err
}

// book is the table with what is needed to find a row at once.
type book struct {
	list     []Program
	byFile   map[string]*Program // by the name of the file
	byCut    map[string]*Program // by a long name as the kernel cuts it
	prefixes []*Program          // with a name that ends in "*"
	byArg    []*Program
}

// readBook reads the table once. A test sees to it that it can be read; one
// that can't knows nobody.
var readBook = sync.OnceValues(func() (*book, error) {
	list, err := parsePrograms(programsTSV)
	return bookOf(list), err
})

func bookOf(list []Program) *book {
	b := &book{list: list, byFile: map[string]*Program{}, byCut: map[string]*Program{}}
	for i := range list {
		p := &list[i]
		if p.ByArgument {
			b.byArg = append(b.byArg, p)
			continue
		}
		for _, name := range p.Names {
			switch {
			case strings.HasSuffix(name, "*"):
				b.prefixes = append(b.prefixes, p)
			case len(name) > commLength:
				b.byCut[name[:commLength]] = p
			}
			b.byFile[name] = p
		}
	}
	return b
}

// named finds the row of a file's name, nil where there is none.
func (b *book) named(name string) *Program {
	if p := b.byFile[name]; p != nil && !strings.HasSuffix(name, "*") {
		return p
	}
	for _, p := range b.prefixes {
		if slices.ContainsFunc(p.Names, func(n string) bool {
			prefix, ok := strings.CutSuffix(n, "*")
			return ok && strings.HasPrefix(name, prefix)
		}) {
			return p
		}
	}
	return nil
}

// called finds the row of a name that the kernel shows, which it cuts.
func (b *book) called(comm string) *Program {
	if p := b.byCut[comm]; p != nil {
		return p
	}
	return b.named(comm)
}

// usual lists the programs that have a port as their default. Wide spans are
// left out: they say little of one port.
func (b *book) usual(k portolan.Key) []*Program {
	var all []*Program
	for i := range b.list {
		p := &b.list[i]
		if slices.ContainsFunc(p.Ports, func(r PortRange) bool { return r.Transport == k.Transport && r.Contains(k.Port) && r.Len() <= narrow }) {
			all = append(all, p)
		}
	}
	return all
}

const narrow = 16

// parsePrograms reads programs.tsv.
func parsePrograms(text string) ([]Program, error) {
	var all []Program
	n := 0
	for line := range strings.Lines(text) {
		if n++; n == 1 || strings.TrimSpace(line) == "" {
			continue
		}
		p, err := parseProgram(strings.TrimRight(line, "\r\n"))
		if err != nil {
			return nil, fmt.Errorf("programs.tsv:%d: %w", n, err)
		}
		p.Line = n
		all = append(all, p)
	}
	return all, nil
}

func parseProgram(line string) (p Program, err error) {
	c := strings.Split(line, "\t")
	if len(c) != 7 {
		return p, fmt.Errorf("%d cells, want match, names, services, ports, flags, what and source", len(c))
	}
	if c[0] != "exe" && c[0] != "cmd" {
		return p, fmt.Errorf("match is %q, want exe or cmd", c[0])
	}
	p = Program{ByArgument: c[0] == "cmd", Names: split(c[1], "|"), Services: split(c[2], ","), Flags: split(c[4], ","), What: c[5], Source: c[6]}
	if len(p.Names) == 0 || p.What == "" || p.Source == "" {
		return p, fmt.Errorf("names, what and source may not be empty")
	}
	for _, s := range split(c[3], ",") {
		q, err := portolan.ParseQuery(s)
		if err != nil || q.Service != "" || !q.HasTransport {
			return p, fmt.Errorf("port %q: write it as 6379/tcp or 6000-6063/tcp", s)
		}
		p.Ports = append(p.Ports, PortRange{q.Span, q.Transport})
	}
	return p, nil
}

func split(s, sep string) []string {
	var all []string
	for part := range strings.SplitSeq(s, sep) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}
