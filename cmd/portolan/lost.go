package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

const lostSchema = "portolan.lost/v1"

func (a *app) lostCommand() *cobra.Command {
	var words wordsFlag
	var only transportsFlag
	renamed := true
	c := &cobra.Command{
		Use:   "lost [PORT[/TRANSPORT] | RANGE | SERVICE]...",
		Short: "List the assignments that the registry made and no longer shows",
		Long: `Lists every assignment that some edition made and that the newest one no longer
shows under its name: who had the port, from when to when it was listed, what
stands there now, and what the newest edition says of it:

` + lossWordsHelp() + `
Names that today's row reads as another spelling of are in the list, marked as
renamed; --renamed=false leaves them out, --renamed shows only them.

The ARPANET's sockets (transport ncp) are told only where they are asked for: the
registry did not lose them, the network itself was switched off.`,
		Example: `  portolan lost 0-1023
  portolan lost --word nothing --renamed=false
  portolan lost --format csv`,
		Args:              a.checkOutput,
		ValidArgsFunction: completePorts,
		RunE: func(c *cobra.Command, args []string) error {
			keep := lostFilter{words: words.list}
			if c.Flags().Changed("renamed") {
				keep.renamed = &renamed
			}
			return a.lost(args, keep, only.list)
		},
	}
	c.Flags().SortFlags = false
	c.Flags().Var(&words, "word", "only those of which IANA says this, of the words above")
	c.Flags().BoolVar(&renamed, "renamed", renamed, "only those renamed; =false: only the others")
	c.Flags().Lookup("renamed").DefValue = "false" // which help then leaves out
	addTransportFlag(c, &only)
	_ = c.RegisterFlagCompletionFunc("word", cobra.FixedCompletions(strings.Split(lossWords(), ", "), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// lossMeanings are what help says of the words.
var lossMeanings = map[registry.Word]string{
	registry.DeAssigned: "given back, as \"De-assigned on 2025-02-13, previously …\"",
	registry.WasRemoved: "as \"This entry has been removed on 2017-05-18\"",
	registry.Formerly:   "as \"Formerly was Workstation Solutions\"",
	registry.Deprecated: "as \"Deprecated June 2004\"",
	registry.Tombstone:  "a row without an assignment has a date, and no word",
	registry.Silent:     "not a word of what was there",
}

func lossWordsHelp() string {
	var b strings.Builder
	for _, w := range registry.Words {
		fmt.Fprintf(&b, "  %-12s %s\n", w, lossMeanings[w])
	}
	return b.String()
}

func lossWords() string {
	var all []string
	for _, w := range registry.Words {
		all = append(all, string(w))
	}
	return strings.Join(all, ", ")
}

// wordsFlag is --word.
type wordsFlag struct{ list []registry.Word }

func (w *wordsFlag) String() string { return "" }
func (w *wordsFlag) Type() string   { return "WORD,..." }

func (w *wordsFlag) Set(s string) error {
	w.list = nil
	for word := range strings.SplitSeq(s, ",") {
		one := registry.Word(strings.ToLower(strings.TrimSpace(word)))
		if !slices.Contains(registry.Words[:], one) {
			return fmt.Errorf("%q is none of the words: use %s", word, lossWords())
		}
		w.list = append(w.list, one)
	}
	return nil
}

// lostFilter is what was asked for; nil means all.
type lostFilter struct {
	words   []registry.Word
	renamed *bool
}

func (f lostFilter) keeps(l registry.Loss) bool {
	return (f.words == nil || slices.Contains(f.words, l.Word)) && (f.renamed == nil || l.Renamed == *f.renamed)
}

// lostDocument is the JSON of losses.
type lostDocument struct {
	Schema      string               `json:"schema"`
	DataVersion string               `json:"data_version"`
	Query       string               `json:"query"`
	Transports  []portolan.Transport `json:"transports"`
	Edition     editionCite          `json:"edition"` // the newest, which lacks them
	Total       int                  `json:"total"`
	Renamed     int                  `json:"renamed"` // of them
	Words       []wordCount          `json:"words"`
	Losses      []lostAssignment     `json:"losses"`
	Sources     []page.Source        `json:"sources"`

	edition registry.Source
}

type wordCount struct {
	Word   registry.Word `json:"word"`
	Losses int           `json:"losses"`
}

type lostAssignment struct {
	Ports      string               `json:"ports"`
	Transports []portolan.Transport `json:"transports"`
	FirstSeen  editionCite          `json:"first_seen"`
	LastSeen   editionCite          `json:"last_seen"`
	GoneFrom   *editionCite         `json:"gone_from"` // null where no newer edition speaks of the transport
	Was        bookRow              `json:"was"`       // as last listed
	Holder     *bookRow             `json:"holder_named_in"`
	Now        []bookRow            `json:"now"` // the newest edition's rows for the ports
	Renamed    bool                 `json:"renamed"`
	Word       registry.Word        `json:"word"`
	Quote      *string              `json:"quote"`

	first int // port
	was   registry.Assignment
	named registry.Assignment // the newest row of its life that names a holder
	now   []registry.Assignment
}

func (a *app) lost(args []string, keep lostFilter, only []portolan.Transport) error {
	spans, err := a.lostSpans(args, only)
	if err != nil {
		return err
	}
	edition := registry.Lookup(portolan.Key{}).Edition()
	d := &lostDocument{Schema: lostSchema, DataVersion: registry.Version(), Query: strings.Join(args, " "), Transports: []portolan.Transport{},
		Edition: *editionOf(edition), Words: []wordCount{}, Losses: []lostAssignment{}, edition: edition}
	c := &citer{}
	c.Number(edition)
	for _, t := range everyTransport() {
		var list []portolan.Span
		for _, s := range spans {
			if slices.Contains(s.transports, t) {
				list = append(list, s.list...)
			}
		}
		if len(list) == 0 {
			continue
		}
		d.Transports = append(d.Transports, t)
		for _, span := range disjoint(list) {
			for _, l := range registry.LostIn(span, t) {
				if keep.keeps(l) && inService(l, spans) {
					d.add(c, l)
				}
			}
		}
	}
	slices.SortStableFunc(d.Losses, func(x, y lostAssignment) int { return cmp.Compare(x.first, y.first) })
	d.count()
	d.Sources = c.List()
	if err := a.print(d.document()); err != nil {
		return err
	}
	if d.Total == 0 && !slices.ContainsFunc(d.Transports, func(t portolan.Transport) bool { return len(registry.Editions(t)) > 0 }) {
		return fail(exitNo, "no edition that is held speaks of %s", on(d.Transports)).hint("portolan data sources lists the editions")
	}
	if d.Total == 0 {
		return fail(exitNo, "nothing of that was lost on %s: all that any edition assigned there, the newest one shows", on(d.Transports)).hint("portolan history PORT tells what changed besides")
	}
	return nil
}

// lostSpans understands what is asked for. Sockets of the ARPANET are no part
// of all.
func (a *app) lostSpans(args []string, only []portolan.Transport) ([]era, error) {
	if len(args) == 0 {
		transports := portolan.Transports[:]
		if len(only) > 0 {
			transports = only
		}
		return []era{{list: []portolan.Span{{Last: 1<<16 - 1}}, transports: transports}}, nil
	}
	var all []era
	for _, arg := range args {
		s, err := a.historyOf(arg, args, only)
		if err != nil {
			return nil, err
		}
		if !s.query.HasTransport && len(only) == 0 {
			s.transports = portolan.Transports[:]
		}
		all = append(all, s)
	}
	return all, nil
}

// inService reports whether a loss is of a name that was asked for, if its
// ports were asked for by name.
func inService(l registry.Loss, spans []era) bool {
	return slices.ContainsFunc(spans, func(s era) bool {
		return s.query.Service == "" && slices.ContainsFunc(s.list, func(x portolan.Span) bool { return x.Contains(l.Span.First) }) ||
			s.query.Service != "" && strings.EqualFold(s.query.Service, l.Life.Assignment.Service())
	})
}

// add takes a loss into the document, or its transport into that of another.
func (d *lostDocument) add(c *citer, l registry.Loss) {
	was := l.Life.Assignment
	named := registry.Assignment{}
	if heldBy(was) == "" {
		for _, r := range slices.Backward(l.Life.Rows) {
			if heldBy(r) != "" {
				named = r
				break
			}
		}
	}
	for i := range d.Losses {
		o := &d.Losses[i]
		if o.Ports == l.Span.String() && sameRow(o.was, was) && sameRow(o.named, named) && o.FirstSeen.Source == l.Life.First.ID && o.LastSeen.Source == l.Life.Last.ID &&
			o.Renamed == l.Renamed && o.Word == l.Word && slices.EqualFunc(o.now, l.Now, sameRow) {
			o.Transports = append(o.Transports, l.Transport)
			o.Was.Cite = append(o.Was.Cite, c.row(l.Life.Last, was).Cite...)
			return
		}
	}
	x := lostAssignment{Ports: l.Span.String(), Transports: []portolan.Transport{l.Transport}, FirstSeen: *editionOf(l.Life.First), LastSeen: *editionOf(l.Life.Last),
		GoneFrom: editionOf(l.Life.Gone), Was: *c.row(l.Life.Last, was), Now: []bookRow{}, Renamed: l.Renamed, Word: l.Word, Quote: orNull(l.Quote),
		first: int(l.Span.First), was: was, named: named, now: l.Now}
	if !named.IsZero() {
		x.Holder = c.row(named.Last(), named)
	}
	for _, r := range l.Now {
		x.Now = append(x.Now, *c.row(d.edition, r))
	}
	d.Losses = append(d.Losses, x)
}

func (d *lostDocument) count() {
	d.Total = len(d.Losses)
	for _, w := range registry.Words {
		n := 0
		for _, l := range d.Losses {
			if l.Word == w {
				n++
			}
		}
		if n > 0 {
			d.Words = append(d.Words, wordCount{w, n})
		}
	}
	for _, l := range d.Losses {
		if l.Renamed {
			d.Renamed++
		}
	}
}

// standing tells what is there now: names, or the status.
func (l *lostAssignment) standing() string {
	var names []string
	status := "unassigned"
	for _, r := range l.now {
		switch {
		case r.Status() == registry.Assigned:
			names = append(names, called(r))
		case r.Status() == registry.Reserved:
			status = "reserved"
		}
	}
	if len(names) == 0 {
		return status
	}
	return strings.Join(names, ", ")
}

// holder is who held it last, and where that is only known from an older
// edition, which.
func (l *lostAssignment) holder() string {
	if l.named.IsZero() {
		return heldBy(l.was)
	}
	return heldBy(l.named)
}

func (d *lostDocument) document() *report.Document {
	return &report.Document{Schema: lostSchema, DataVersion: d.DataVersion, Value: d, Items: each(d.Losses),
		Columns: []string{"ports", "transports", "service", "description", "holder", "first_seen", "last_seen", "gone_from", "now", "renamed", "word", "quote", "source", "page", "lines"},
		Rows: func(yield func([]string) bool) {
			for i := range d.Losses {
				l := &d.Losses[i]
				where := sideCells(&l.Was)
				if !yield([]string{l.Ports, strings.Join(transportNames(l.Transports), " "), l.Was.Service, l.Was.Description, l.holder(), l.FirstSeen.Date, l.LastSeen.Date,
					dateOf(l.GoneFrom), l.standing(), strconv.FormatBool(l.Renamed), string(l.Word), deref(l.Quote), where[3], where[4], where[5]}) {
					return
				}
			}
		},
		Text: d.text}
}

// maxLost is how many losses are told in full; more become a table.
const maxLost = 12

func (d *lostDocument) text(p *report.Page) {
	if d.Total == 0 {
		return
	}
	p.Heading(count(d.Total, "assignment") + " that the registry made and no longer shows")
	intro := "Compared with " + named(d.edition) + " [1]."
	if d.Renamed > 0 {
		intro += fmt.Sprintf(" %d of them live on there under a name that reads as the same.", d.Renamed)
	}
	p.Para(0, report.Text(intro+" What it says of the losses:"))
	var pairs []report.Pair
	for _, w := range d.Words {
		pairs = append(pairs, report.KV(string(w.Word), fmt.Sprintf("%4d  %s", w.Losses, lossMeanings[w.Word])))
	}
	p.Pairs(2, pairs...)
	if slices.Contains(d.Transports, portolan.NCP) {
		p.Para(0, report.Text("ncp: the registry did not lose the ARPANET's sockets. RFC 790 of September 1981 is the last list that speaks of them; \"nothing\" is no fault here."))
	}
	if d.Total > maxLost {
		d.table(p)
	} else {
		for i := range d.Losses {
			d.Losses[i].text(p)
		}
	}
	if d.Total > maxLost {
		p.Para(0, report.Part{Text: "portolan lost PORT shows one in full, with its places; --json and --format csv all.", Style: report.Faint})
		citedSources(p, d.Sources[:1])
		return
	}
	citedSources(p, d.Sources)
}

func (l *lostAssignment) text(p *report.Page) {
	p.Blank()
	p.Hang(0, l.Ports+" "+on(l.Transports)+"  ", report.Part{Text: called(l.was), Style: report.Strong})
	who := l.holder()
	if l.Holder != nil {
		who += ", not named any more at the end; " + marked(l.Holder.Cite)
	}
	if who == "" {
		who = "nobody named in any edition"
	}
	seen := l.FirstSeen.Date + " to " + l.LastSeen.Date
	if l.FirstSeen == l.LastSeen {
		seen = l.FirstSeen.Date + " only"
	}
	if l.GoneFrom != nil {
		seen += "; gone from " + l.GoneFrom.Date
	}
	var now []report.Pair
	for i, r := range l.now {
		name := "now"
		if i > 0 {
			name = " "
		}
		text := r.Status().String() + saying(r)
		if r.Status() == registry.Assigned {
			text = inFull(r)
		}
		now = append(now, report.KV(name, text+". "+marked(l.Now[i].Cite)))
	}
	if len(now) == 0 {
		now = []report.Pair{report.KV("now", "unassigned, no row. [1]")}
	}
	description := ""
	if l.was.Service() != "" {
		description = l.was.Description()
	}
	pairs := []report.Pair{report.KV("was", description), report.KV("holder", who), report.KV("listed", seen+". "+marked(l.Was.Cite))}
	pairs = append(pairs, now...)
	said := string(l.Word)
	if l.Word == registry.Tombstone {
		said += ": " + deref(l.Quote)
	} else if l.Quote != nil {
		said += ": " + quoted(*l.Quote, "")
	}
	pairs = append(pairs, report.KV("IANA says", said))
	if l.Renamed {
		pairs = append(pairs, report.KV("renamed", "yes, as it reads"))
	}
	p.Pairs(2, pairs...)
}

func (d *lostDocument) table(p *report.Page) {
	p.Blank()
	t := &report.Table{Columns: []report.Column{{Header: "port", Align: report.Right}, {Header: "on"}, {Header: "service", Min: 9}, {Header: "held by", Priority: 3, Min: 8},
		{Header: "listed", Priority: 2}, {Header: "now", Priority: 1, Min: 10}, {Header: "IANA says"}}}
	for i := range d.Losses {
		l := &d.Losses[i]
		now := l.standing()
		if l.Renamed {
			now = "= " + now
		}
		t.Rows = append(t.Rows, []report.Cell{{Text: l.Ports, Style: report.Place}, report.Text(strings.Join(transportNames(l.Transports), ",")), report.Text(called(l.was)), report.Text(l.holder()),
			report.Text(years(l)), report.Text(now), report.Text(string(l.Word))})
	}
	p.Table(t)
	if d.Renamed > 0 {
		p.Para(0, report.Part{Text: "= before a name: it reads as the same service under another name.", Style: report.Faint})
	}
}

// years are those of the first and the last edition that list it.
func years(l *lostAssignment) string {
	if first, last := l.FirstSeen.Date[:4], l.LastSeen.Date[:4]; first != last {
		return first + "-" + last
	}
	return l.FirstSeen.Date[:4]
}
