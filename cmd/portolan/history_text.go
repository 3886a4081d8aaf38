package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

func (d *historyDocument) text(p *report.Page) {
	for i := range d.Histories {
		historyText(p, &d.Histories[i])
	}
	citedSources(p, d.Sources)
}

func historyText(p *report.Page, h *portHistory) {
	p.Heading(historyTitle(h))
	if len(h.told) == 0 {
		p.Para(0, report.Text(nothingTold(h)))
		practiceText(p, h)
		return
	}
	p.Para(0, report.Text(historyAnswer(h)))
	p.Blank()
	if len(h.Tracks) > 0 {
		draw(h.Tracks, deref(h.Service), p.Width()).text(p)
	}
	everywhere := sharedTransports(h.told)
	for i, x := range h.told {
		if i == 0 || x.At.ID != h.told[i-1].At.ID || x.Before.ID != h.told[i-1].Before.ID {
			p.Blank()
			p.Para(0, intervalParts(x.Before, x.At)...)
		}
		p.Hang(2, fmt.Sprintf("%-14s", wordFor(h.Changes[i])), report.Text(whereChanged(h, x, everywhere)+whatChanged(x, h.Changes[i])+" "), report.Text(changeCites(x, h.Changes[i])))
	}
	p.Blank()
	explained := "FROM … TO: after the day of the first edition, at or before that of the second."
	if h.Untold > 0 {
		explained = "Left out: " + count(h.Untold, "change") + " of other kinds. " + explained
	}
	p.Para(0, report.Part{Text: explained, Style: report.Faint})
	practiceText(p, h)
}

func historyTitle(h *portHistory) string {
	if h.Service != nil {
		return "History of the name " + *h.Service
	}
	if strings.Contains(h.Ports[0], "-") {
		return "History of ports " + h.Query
	}
	s := "History of port " + h.Query
	for _, t := range h.Tracks {
		if now := t.Stretches[len(t.Stretches)-1]; now.Status == registry.Assigned && now.Last.Source == registry.Lookup(portolan.Key{}).Edition().ID {
			return s + ", today " + now.text()
		}
	}
	return s
}

// historyAnswer says in a sentence or two how it went and where it ended.
func historyAnswer(h *portHistory) string {
	s := count(len(h.told)+h.Untold, "change")
	if t := sharedTransports(h.told); len(t) > 0 {
		s += " on " + on(t)
	}
	first, last := h.told[0], h.told[len(h.told)-1]
	s += ", first " + interval(first.Before, first.At)
	if last.At.ID != first.At.ID {
		s += ", last " + interval(last.Before, last.At)
	}
	if h.Service == nil {
		return s + "."
	}
	return fmt.Sprintf("%s. Ports that ever had the name: %s.", s, strings.Join(h.Ports, ", "))
}

// nothingTold says why there is no change to tell.
func nothingTold(h *portHistory) string {
	first, last := registry.Source{}, registry.Source{}
	n := 0
	for _, t := range h.transports {
		e := registry.Editions(t)
		if len(e) == 0 {
			continue
		}
		n = max(n, len(e))
		if first.ID == "" || before(e[0], first) {
			first = e[0]
		}
		if last.ID == "" || before(last, e[len(e)-1]) {
			last = e[len(e)-1]
		}
	}
	searched := "No edition of the registry is held that speaks of " + on(h.transports) + "."
	if n > 0 {
		searched = fmt.Sprintf("Searched: the %d editions of the registry that are held, from %s of %s to that of %s; \"portolan data sources\" lists them.",
			n, strings.Split(first.Title, ",")[0], first.Date, last.Date)
	}
	switch {
	case h.Untold > 0:
		return count(h.Untold, "change") + " of other kinds than those asked for, and none of those."
	case h.Service != nil && len(h.Ports) == 0:
		return "No edition ever gave a port to this name. " + searched
	}
	return "Nobody ever held it: no edition assigned or reserved it on " + onAny(h.transports) + ". " + searched
}

// sharedTransports returns the transports that all changes are of, nil where
// they differ.
func sharedTransports(told []change) []portolan.Transport {
	for _, x := range told {
		if !slices.Equal(x.transports(), told[0].transports()) {
			return nil
		}
	}
	return told[0].transports()
}

// interval words the bounds of a change's date.
func interval(before, at registry.Source) string {
	if before.ID == "" {
		return "at or before " + at.Date.String()
	}
	return before.Date.String() + " … " + at.Date.String()
}

// longHole is from how many months without an edition a timeline says so.
const longHole = 36

func intervalParts(before, at registry.Source) []report.Part {
	parts := []report.Part{{Text: interval(before, at), Style: report.Place}}
	switch n := monthsBetween(before.Date, at.Date); {
	case before.ID == "":
		parts = append(parts, report.Part{Text: " (the first edition held that speaks of it)", Style: report.Faint})
	case n >= longHole:
		parts = append(parts, report.Part{Text: fmt.Sprintf(" (a hole of %d years: no edition between is held)", (n+6)/12), Style: report.Faint})
	}
	return parts
}

// wordFor is a change's kind for people. A name that left for another port has moved.
func wordFor(d changeDocument) string {
	if d.MovedTo != nil {
		return "moved"
	}
	return strings.ReplaceAll(string(d.Kind), "-", " ")
}

// whereChanged names ports and transports where they are not those of all.
func whereChanged(h *portHistory, x change, everywhere []portolan.Transport) string {
	var where []string
	if h.Service != nil || len(h.Ports) != 1 || x.Span.String() != h.Ports[0] {
		where = append(where, x.Span.String())
	}
	if everywhere == nil {
		where = append(where, on(x.transports()))
	}
	if len(where) == 0 {
		return ""
	}
	return "(" + strings.Join(where, " ") + ") "
}

// maxText bounds what a page quotes of a note; the JSON has all of it.
const maxText = 160

func short(s string) string {
	if r := []rune(s); len(r) > maxText {
		return string(r[:maxText-1]) + "…"
	}
	return s
}

// quoted is a text in quotes, or what there is instead.
func quoted(s, none string) string {
	if s == "" {
		return none
	}
	return "\"" + short(strings.TrimSuffix(s, ".")) + "\""
}

// whatChanged words a change as from → to.
func whatChanged(x change, d changeDocument) string {
	from, to := x.From, x.To
	both := func(a, b string) string { return called(to) + ": " + a + " → " + b + "." }
	switch x.Kind {
	case registry.Listed:
		return inFull(to) + "."
	case registry.Removed:
		return removedWords(x, d)
	case registry.Renamed:
		return called(from) + " → " + inFull(to) + "."
	case registry.Reassigned:
		return inFull(from) + " → " + inFull(to) + "."
	case registry.Ranged:
		return both(from.Span().String(), to.Span().String())
	case registry.HolderKind, registry.HolderLost, registry.HolderNamed:
		return both(cmp.Or(allHolders(from), "nobody named"), cmp.Or(allHolders(to), "nobody named"))
	case registry.Described:
		return both(quoted(from.Description(), "no description"), quoted(to.Description(), "none"))
	case registry.Noted:
		if from.Note() == to.Note() {
			return called(to) + ", unauthorised use: " + quoted(from.Unauthorized(), "no word") + " → " + quoted(to.Unauthorized(), "no word") + "."
		}
		return both(quoted(from.Note(), "no note"), quoted(to.Note(), "none"))
	case registry.Referenced:
		return both(cmp.Or(short(strings.Join(from.References(), ", ")), "no reference"), cmp.Or(short(strings.Join(to.References(), ", ")), "none"))
	case registry.Dated:
		return both(datesOf(from), datesOf(to))
	case registry.ReservedNow:
		if x.Before.ID == "" {
			return "reserved" + saying(to) + "."
		}
		return "unassigned → reserved" + saying(to) + "."
	case registry.Released:
		return "reserved" + saying(from) + " → unassigned" + saying(to) + "."
	}
	return both(inFull(from), inFull(to))
}

// allHolders names assignee and contact.
func allHolders(x registry.Assignment) string {
	who, contact := heldBy(x), x.Contact()
	if contact != "" && contact != who && !strings.HasPrefix(contact, "[") {
		return who + " (contact " + contact + ")"
	}
	return who
}

func datesOf(x registry.Assignment) string {
	var all []string
	if d := x.Registered().String(); d != "" {
		all = append(all, "registered "+d)
	}
	if d := x.Modified().String(); d != "" {
		all = append(all, "modified "+d)
	}
	return cmp.Or(strings.Join(all, ", "), "no date")
}

// saying adds the words of a row that assigns nothing.
func saying(x registry.Assignment) string {
	text := cmp.Or(x.Note(), x.Description())
	if text == "" || strings.EqualFold(text, x.Status().String()) {
		return ""
	}
	return ", " + quoted(text, "")
}

// removedWords tells what became of an assignment, and what the registry says of it.
func removedWords(x change, d changeDocument) string {
	s := inFull(x.From) + " → "
	switch {
	case d.MovedTo != nil:
		s += "now on " + *d.MovedTo
	case x.To.IsZero():
		s += "no row"
	default:
		s += x.To.Status().String() + saying(x.To)
	}
	if d.Word != nil && *d.Word == registry.Tombstone {
		s += ". The newest edition has a date there and no word: " + deref(d.Quote)
	} else if q := deref(d.Quote); q != "" && !strings.Contains(s, strings.TrimSuffix(q, ".")) {
		s += ". The newest edition says " + quoted(q, "")
	} else if d.Word != nil && *d.Word == registry.Silent {
		s += ". The newest edition says nothing of it"
	}
	return s + "."
}

// changeCites cites both sides: "[1] page 3, line 7 → [2]".
func changeCites(x change, d changeDocument) string {
	from, to := marked(citesOf(d.From)), marked(citesOf(d.To))
	switch {
	case d.From == nil && x.Before.ID != "":
		return fmt.Sprintf("Not in [%d]; %s", d.after, to)
	case d.From == nil:
		return to
	case d.To == nil:
		return fmt.Sprintf("%s; not in [%d]", from, d.by)
	}
	return from + " → " + to
}

func onAny(transports []portolan.Transport) string {
	if len(transports) == len(everyTransport()) {
		return "any transport"
	}
	return on(transports)
}

// practiceText says in a line or two for each name who uses it.
func practiceText(p *report.Page, h *portHistory) {
	if len(h.Practice) == 0 {
		return
	}
	p.Heading("In practice")
	var names []string
	words := map[string][]string{}
	for i, x := range h.Practice {
		name := strings.ToLower(x.Name)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		// The ports of one witness are told together, by the first of them.
		first := slices.IndexFunc(h.Practice, func(y practice) bool { return alikeWitnessed(x, y) })
		if first < i {
			continue
		}
		all := slices.DeleteFunc(slices.Clone(h.Practice), func(y practice) bool { return !alikeWitnessed(x, y) })
		words[name] = append(words[name], witnessed(h, all))
	}
	for _, n := range names {
		p.Hang(2, n+": ", report.Text(strings.Join(words[n], "; ")))
	}
}

func alikeWitnessed(x, y practice) bool {
	return strings.EqualFold(x.Name, y.Name) && x.First == y.First && x.Last == y.Last && slices.Equal(x.Transports, y.Transports) && x.wide == y.wide
}

// touching joins spans that follow each other.
func touching(list []portolan.Span) []portolan.Span {
	var all []portolan.Span
	for _, s := range disjoint(list) {
		if n := len(all); n > 0 && int(all[n-1].Last)+1 == int(s.First) {
			all[n-1].Last = s.Last
			continue
		}
		all = append(all, s)
	}
	return all
}

// witnessed names a witness, with the dates of its editions where it has
// several, and what it uses the name for.
func witnessed(h *portHistory, all []practice) string {
	x := all[0]
	s := x.authority
	if x.First.Source != x.Last.Source {
		s += " " + x.First.Date + " to " + x.Last.Date
	}
	var spans []portolan.Span
	var cites []page.Cite
	for _, y := range all {
		s, _ := portolan.ParseSpan(y.Ports)
		spans, cites = append(spans, s), append(cites, y.Cite...)
	}
	var ports []string
	for _, s := range touching(spans) {
		ports = append(ports, s.String())
	}
	if h.Service == nil && !x.wide && len(h.Ports) == 1 && len(ports) == 1 && ports[0] == h.Ports[0] {
		ports = nil
	}
	s += " (" + strings.Join(ports, ", ")
	if len(ports) > 0 {
		s += " "
	}
	s += on(x.Transports)
	if x.wide {
		s += ", too wide to speak for one port"
	}
	if x.Former {
		s += ", gone from the next edition"
	}
	if len(cites) > 3 {
		cites = []page.Cite{{Number: x.Cite[0].Number}}
	}
	return s + ") " + marked(cites)
}
