package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// portText writes the page of one port for people: the answer in a few
// sentences, then what it rests on, each statement with the number of its source.
func portText(p *report.Page, port *page.Port, sources []page.Source) {
	p.Heading(portTitle(port))
	for _, s := range answer(port) {
		p.Para(0, report.Text(s))
	}
	registrySection(p, port)
	formerSection(p, port)
	socketSection(p, port)
	correctionSection(p, port)
	practiceSection(p, port, sources)
	threatSection(p, port)
	hostSection(p, port)
	rangeSection(p, port)
	relatedSection(p, port)
	checkSection(p, port.Port)
}

func portTitle(port *page.Port) string {
	var names []string
	assigned, ghosts := 0, 0
	for _, t := range port.Transports {
		if len(t.Assignments) > 0 {
			assigned++
		}
		if t.Ghost {
			ghosts++
		}
		for _, a := range t.Assignments {
			if n := cmp.Or(a.Service, a.Description); !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	title := fmt.Sprintf("Port %d", port.Port)
	if len(names) > 0 {
		title += ": " + strings.Join(names, ", ")
	}
	title += " (" + port.Range + " port"
	if ghosts > 0 && ghosts == assigned {
		title += ", ghost"
	}
	return title + ")"
}

// group is transports that say the same, told once.
type group struct {
	names []string
	t     page.Transport
}

func (g group) label() string { return strings.Join(g.names, ", ") }

// groups joins transports of which the registry says the same, places aside;
// alike adds what else must be equal.
func groups(port *page.Port, alike func(a, b page.Transport) bool) []group {
	var all []group
	for _, t := range port.Transports {
		i := slices.IndexFunc(all, func(g group) bool { return sameTransport(g.t, t) && alike(g.t, t) })
		if i < 0 {
			all = append(all, group{t: t})
			i = len(all) - 1
		}
		all[i].names = append(all[i].names, t.Transport.String())
	}
	return all
}

// anyLife joins ghosts with those that are not; sameLife does not.
func anyLife(a, b page.Transport) bool  { return true }
func sameLife(a, b page.Transport) bool { return a.Ghost == b.Ghost }

func sameTransport(a, b page.Transport) bool {
	return a.Status == b.Status && a.Listed == b.Listed &&
		slices.EqualFunc(a.Assignments, b.Assignments, sameAssignment) && len(a.Remarks) == len(b.Remarks)
}

func sameAssignment(a, b page.Assignment) bool {
	return a.Service == b.Service && a.Description == b.Description && a.Assignee == b.Assignee && a.Contact == b.Contact && a.FirstSeen == b.FirstSeen &&
		(a.Restored == nil) == (b.Restored == nil) && deref(a.Notes) == deref(b.Notes) && deref(a.Registered) == deref(b.Registered) && deref(a.UnauthorizedUse) == deref(b.UnauthorizedUse)
}

func deref[T any](v *T) (zero T) {
	if v == nil {
		return zero
	}
	return *v
}

// answer says what the port is in a few sentences.
func answer(port *page.Port) []string {
	all := assignedSentences(port)
	for _, g := range groups(port, anyLife) {
		switch {
		case len(g.t.Assignments) > 0:
		case g.t.Status == registry.Unassigned && len(all) > 0:
			// Said in the registry section; not worth a sentence beside an assignment.
		default:
			all = append(all, statusSentence(port, g))
		}
	}
	if s := lifeSentence(port); s != "" {
		all = append(all, s)
	}
	return all
}

// assignedSentences tells each assignment once, with all transports that have it.
func assignedSentences(port *page.Port) []string {
	type told struct {
		on   []string
		what string
	}
	var all []told
	for _, t := range port.Transports {
		for _, a := range t.Assignments {
			what := assignedSentence(a)
			i := slices.IndexFunc(all, func(x told) bool { return x.what == what })
			if i < 0 {
				all = append(all, told{what: what})
				i = len(all) - 1
			}
			all[i].on = append(all[i].on, t.Transport.String())
		}
	}
	var sentences []string
	for _, x := range all {
		sentences = append(sentences, strings.Join(x.on, ", ")+": "+x.what)
	}
	return sentences
}

func assignedSentence(a page.Assignment) string {
	s := cmp.Or(a.Service, "no service name")
	if a.Description != "" && a.Description != a.Service {
		s += fmt.Sprintf(" (%s)", a.Description)
	}
	if strings.Contains(a.Ports, "-") {
		s += ", one assignment for " + a.Ports
	}
	if a.Assignee != "" {
		s += ", held by " + a.Assignee
	}
	if r := a.Restored; r != nil {
		s += fmt.Sprintf(", held by %s, whom %s named and no newer one does", cmp.Or(r.Contact, r.Assignee), sourceWords(page.Seen{Source: r.Source, Date: r.Date}))
	}
	return s + ", " + since(a) + "." + marks(a.Cite)
}

// since words the first date as the bound that it is.
func since(a page.Assignment) string {
	s := "first listed in " + sourceWords(a.FirstSeen)
	if a.NotYet != nil {
		s += "; not in " + sourceWords(*a.NotYet)
	}
	return s
}

// sourceWords names a source as prose does: "RFC 1700, October 1994".
func sourceWords(s page.Seen) string {
	src, ok := registry.SourceByID(s.Source)
	if !ok {
		return s.Source
	}
	name := strings.Split(src.Title, ",")[0]
	if src.Authority == "IANA" && !strings.HasPrefix(name, "RFC") {
		return src.Authority + "'s edition of " + dateWords(s.Date)
	}
	return name + ", " + dateWords(s.Date)
}

// dateWords writes a date of a source as prose does: "October 1994", "22
// December 2005".
func dateWords(date string) string {
	d, err := registry.ParseDate(date)
	if err != nil || d.Month == 0 {
		return date
	}
	words := fmt.Sprintf("%s %d", time.Month(d.Month), d.Year)
	if d.Day > 0 {
		words = fmt.Sprintf("%d %s", d.Day, words)
	}
	return words
}

func statusSentence(port *page.Port, g group) string {
	switch g.t.Status {
	case registry.Reserved:
		s := g.label() + ": reserved, not to be assigned"
		for _, r := range g.t.Remarks {
			if r.Notes != nil {
				s += " (" + *r.Notes + ")"
				break
			}
		}
		return s + "."
	case registry.Dynamic:
		return "Dynamic ports are never assigned: any program may use this one, and systems hand such ports out to outgoing connections."
	}
	s := g.label() + ": unassigned"
	if port.Run != nil && port.Run.First != port.Run.Last {
		s += fmt.Sprintf(", in the run %d-%d", port.Run.First, port.Run.Last)
	}
	return s + "; most ports are."
}

func lifeSentence(port *page.Port) string {
	var ghosts []string
	for _, t := range port.Transports {
		if t.Ghost {
			ghosts = append(ghosts, t.Transport.String())
		}
	}
	if len(ghosts) == 0 {
		return ""
	}
	return fmt.Sprintf("Ghost on %s: assigned, and no evidence of life held in the %d sources searched.", strings.Join(ghosts, ", "), len(registry.SourcesSearched()))
}

// marks prints citations as " [1] [2]", each source once.
func marks(cites []page.Cite) string {
	var numbers []int
	for _, c := range cites {
		numbers = append(numbers, c.Number)
	}
	slices.Sort(numbers)
	var b strings.Builder
	for _, n := range slices.Compact(numbers) {
		fmt.Fprintf(&b, " [%d]", n)
	}
	return b.String()
}

func registrySection(p *report.Page, port *page.Port) {
	p.Heading("Registry")
	for _, g := range groups(port, anyLife) {
		status := g.t.Status.String()
		if !g.t.Listed {
			status += ", no row"
		}
		p.Para(0, report.Part{Text: g.label(), Style: report.Place}, report.Text("  "+status))
		for i, a := range g.t.Assignments {
			if i > 0 {
				p.Blank()
			}
			p.Pairs(2, assignmentPairs(a)...)
		}
		for _, r := range g.t.Remarks {
			p.Pairs(2, remarkPairs(r)...)
		}
	}
}

// inheritedWords marks a contact that stands behind a later row.
func inheritedWords(contact string, inherited bool) string {
	if contact != "" && inherited {
		return contact + " (printed behind a later row of the source)"
	}
	return contact
}

// restoredWords says who held a port that newer editions give to nobody.
func restoredWords(r *page.Restored) string {
	if r == nil {
		return ""
	}
	return inheritedWords(cmp.Or(r.Contact, r.Assignee), r.ContactInherited) + ": " + places(r.Cite)
}

// earlierWords says how an older source has it: "RFC 1700, October 1994: NEC Corporation, Tomoo Fujita".
func earlierWords(w page.Wording) string {
	said := strings.Trim(w.Description+", "+inheritedWords(w.Contact, w.ContactInherited), ", ")
	return sourceWords(page.Seen{Source: w.Source, Date: w.Date}) + ": " + cmp.Or(said, "the name alone") + marks(w.Cite)
}

func assignmentPairs(a page.Assignment) []report.Pair {
	pairs := []report.Pair{
		report.KV("service", cmp.Or(a.Service, "none")),
		report.KV("also", strings.Join(a.Aliases, ", ")),
		report.KV("ports", onlyRange(a.Ports)),
		report.KV("description", cmp.Or(a.Description, "none")),
		report.KV("assignee", cmp.Or(a.Assignee, "none named")),
		report.KV("contact", cmp.Or(inheritedWords(a.Contact, a.ContactInherited), "none named")),
		report.KV("restored", restoredWords(a.Restored)),
		report.KV("registered", cmp.Or(deref(a.Registered), "the registry gives no date")),
		report.KV("modified", deref(a.Modified)),
		report.KV("first listed", sourceWords(a.FirstSeen)),
		report.KV("last listed", sourceWords(a.LastSeen)),
		report.KV("references", cmp.Or(strings.Join(a.References, ", "), "none")),
		report.KV("notes", deref(a.Notes)),
		report.KV("unauthorised", deref(a.UnauthorizedUse)),
		report.KV("service code", deref(a.ServiceCode)),
		report.KV("as read", deref(a.Remark)),
		report.KV("stands in", somePlaces(a.Cite)),
	}
	for i, w := range a.Earlier {
		name := "earlier"
		if i > 0 {
			name = " "
		}
		pairs = append(pairs, report.KV(name, earlierWords(w)))
	}
	return pairs
}

func onlyRange(ports string) string {
	if strings.Contains(ports, "-") {
		return ports
	}
	return ""
}

func remarkPairs(r page.Remark) []report.Pair {
	return []report.Pair{
		report.KV("says", cmp.Or(r.Description, r.Status)),
		report.KV("notes", deref(r.Notes)),
		report.KV("unauthorised", deref(r.UnauthorizedUse)),
		report.KV("modified", deref(r.Modified)),
		report.KV("references", strings.Join(r.References, ", ")),
		report.KV("as read", deref(r.Remark)),
		report.KV("stands in", places(r.Cite)),
	}
}

// somePlaces is places where an assignment stands in many editions: the first
// two and the last two, and how many more the JSON has.
func somePlaces(cites []page.Cite) string {
	if len(cites) <= 5 {
		return places(cites)
	}
	return fmt.Sprintf("%s; (%d more in --json); %s", places(cites[:2]), len(cites)-4, places(cites[len(cites)-2:]))
}

// places says where rows stand: "[2] page 29, line 1633".
func places(cites []page.Cite) string {
	var all []string
	for _, c := range cites {
		s := fmt.Sprintf("[%d]", c.Number)
		if c.Page > 0 {
			s += fmt.Sprintf(" page %d,", c.Page)
		}
		if c.Line > 0 {
			s += fmt.Sprintf(" line %d", c.Line)
		}
		all = append(all, strings.TrimSuffix(s, ","))
	}
	return strings.Join(all, "; ")
}

func formerSection(p *report.Page, port *page.Port) {
	headed := false
	for _, g := range formerGroups(port) {
		if !headed {
			p.Heading("Earlier")
			headed = true
		}
		a := g.former
		s := cmp.Or(a.Service, "no service name")
		if a.Description != "" {
			s += " (" + a.Description + ")"
		}
		if a.Contact != "" {
			s += ", " + a.Contact
		}
		s += fmt.Sprintf(": listed in %s", sourceWords(a.FirstSeen))
		if a.FirstSeen != a.LastSeen {
			s += " to " + sourceWords(a.LastSeen)
		}
		if a.Gone != nil {
			s += "; gone from " + sourceWords(*a.Gone)
		}
		p.Hang(0, strings.Join(g.names, ", ")+" ", report.Text(s+". "+somePlaces(a.Cite)))
	}
}

type formerGroup struct {
	names  []string
	former page.Assignment
}

func formerGroups(port *page.Port) []formerGroup {
	var all []formerGroup
	for _, t := range port.Transports {
		for _, a := range t.Former {
			i := slices.IndexFunc(all, func(g formerGroup) bool { return sameAssignment(g.former, a) && g.former.LastSeen == a.LastSeen })
			if i < 0 {
				all = append(all, formerGroup{former: a})
				i = len(all) - 1
			}
			all[i].names = append(all[i].names, t.Transport.String())
		}
	}
	return all
}

func practiceSection(p *report.Page, port *page.Port, sources []page.Source) {
	p.Heading("In practice")
	found := false
	for _, t := range port.Transports {
		for _, e := range t.Evidence {
			found = true
			s := e.Name
			if e.Description != "" {
				s += " (" + e.Description + ")"
			}
			if e.Ports != strconv.Itoa(int(port.Port)) {
				s += ", as part of " + e.Ports
			}
			if e.Wide {
				s += ", too wide a range to speak for one port"
			}
			p.Hang(0, t.Transport.String()+" ", report.Text(s+": "+witnessWords(sources, e)+marks(e.Cite)))
		}
	}
	if !found {
		p.Para(0, report.Text("No evidence held that this port is used. Searched:"+marks(searchedCites(sources))+"."))
	}
}

func witnessWords(sources []page.Source, e page.Evidence) string {
	for _, s := range sources {
		if s.ID == e.Source {
			return s.Title
		}
	}
	return e.Source
}

func searchedCites(sources []page.Source) (all []page.Cite) {
	for _, s := range sources {
		if s.Role == string(registry.Witnesses) {
			all = append(all, page.Cite{Number: s.Number})
		}
	}
	return all
}

func hostSection(p *report.Page, port *page.Port) {
	h := port.Host
	if h == nil {
		return
	}
	p.Heading("On this host, now")
	for _, s := range h.Sockets {
		who := "no visible owner"
		if s.Process != nil {
			who = fmt.Sprintf("%s, pid %d, user %s", s.Process.Program, s.Process.PID, cmp.Or(s.Process.User, "unknown"))
			if u := cmp.Or(s.Process.Unit, s.Process.Container); u != "" {
				who += ", " + u
			}
		}
		where := s.Local
		if s.Remote != "" {
			where += " to " + s.Remote
		}
		p.Hang(0, s.Transport+" ", report.Part{Text: where, Style: report.Place},
			report.Text(fmt.Sprintf(" %s: %s. Exposure: %s. Verdict: ", s.State, who, s.Exposure)),
			report.Part{Text: s.Verdict + " (" + s.Severity + ")", Style: report.SeverityStyle(s.Severity)})
	}
	if len(h.Sockets) == 0 && h.Visibility != "unsupported" {
		p.Para(0, report.Text("Nothing holds it."))
	}
	for _, f := range h.Files {
		said := cmp.Or(f.Name, "no name")
		switch {
		case f.Frequency != nil && *f.Frequency == 0:
			said += ", not seen open when Nmap's authors measured"
		case f.Frequency != nil:
			said += fmt.Sprintf(", open on %.2g %% of the hosts that Nmap's authors measured", *f.Frequency*100)
		}
		p.Hang(0, f.Transport+" ", report.Text(fmt.Sprintf("%s: %s, line %d of %s (no part of portolan's data).", said, f.Path, f.Line, f.Modified)))
	}
	for _, n := range h.Notes {
		p.Para(0, report.Part{Text: n, Style: report.Faint})
	}
}

func rangeSection(p *report.Page, port *page.Port) {
	p.Heading("Range")
	words := map[string]string{
		"system":  "System port (0-1023): IANA assigns them by IETF review or IESG approval (RFC 6335).",
		"user":    "User port (1024-49151): IANA assigns them on request (RFC 6335).",
		"dynamic": "Dynamic port (49152-65535): never assigned (RFC 6335).",
	}
	s := words[port.Range]
	if h := port.Host; h != nil && h.UnprivilegedStart != nil {
		if port.Port < *h.UnprivilegedStart {
			s += fmt.Sprintf(" To bind it here a program needs CAP_NET_BIND_SERVICE, since ip_unprivileged_port_start is %d.", *h.UnprivilegedStart)
		} else {
			s += " Any user may bind it here."
		}
		if h.InEphemeral {
			s += " It lies in this host's ephemeral range " + h.Ephemeral + ": an outgoing connection may hold it when a service wants it."
		}
	}
	if port.BrowserBlocked {
		s += " Browsers refuse to fetch from it (WHATWG Fetch, port blocking)."
	}
	p.Para(0, report.Text(s))
}

func relatedSection(p *report.Page, port *page.Port) {
	if len(port.Related) == 0 {
		return
	}
	p.Heading("Related")
	t := &report.Table{Columns: []report.Column{{Header: "port", Align: report.Right}, {Header: "service"}, {Header: "why", Priority: 1, Min: 20}}}
	for _, r := range port.Related {
		t.Rows = append(t.Rows, []report.Cell{{Text: strconv.Itoa(int(r.Port)), Style: report.Place}, report.Text(cmp.Or(r.Service, "(no name)")), report.Text(whyRelated(r))})
	}
	p.Table(t)
}

func whyRelated(r page.Related) string {
	switch r.Reason {
	case "same-service":
		return "the same service" + marks(r.Cite)
	case "secure-twin":
		return "with or without TLS, by its name: " + r.Because + marks(r.Cite)
	case "same-assignee":
		return "same holder: " + r.Because + marks(r.Cite)
	}
	return "next to it" + marks(r.Cite)
}

func checkSection(p *report.Page, port uint16) {
	p.Heading("Check it by hand")
	n := strconv.Itoa(int(port))
	p.Pairs(0, report.KV("Linux", "ss -tulpn 'sport = :"+n+"'"), report.KV("macOS", "sudo lsof -nP -i :"+n),
		report.KV("Windows", "netstat -ano | findstr :"+n))
}

func sourcesSection(p *report.Page, sources []page.Source) {
	p.Heading("Sources")
	for _, s := range sources {
		p.Hang(0, fmt.Sprintf("[%d] ", s.Number), report.Text(s.Title+", "+s.Date+". "), report.Part{Text: s.URL, Style: report.Faint})
	}
}
