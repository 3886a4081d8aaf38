package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const citeSchema = "portolan.cite/v1"

func (a *app) citeCommand() *cobra.Command {
	style, accessed, all := "plain", "", false
	c := &cobra.Command{
		Use:   "cite PORT[/TRANSPORT] | SERVICE...",
		Short: "Cite the sources for a port, for papers and tickets",
		Long: `Write citations for what a port is assigned for: the document, its date and
publisher, page and line where it has them, the service, and the version of
portolan's data. By default the oldest place of each assignment of today and the
newest; --all gives every edition that has it. For a port that is not assigned the
edition is cited that shows so.

A date of access stands there only if you give one: the data are in the program,
and were read from texts whose sha256 "portolan data sources" prints.`,
		Example: `  portolan cite 378
  portolan cite 378/tcp --style bibtex >> ports.bib
  portolan cite 80/tcp --style markdown --accessed 2026-11-23`,
		Args:              a.someArgs("a port or a service"),
		ValidArgsFunction: completePorts,
		RunE:              func(_ *cobra.Command, args []string) error { return a.cite(args, style, accessed, all) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.Var(word{&style, "STYLE"}, "style", "plain, bibtex or markdown; JSON has all three")
	fs.BoolVar(&all, "all", false, "every edition that has it, and not the oldest and the newest alone")
	fs.Var(word{&accessed, "DATE"}, "accessed", "when you looked, to be printed with it")
	_ = c.RegisterFlagCompletionFunc("style", cobra.FixedCompletions([]string{"plain", "bibtex", "markdown"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

type citeDocument struct {
	Schema      string     `json:"schema"`
	DataVersion string     `json:"data_version"`
	Query       string     `json:"query"`
	Citations   []citation `json:"citations"`

	style string
}

// citation is one place in one document that speaks of one key.
type citation struct {
	Key         string             `json:"key"` // of the BibTeX entry: portolan-378-tcp-rfc1700
	Port        uint16             `json:"port"`
	Transport   portolan.Transport `json:"transport"`
	Status      registry.Status    `json:"status"`
	Service     string             `json:"service"`
	Description string             `json:"description"`
	Listed      bool               `json:"listed"` // false: it is the absence that is cited
	Source      string             `json:"source"`
	Title       string             `json:"title"`
	Publisher   string             `json:"publisher"`
	Number      *int               `json:"number"` // of an RFC
	Date        string             `json:"date"`
	Page        *int               `json:"page"`
	Line        *int               `json:"line"`
	URL         string             `json:"url"`
	Accessed    *string            `json:"accessed"`
	Plain       string             `json:"plain"`
	BibTeX      string             `json:"bibtex"`
	Markdown    string             `json:"markdown"`

	date registry.Date
}

func (a *app) cite(args []string, style, accessed string, all bool) error {
	if !slices.Contains([]string{"plain", "bibtex", "markdown"}, style) {
		return usage("--style: %q is none: use plain, bibtex or markdown", style)
	}
	if accessed != "" {
		if _, err := registry.ParseDate(accessed); err != nil {
			return usage("--accessed: %w", err)
		}
	}
	subjects, err := a.resolve(args)
	if err != nil {
		return err
	}
	ports := askedPorts(subjects)
	if len(ports) > maxCited {
		return usage("%d ports are too many to cite", len(ports)).hint("give at most %d; portolan list --format csv has the source of each", maxCited)
	}
	d := &citeDocument{Schema: citeSchema, DataVersion: registry.Version(), Query: strings.Join(args, " "), Citations: []citation{}, style: style}
	for _, p := range ports {
		for _, k := range citedKeys(p) {
			d.Citations = append(d.Citations, citeKey(k, all)...)
		}
	}
	d.finish(orNull(accessed))
	return a.print(d.document())
}

// maxCited bounds the ports of one call: X11 has 64.
const maxCited = 64

// citedKeys are the transports that were asked for by name, else those on which
// the port is assigned, else tcp and udp.
func citedKeys(p asked) []portolan.Key {
	if len(p.transports) > 0 {
		return keysOn(p.port, p.transports)
	}
	var on []portolan.Transport
	for _, t := range portolan.Transports {
		if registry.Lookup(portolan.Key{Port: p.port, Transport: t}).Status() == registry.Assigned {
			on = append(on, t)
		}
	}
	if len(on) == 0 {
		on = []portolan.Transport{portolan.TCP, portolan.UDP}
	}
	return keysOn(p.port, on)
}

func keysOn(port uint16, on []portolan.Transport) []portolan.Key {
	var all []portolan.Key
	for _, t := range on {
		all = append(all, portolan.Key{Port: port, Transport: t})
	}
	return all
}

// citeKey cites today's assignments of a key, or the edition in which it has none.
func citeKey(k portolan.Key, all bool) []citation {
	a := registry.Lookup(k)
	var list []citation
	keys := map[string]int{}
	for row := range a.Assignments() {
		life, _ := registry.LifeOf(k, row)
		list = append(list, citeLife(k, life, all, keys)...)
	}
	if len(list) > 0 {
		return list
	}
	c := newCitation(k, a.Status(), registry.Citation{Source: a.Edition()})
	for row := range a.Rows() {
		c = newCitation(k, a.Status(), row.Cite())
		c.Listed, c.Description = true, cmp.Or(row.Note(), row.Description())
		break
	}
	return []citation{c}
}

// citeLife cites the oldest place of an assignment and the newest, or all. The
// keys are given before any is left out, so that one place has the same key
// whatever else is cited. A second assignment of the same port has its name in
// the key; two lines of one document are told by a number.
func citeLife(k portolan.Key, life registry.Tenure, all bool, keys map[string]int) []citation {
	var list []citation
	second := len(keys) > 0
	for _, row := range life.Rows {
		for place := range row.Citations() {
			c := newCitation(k, registry.Assigned, place)
			c.Listed, c.Service, c.Description = true, row.Service(), row.Description()
			if second {
				c.Key += "-" + keyText(cmp.Or(life.Assignment.Service(), life.Assignment.Description()))
			}
			if keys[c.Key]++; keys[c.Key] > 1 {
				c.Key += "-" + strconv.Itoa(keys[c.Key])
			}
			list = append(list, c)
		}
	}
	if !all && len(list) > 2 {
		list = []citation{list[0], list[len(list)-1]}
	}
	return list
}

// keyText keeps what may stand in BibTeX's keys.
func keyText(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.", r) {
			return r
		}
		return '-'
	}, s)
}

func newCitation(k portolan.Key, status registry.Status, at registry.Citation) citation {
	s := at.Source
	c := citation{Port: k.Port, Transport: k.Transport, Status: status, Source: s.ID, Title: s.Title, Publisher: s.Authority, Date: s.Date.String(),
		Page: positive(at.Page), Line: positive(at.Line), URL: s.URL, date: s.Date}
	if n, title, ok := rfcTitle(s.Title); ok {
		c.Number, c.Title, c.Publisher = &n, title, "RFC Editor"
	}
	c.Key = "portolan-" + strconv.Itoa(int(k.Port)) + "-" + k.Transport.String() + "-" + s.ID
	return c
}

// rfcTitle takes "RFC 1700, Assigned Numbers" apart.
func rfcTitle(s string) (number int, title string, ok bool) {
	head, title, found := strings.Cut(s, ", ")
	digits, isRFC := strings.CutPrefix(head, "RFC ")
	number, err := strconv.Atoi(digits)
	return number, title, found && isRFC && err == nil
}

func positive(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}

// finish writes the citations out.
func (d *citeDocument) finish(accessed *string) {
	for i := range d.Citations {
		c := &d.Citations[i]
		c.Accessed = accessed
		c.Plain, c.BibTeX, c.Markdown = c.plain(d.DataVersion), c.bibtex(d.DataVersion), c.markdown(d.DataVersion)
	}
}

func (c *citation) written(style string) string {
	switch style {
	case "bibtex":
		return c.BibTeX
	case "markdown":
		return c.Markdown
	}
	return c.Plain
}

func (d *citeDocument) document() *report.Document {
	return &report.Document{Schema: citeSchema, DataVersion: d.DataVersion, Value: d, Items: each(d.Citations),
		Columns: []string{"key", "port", "transport", "status", "service", "source", "title", "publisher", "number", "date", "page", "line", "url", "accessed", "plain"},
		Rows:    d.rows,
		Text: func(p *report.Page) {
			for i := range d.Citations {
				if i > 0 && d.style == "bibtex" {
					p.Blank()
				}
				// Never wrapped: it is made to be copied.
				p.Code(0, strings.Split(d.Citations[i].written(d.style), "\n")...)
			}
		}}
}

func (d *citeDocument) rows(yield func([]string) bool) {
	for i := range d.Citations {
		c := &d.Citations[i]
		if !yield([]string{c.Key, strconv.Itoa(int(c.Port)), c.Transport.String(), c.Status.String(), c.Service, c.Source, c.Title, c.Publisher,
			numberText(c.Number), c.Date, numberText(c.Page), numberText(c.Line), c.URL, deref(c.Accessed), c.Plain}) {
			return
		}
	}
}

func numberText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
