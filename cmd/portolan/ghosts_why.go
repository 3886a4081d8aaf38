package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/internal/witness"
	"github.com/portolan/portolan/registry"
)

// ghostSearch is the search for signs of life of one port.
type ghostSearch struct {
	Port    uint16        `json:"port"`
	Keys    []ghostKey    `json:"keys"`
	Machine machineSearch `json:"machine"`
}

// ghostKey is the search for one key.
type ghostKey struct {
	Transport portolan.Transport `json:"transport"`
	Status    registry.Status    `json:"status"`
	Services  []string           `json:"services"` // today's; the description of one without a name
	Ghost     bool               `json:"ghost"`
	Result    string             `json:"result"`
	Witnesses []ghostWitness     `json:"witnesses"`
}

// ghostWitness is what one source has of a key.
type ghostWitness struct {
	ghostSource
	Covers bool          `json:"covers"` // false: it never speaks of the transport
	Says   []ghostSaying `json:"says"`
}

// ghostSaying is one line of a witness.
type ghostSaying struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Ports       string `json:"ports"`
	Counts      bool   `json:"counts"`
	Why         string `json:"why"` // it does not count; "" where it does
	Line        int    `json:"line,omitempty"`
}

// machineSearch is what files on this machine say. They are no part of the data.
type machineSearch struct {
	Searched []machineFile   `json:"searched"`
	Says     []machineSaying `json:"says"`
	Errors   []string        `json:"errors"`
}

type machineFile struct {
	Source   string `json:"source"`
	Path     string `json:"path"`
	Modified string `json:"modified"` // RFC 3339
}

type machineSaying struct {
	Source     string               `json:"source"`
	Path       string               `json:"path"`
	Line       int                  `json:"line,omitempty"`
	Transports []portolan.Transport `json:"transports"`
	Ports      string               `json:"ports"`
	Name       string               `json:"name"`
	Aliases    []string             `json:"aliases"`
	Comment    string               `json:"comment"`
	// Frequency is nmap's: the share of hosts that had it open, 0 for not seen.
	Frequency *float64 `json:"frequency"`
}

func (a *app) ghostsWhy(arg, ranges string, args []string) error {
	if len(args) > 0 || ranges != "" {
		return usage("--why is about one port and takes nothing else").hint("portolan ghosts --why %s", quoteIfNeeded(arg))
	}
	port, only, err := a.onePort("--why", arg)
	if err != nil {
		return err
	}
	x, err := a.ghostLister([]string{strconv.Itoa(int(port))}, "", 0)
	if err != nil {
		return err
	}
	for _, t := range portolan.Transports {
		if !slices.Contains(only, t) {
			x.only[port] &^= 1 << t
		}
	}
	d := &ghostList{lister: x, counts: x.countGhosts(), why: a.searchGhost(port, only)}
	doc := d.document()
	doc.Items, doc.Columns, doc.Rows, doc.Text = nil, nil, nil, d.why.text
	return a.print(doc)
}

// searchGhost looks where signs of life of a port may be. Transports on which
// it is not assigned are left out, unless there is no other.
func (a *app) searchGhost(port uint16, only []portolan.Transport) *ghostSearch {
	s := &ghostSearch{Port: port}
	for _, t := range only {
		s.Keys = append(s.Keys, searchKey(portolan.Key{Port: port, Transport: t}))
	}
	assigned := slices.DeleteFunc(slices.Clone(s.Keys), func(k ghostKey) bool { return k.Status != registry.Assigned })
	if len(assigned) > 0 {
		s.Keys = assigned
	}
	s.Machine = searchMachine(a.env.Root, port, s.Keys)
	return s
}

func searchKey(k portolan.Key) ghostKey {
	a := registry.Lookup(k)
	g := ghostKey{Transport: k.Transport, Status: a.Status(), Services: []string{}, Ghost: registry.IsGhost(k)}
	for x := range a.Assignments() {
		g.Services = append(g.Services, cmp.Or(x.Service(), x.Description()))
	}
	evidence := registry.Evidence(k)
	for _, s := range registry.SourcesSearched() {
		w := ghostWitness{ghostSource{s.ID, s.Title, s.Date.String()}, s.Covers(k.Transport), []ghostSaying{}}
		for _, row := range evidence {
			if c, ok := row.CiteIn(s); ok {
				w.Says = append(w.Says, sayingOf(row, c))
			}
		}
		g.Witnesses = append(g.Witnesses, w)
	}
	g.Result = g.result()
	return g
}

func sayingOf(row registry.Assignment, c registry.Citation) ghostSaying {
	s := ghostSaying{Name: row.Service(), Description: row.Description(), Ports: row.Span().String(), Counts: true, Line: c.Line}
	if n := row.Span().Len(); n >= registry.WideRange {
		s.Counts = false
		s.Why = fmt.Sprintf("a range of %d ports, and from %d on a range does not speak for one port in it", n, registry.WideRange)
	}
	return s
}

func (g *ghostKey) result() string {
	counting, wide, named := 0, 0, 0
	for _, w := range g.Witnesses {
		if slices.ContainsFunc(w.Says, func(s ghostSaying) bool { return s.Counts }) {
			counting++
		} else if len(w.Says) > 0 {
			wide++
		}
		if slices.ContainsFunc(w.Says, g.byName) {
			named++
		}
	}
	of := fmt.Sprintf("lines that count in %d of %d witnesses", counting, len(g.Witnesses))
	switch {
	case g.Status != registry.Assigned:
		return "no ghost: it is " + g.Status.String() + ", and a ghost is assigned; " + of
	case counting > 0 && named == 0:
		return "no ghost: " + of + ", though under other names than the assigned"
	case counting > 0:
		return "no ghost: " + of
	case wide > 0:
		return "ghost: assigned, and no witness has a line that counts"
	}
	return fmt.Sprintf("ghost: assigned, and none of the %d witnesses has a line", len(g.Witnesses))
}

// byName reports whether a line that counts has a name that is assigned.
func (g *ghostKey) byName(s ghostSaying) bool {
	return s.Counts && slices.ContainsFunc(g.Services, func(name string) bool { return strings.EqualFold(name, s.Name) })
}

// searchMachine asks the files of the machine whose root this is.
func searchMachine(root string, port uint16, keys []ghostKey) machineSearch {
	m := machineSearch{Searched: []machineFile{}, Says: []machineSaying{}, Errors: []string{}}
	fsys := os.DirFS(root)
	for _, g := range keys {
		k := portolan.Key{Port: port, Transport: g.Transport}
		m.add(witness.Find(fsys, k), k)
		m.add(witness.FindProfiles(fsys, k), k)
	}
	return m
}

// add keeps what was found; what was found before for another transport gets
// this one too.
func (m *machineSearch) add(found witness.Found, k portolan.Key) {
	for _, f := range found.Searched {
		file := machineFile{f.Source, f.Path, f.Modified.UTC().Format(time.RFC3339)}
		if !slices.Contains(m.Searched, file) {
			m.Searched = append(m.Searched, file)
		}
	}
	for _, s := range found.Sayings {
		said := machineSaying{Source: s.Source, Path: s.Path, Line: s.Line, Transports: []portolan.Transport{k.Transport}, Ports: s.Span.String(), Name: s.Name,
			Aliases: append([]string{}, s.Aliases...), Comment: s.Comment}
		if s.HasFrequency {
			said.Frequency = &s.Frequency
		}
		m.Says = append(m.Says, said)
	}
	for _, err := range found.Errs {
		if text := err.Error(); !slices.Contains(m.Errors, text) {
			m.Errors = append(m.Errors, text)
		}
	}
}

func (s *ghostSearch) text(p *report.Page) {
	p.Para(0, report.Part{Text: fmt.Sprintf("Port %d: the search for signs of life", s.Port), Style: report.Strong})
	for i, g := range s.Keys {
		if i > 0 && sameSearch(s.Keys[i-1], g) {
			continue
		}
		on := g.Transport.String()
		for _, next := range s.Keys[i+1:] {
			if !sameSearch(g, next) {
				break
			}
			on += ", " + next.Transport.String()
		}
		g.text(p, on)
	}
	s.Machine.text(p)
}

func sameSearch(a, b ghostKey) bool {
	a.Transport = b.Transport
	return reflect.DeepEqual(a.plain(), b.plain())
}

// plain leaves the lines' numbers out, which differ between transports.
func (g ghostKey) plain() ghostKey {
	g.Witnesses = slices.Clone(g.Witnesses)
	for i := range g.Witnesses {
		says := slices.Clone(g.Witnesses[i].Says)
		for j := range says {
			says[j].Line = 0
		}
		g.Witnesses[i].Says = says
	}
	return g
}

func (g *ghostKey) text(p *report.Page, on string) {
	p.Blank()
	what := on + ": " + g.Status.String()
	if len(g.Services) > 0 {
		what += ", " + strings.Join(g.Services, ", ")
	}
	p.Para(0, report.Part{Text: what, Style: report.Place})
	for _, w := range g.Witnesses {
		p.Hang(2, "- ", report.Text(w.Title+", "+w.Date+": "), report.Text(w.words(g.Transport)))
	}
	p.Para(2, report.Part{Text: "Result: " + g.Result + ".", Style: report.Strong})
}

func (w *ghostWitness) words(t portolan.Transport) string {
	if len(w.Says) == 0 {
		if !w.Covers {
			return "no line; it never speaks of " + t.String()
		}
		return "no line"
	}
	var all []string
	for _, s := range w.Says {
		text := s.Name
		if s.Description != "" && s.Description != s.Name {
			text += " (" + s.Description + ")"
		}
		if strings.Contains(s.Ports, "-") {
			text += ", for " + s.Ports
		}
		if !s.Counts {
			text += "; it does not count: " + s.Why
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func (m *machineSearch) text(p *report.Page) {
	p.Heading("On this machine (not part of the data; it changes nothing above)")
	if len(m.Searched) == 0 {
		p.Para(2, report.Text("None of the files is here: /etc/services, nmap-services, firewalld's profiles."))
	}
	for _, f := range m.Searched {
		said := false
		for _, s := range m.of(f) {
			p.Hang(2, "- ", report.Text(s.words()))
			said = true
		}
		if !said {
			p.Hang(2, "- ", report.Text(f.Path+", "+f.Modified[:len("2006-01-02")]+": no line"))
		}
	}
	for _, e := range m.Errors {
		p.Hang(2, "- ", report.Text("could not be read: "+e))
	}
}

// of returns what stands in a file, or in a folder of profiles; lines that
// differ in their transport alone are one.
func (m *machineSearch) of(f machineFile) []machineSaying {
	var all []machineSaying
	for _, s := range m.Says {
		if s.Path != f.Path && !strings.HasPrefix(s.Path, f.Path+"/") {
			continue
		}
		i := slices.IndexFunc(all, func(o machineSaying) bool {
			o.Line, o.Transports = s.Line, s.Transports
			return reflect.DeepEqual(o, s)
		})
		if i < 0 {
			all = append(all, s)
			continue
		}
		all[i].Transports = append(slices.Clone(all[i].Transports), s.Transports...)
	}
	return all
}

func (s *machineSaying) words() string {
	text := s.Path + ": " + joinTransports(s.Transports, ", ") + " " + cmp.Or(s.Name, "unknown")
	if len(s.Aliases) > 0 {
		text += ", also " + strings.Join(s.Aliases, ", ")
	}
	if s.Comment != "" {
		text += " (" + s.Comment + ")"
	}
	if strings.Contains(s.Ports, "-") {
		text += ", for " + s.Ports
	}
	if s.Frequency == nil {
		return text
	}
	if *s.Frequency == 0 {
		return text + "; measured by Nmap's authors: not seen"
	}
	return text + "; measured by Nmap's authors: open on " + strconv.FormatFloat(math.Round(*s.Frequency*1e8)/1e6, 'f', -1, 64) + " % of hosts"
}
