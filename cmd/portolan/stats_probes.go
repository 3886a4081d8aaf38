package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/protocol"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const probesSchema = "portolan.probes/v1"

// probesDocument says how much of the registry can be recognised.
type probesDocument struct {
	Schema      string         `json:"schema"`
	DataVersion string         `json:"data_version"`
	Protocols   []probesRow    `json:"protocols"`
	Coverage    probesCoverage `json:"coverage"`
}

type probesRow struct {
	Protocol  string   `json:"protocol"`
	Title     string   `json:"title"`
	Source    string   `json:"source"` // the document of its grammar
	Over      *string  `json:"over"`   // the protocol that carries it
	Services  []string `json:"services"`
	Questions []string `json:"questions"`
	Server    bool     `json:"server"` // a server's words are recognised
	Client    bool     `json:"client"` // a client's first words are
	Silent    *string  `json:"silent"` // why a server never answers a stranger
}

// probesCoverage counts the registry's services, on TCP and UDP, in the newest edition.
type probesCoverage struct {
	Protocols  int `json:"protocols"`
	Services   int `json:"services"` // assigned names
	Known      int `json:"known"`    // of them, with a recogniser
	Keys       int `json:"keys"`
	KnownKeys  int `json:"known_keys"`
	Alive      int `json:"alive"` // assigned names with evidence of life
	KnownAlive int `json:"known_alive"`
}

// newProbes counts.
func newProbes() *probesDocument {
	d := &probesDocument{Schema: probesSchema, DataVersion: registry.Version(), Protocols: []probesRow{}}
	known := map[string]bool{}
	for _, p := range protocol.Table {
		row := probesRow{Protocol: p.Name, Title: p.Title, Source: p.Source, Over: stated(p.Over), Silent: stated(p.Silent), Server: p.Answer != nil, Client: p.Opening != nil,
			Services: append(append([]string{}, p.Services...), p.TLSServices...), Questions: []string{}}
		for _, q := range p.Questions {
			row.Questions = append(row.Questions, q.Name)
		}
		if p.Answer != nil {
			for _, s := range row.Services {
				known[strings.ToLower(s)] = true
			}
		}
		d.Protocols = append(d.Protocols, row)
	}
	d.Coverage = coverage(known)
	d.Coverage.Protocols = len(d.Protocols)
	return d
}

func coverage(known map[string]bool) probesCoverage {
	var c probesCoverage
	names, alive := map[string]bool{}, map[string]bool{}
	for _, t := range [...]portolan.Transport{portolan.TCP, portolan.UDP} {
		for p := range 1 << 16 {
			k := portolan.Key{Port: uint16(p), Transport: t}
			answer := registry.Lookup(k)
			if answer.Status() != registry.Assigned {
				continue
			}
			c.Keys++
			found := false
			for x := range answer.Rows() {
				name := strings.ToLower(x.Service())
				if name == "" {
					continue
				}
				names[name] = true
				alive[name] = alive[name] || !registry.IsGhost(k)
				found = found || known[name]
			}
			if found {
				c.KnownKeys++
			}
		}
	}
	for name := range names {
		c.Services++
		if known[name] {
			c.Known++
		}
		if alive[name] {
			c.Alive++
			if known[name] {
				c.KnownAlive++
			}
		}
	}
	return c
}

func (d *probesDocument) document() *report.Document {
	return &report.Document{Schema: probesSchema, DataVersion: d.DataVersion, Value: d, Items: each(d.Protocols),
		Columns: []string{"protocol", "title", "over", "services", "questions", "server", "client", "source"}, Rows: d.rows, Text: d.text}
}

func (d *probesDocument) rows(yield func([]string) bool) {
	for _, p := range d.Protocols {
		if !yield([]string{p.Protocol, p.Title, deref(p.Over), strings.Join(p.Services, " "), strings.Join(p.Questions, " "), strconv.FormatBool(p.Server), strconv.FormatBool(p.Client), p.Source}) {
			return
		}
	}
}

func (d *probesDocument) text(p *report.Page) {
	p.Heading("Protocols that are recognised by what is said")
	t := &report.Table{Columns: []report.Column{{Header: "PROTOCOL"}, {Header: "KNOWN FROM", Priority: 1}, {Header: "SERVICES", Priority: 2, Min: 16}, {Header: "SOURCE", Priority: 3, Min: 12}}}
	for _, r := range d.Protocols {
		var from []string
		if r.Server {
			from = append(from, "server")
		}
		if r.Client {
			from = append(from, "client")
		}
		t.Rows = append(t.Rows, []report.Cell{{Text: r.Protocol, Style: report.Place}, report.Text(strings.Join(from, ", ")), report.Text(firstWords(r.Services, 6)), report.Text(r.Source)})
	}
	p.Table(t)
	c := d.Coverage
	p.Heading("Of the registry's services, over TCP and UDP")
	p.Pairs(0,
		report.KV("assigned names", share(c.Known, c.Services)),
		report.KV("with evidence of life", share(c.KnownAlive, c.Alive)),
		report.KV("assigned keys", share(c.KnownKeys, c.Keys)))
	silent := slices.ContainsFunc(d.Protocols, func(r probesRow) bool { return r.Silent != nil })
	if silent {
		p.Heading("Silent by design")
	}
	for _, r := range d.Protocols {
		if r.Silent != nil {
			p.Hang(0, "- ", report.Text(r.Title+": "+*r.Silent))
		}
	}
}

func share(part, whole int) string {
	return fmt.Sprintf("%d of %d have a recogniser (%.1f %%)", part, whole, 100*float64(part)/float64(max(1, whole)))
}

// firstWords are the first n of all, and how many are left.
func firstWords(all []string, n int) string {
	if len(all) <= n {
		return strings.Join(all, " ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:n], " "), len(all)-n)
}
