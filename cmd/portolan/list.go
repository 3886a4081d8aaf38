package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const listSchema = "portolan.list/v1"

// listFlags are the filters as typed.
type listFlags struct {
	status, ranges, transport, holder, year, at string
	ghost, count                                bool
	limit                                       int
}

func (a *app) listCommand() *cobra.Command {
	f := listFlags{limit: screenful}
	c := &cobra.Command{
		Use:   "list [PORT[/TRANSPORT] | RANGE | SERVICE]...",
		Short: "List the registry as a table, of today or of any date",
		Long: `List the registry: a line for each assignment, and for ports that are not
assigned what else is said of them. Transports and ports of which the same is
said share a line. sctp and dccp, on which little is assigned, are shown only
where they are assigned or reserved, unless they are asked for by name.

--at DATE lists the newest edition of or before that date; what changed between
it and the next is known of neither. --year finds assignments that were
registered in that year, and those without a registration date that are first
listed in an interval between two editions that lies within the year; the column
"by" says which. An interval that crosses a year's end places nothing.

--count prints how many ports, keys (a port on a transport), names and lines
there are.`,
		Example: `  portolan list 6000-7000
  portolan list --status assigned --holder "nec corp"
  portolan list --at 1995 --range system --format csv
  portolan list --year 2019 --transport udp
  portolan list --status assigned --transport tcp --count`,
		Args:              a.checkOutput,
		ValidArgsFunction: completePorts,
		RunE: func(c *cobra.Command, args []string) error {
			if !c.Flags().Changed("limit") && !a.env.OutTerminal {
				f.limit = 0
			}
			return a.list(args, f)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.Var(word{&f.status, "STATUS"}, "status", "assigned, reserved, unassigned or dynamic; several with commas")
	fs.Var(word{&f.ranges, "RANGE"}, "range", "system, user or dynamic; several with commas")
	fs.Var(word{&f.transport, "TRANSPORT"}, "transport", "tcp, udp, sctp or dccp; several with commas")
	fs.Var(word{&f.holder, "TEXT"}, "holder", "the assignee or the contact holds this, in any case")
	fs.Var(word{&f.year, "YYYY"}, "year", "registered, or first listed, in this year")
	fs.BoolVar(&f.ghost, "ghost", false, "assigned, and no evidence of life held")
	fs.Var(word{&f.at, "DATE"}, "at", "as of a date: YYYY, YYYY-MM or YYYY-MM-DD")
	fs.BoolVar(&f.count, "count", false, "how many, instead of the lines")
	fs.IntVarP(&f.limit, "limit", "n", f.limit, "how many lines to show, 0 for all; into a pipe or a file all")
	for flag, words := range map[string][]string{"status": {"assigned", "reserved", "unassigned", "dynamic"},
		"range": {"system", "user", "dynamic"}, "transport": {"tcp", "udp", "sctp", "dccp"}} {
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	return c
}

// screenful is how many lines of a long list a terminal gets unasked.
const screenful = 50

func (a *app) list(args []string, f listFlags) error {
	x, err := a.lister(args, f)
	if err != nil {
		return err
	}
	if f.at != "" && !a.showsEditions() {
		for _, e := range x.editions {
			a.notice("note: " + e.words())
		}
	}
	if err := a.print(x.document(f)); err != nil {
		return err
	}
	switch {
	case x.total.Lines == 0:
		return fail(exitNo, "nothing in the list is so").hint("%s", x.emptyHint(f))
	case f.count:
	case x.shown < x.total.Lines:
		a.notice(fmt.Sprintf("%d of %d lines shown; --limit 0 shows all", x.shown, x.total.Lines))
	}
	if f.year != "" && x.unplaced > 0 {
		a.notice(fmt.Sprintf("%s more may have begun in %s: they have no registration date, and the two editions between which they are first listed are of different years", count(x.unplaced, "key"), f.year))
	}
	return nil
}

// showsEditions reports whether the format has room for the editions that a
// list rests on; beside the others they are a notice.
func (a *app) showsEditions() bool {
	return a.json || a.format == string(report.FormatTable) || a.format == string(report.FormatJSON)
}

func (x *lister) emptyHint(f listFlags) string {
	switch {
	case f.year != "" && x.unplaced > 0:
		return fmt.Sprintf("%s may have begun in %s, but the editions between which they are first listed are of different years", count(x.unplaced, "key"), f.year)
	case f.holder != "":
		return "portolan search " + quoteIfNeeded(f.holder) + " looks in all fields and in former assignments"
	}
	return "portolan list --help explains the filters"
}

// lister reads the flags.
func (a *app) lister(args []string, f listFlags) (*lister, error) {
	x := &lister{holder: strings.ToLower(f.holder), ghost: f.ghost, limit: f.limit, names: map[string]bool{}}
	if f.limit < 0 {
		return nil, usage("--limit %d: how many lines to show, 0 for all", f.limit)
	}
	if f.ghost && f.at != "" {
		return nil, usage("--ghost and --at contradict each other: a ghost is a statement about today").hint("portolan list --ghost")
	}
	var err error
	if x.statuses, err = oneOf("status", f.status, registry.Assigned, registry.Reserved, registry.Unassigned, registry.Dynamic); err != nil {
		return nil, err
	}
	if x.ranges, err = oneOf("range", f.ranges, portolan.System, portolan.User, portolan.Dynamic); err != nil {
		return nil, err
	}
	asked, err := oneOf("transport", f.transport, portolan.TCP, portolan.UDP, portolan.SCTP, portolan.DCCP, portolan.NCP)
	if err != nil {
		return nil, err
	}
	if x.year, err = yearOf(f.year); err != nil {
		return nil, err
	}
	if err := x.ask(a, args); err != nil {
		return nil, err
	}
	return x, x.open(f.at, asked)
}

// oneOf reads words that stand for values, commas between them; none is all.
func oneOf[T interface {
	comparable
	fmt.Stringer
}](flag, text string, values ...T) ([]T, error) {
	if text == "" {
		return nil, nil
	}
	var all []T
	for name := range strings.SplitSeq(text, ",") {
		i := slices.IndexFunc(values, func(v T) bool { return strings.EqualFold(v.String(), strings.TrimSpace(name)) })
		if i < 0 {
			return nil, usage("--%s: %q is none: use %s", flag, name, oneOfWords(values))
		}
		all = append(all, values[i])
	}
	return all, nil
}

func oneOfWords[T fmt.Stringer](values []T) string {
	var words []string
	for _, v := range values {
		words = append(words, v.String())
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func yearOf(text string) (int16, error) {
	if text == "" {
		return 0, nil
	}
	d, err := registry.ParseDate(text)
	if err != nil || d.Month != 0 {
		return 0, usage("--year: %q is no year: write YYYY", text)
	}
	return d.Year, nil
}

// ask notes which keys the arguments name. None: all.
func (x *lister) ask(a *app, args []string) error {
	if len(args) == 0 {
		return nil
	}
	x.only = make([]uint8, 1<<16)
	subjects, err := a.resolve(x.askSockets(args))
	for _, s := range subjects {
		for _, k := range s.Keys {
			bits := uint8(1) << k.Transport
			if s.HasTransport {
				x.named |= bits
			} else if s.Service == "" {
				bits = allTransports
			}
			x.mark(k.Span, bits)
		}
	}
	return err
}

// askSockets takes the ARPANET's sockets ("1/ncp") out of the arguments: no
// other command knows them, since no host has them today.
func (x *lister) askSockets(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		q, err := portolan.ParseQuery(arg)
		if err != nil || q.Service != "" || !q.HasTransport || q.Transport != portolan.NCP {
			return false
		}
		x.named |= 1 << portolan.NCP
		x.mark(q.Span, 1<<portolan.NCP)
		return true
	})
}

func (x *lister) mark(s portolan.Span, bits uint8) {
	for p := int(s.First); p <= int(s.Last); p++ {
		x.only[p] |= bits
	}
}

const allTransports = 0xff

// open finds the edition for each transport.
func (x *lister) open(at string, asked []portolan.Transport) error {
	for _, t := range asked {
		x.named |= 1 << t
	}
	if at == "" {
		if x.named&(1<<portolan.NCP) != 0 {
			return usage("ncp: the ARPANET's sockets are of the past").hint("portolan list --transport ncp --at 1980")
		}
		x.today(asked)
		return nil
	}
	d, err := registry.ParseDate(at)
	if err != nil {
		return usage("--at: %w", err)
	}
	return x.past(d, asked)
}

func (x *lister) today(asked []portolan.Transport) {
	x.transports = asked
	if len(asked) == 0 {
		x.transports = portolan.Transports[:]
	}
	x.answer = registry.Lookup
	x.editions = []edition{listedEdition(registry.Lookup(portolan.Key{}), x.transports, "")}
}

// past finds the edition that each transport has at a date. Unless asked for,
// those that the newest of them does not speak of are left out: the ARPANET's
// sockets are not of 2005.
func (x *lister) past(d registry.Date, asked []portolan.Transport) error {
	x.answer = func(k portolan.Key) registry.Answer { a, _ := registry.At(k, d); return a }
	newest := newestEdition(d)
	if newest.ID == "" {
		return fail(exitNotFound, "no edition that is held is of %s or before", d).hint("portolan data sources lists what is held")
	}
	for t := portolan.TCP; t <= portolan.NCP; t++ {
		a, ok := registry.At(portolan.Key{Transport: t}, d)
		wanted := x.named&(1<<t) != 0 || len(asked) == 0 && newest.Covers(t)
		if !wanted || !ok {
			continue
		}
		x.transports = append(x.transports, t)
		if n := len(x.editions); n > 0 && x.editions[n-1].source.ID == a.Edition().ID {
			x.editions[n-1].Transports = append(x.editions[n-1].Transports, t)
			continue
		}
		x.editions = append(x.editions, listedEdition(a, []portolan.Transport{t}, d.String()))
	}
	if len(x.transports) == 0 {
		return fail(exitNotFound, "no edition of %s or before speaks of %s", d, cmp.Or(transportWords(asked), "that")).hint("portolan list --at %s lists what there is", d)
	}
	return nil
}

// newestEdition returns the newest edition of any transport at a date.
func newestEdition(d registry.Date) (newest registry.Source) {
	sources := registry.Sources()
	best := -1
	for t := portolan.TCP; t <= portolan.NCP; t++ {
		if a, ok := registry.At(portolan.Key{Transport: t}, d); ok {
			id := a.Edition().ID
			if i := slices.IndexFunc(sources, func(s registry.Source) bool { return s.ID == id }); i > best {
				best, newest = i, sources[i]
			}
		}
	}
	return newest
}

func transportWords(list []portolan.Transport) string {
	var words []string
	for _, t := range list {
		words = append(words, t.String())
	}
	return strings.Join(words, ", ")
}

// edition is a whole edition that a list rests on.
type edition struct {
	ID         string               `json:"id"`
	Title      string               `json:"title"`
	Date       string               `json:"date"`
	Transports []portolan.Transport `json:"transports"`
	// Next is the edition after it: what changed between the two is of neither.
	Next *sourceDate `json:"next"`
	// Newer are the lists newer than the edition that add names to it.
	Newer []sourceDate `json:"newer"`

	asked  string
	source registry.Source
}

// sourceDate is a source and the date that it speaks for.
type sourceDate struct {
	Source string `json:"source"`
	Date   string `json:"date"`
}

func sourceDateOf(s registry.Source) sourceDate { return sourceDate{s.ID, s.Date.String()} }

func sourceDateOrNull(s registry.Source) *sourceDate {
	if s.ID == "" {
		return nil
	}
	d := sourceDateOf(s)
	return &d
}

func listedEdition(a registry.Answer, on []portolan.Transport, asked string) edition {
	s := a.Edition()
	e := edition{ID: s.ID, Title: s.Title, Date: s.Date.String(), Transports: on, Newer: []sourceDate{}, asked: asked, source: s}
	if next, ok := a.Gap(); ok {
		e.Next = sourceDateOrNull(next)
		return e
	}
	if s.ID != registry.Lookup(portolan.Key{}).Edition().ID {
		return e // the last that speaks of its transport, long ago
	}
	for _, n := range registry.Sources() {
		if n.Role == registry.Assigns && !n.Whole && n.Date.String() > e.Date {
			e.Newer = append(e.Newer, sourceDateOf(n))
		}
	}
	return e
}

// words names the edition as the line on top does.
func (e edition) words() string {
	s := e.Title + ", " + e.Date
	for _, n := range e.Newer {
		s += "; names newer than it: " + n.Source
	}
	if e.asked != "" {
		s = "as of " + e.asked + ", " + transportWords(e.Transports) + ": " + s
	}
	if e.Next != nil {
		s += "; the next edition held is of " + e.Next.Date
	}
	return s
}

func (x *lister) document(f listFlags) *report.Document {
	d := &report.Document{Schema: listSchema, DataVersion: registry.Version(), Value: x, Items: x.items, Columns: listColumns, Rows: x.cells, Text: x.text}
	if f.count {
		x.onlyCount = true
		d.Columns, d.Text = []string{"ports", "keys", "names", "lines"}, x.countText
		d.Items, d.Rows = func(yield func(any) bool) { x.count(); yield(x.total) }, func(yield func([]string) bool) {
			x.count()
			yield(x.total.cells())
		}
	}
	return d
}
