package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// state is what an edition says of a key, in a word: the names that it has, or
// its status where it has none.
type state struct {
	Status   registry.Status `json:"status"`
	Services []string        `json:"services"` // names, or descriptions in quotes; empty unless assigned
}

func (s state) text() string {
	if s.Status == registry.Assigned {
		return strings.Join(s.Services, ", ")
	}
	return s.Status.String()
}

// stretch is a run of editions that say the same.
type stretch struct {
	First editionCite `json:"first"` // the first edition of the run
	Last  editionCite `json:"last"`
	state
}

// track is the life of ports on the transports that share it.
type track struct {
	Span       portolan.Span        `json:"-"`
	Ports      string               `json:"ports"`
	Transports []portolan.Transport `json:"transports"`
	Stretches  []stretch            `json:"stretches"`

	// years has what the last edition of each year says, by year; years without
	// an edition are missing.
	years map[int]state
}

func (t track) key() string {
	var b strings.Builder
	for _, s := range t.Stretches {
		b.WriteString(s.First.Source + " " + s.Last.Source + " " + s.text() + "\n")
	}
	return b.String()
}

// quiet reports whether no edition says anything but that the ports are free.
func (t track) quiet() bool {
	return !slices.ContainsFunc(t.Stretches, func(s stretch) bool {
		return s.Status == registry.Assigned || s.Status == registry.Reserved
	})
}

// trackOf reads the life of a key, from every edition that speaks of its transport.
func trackOf(span portolan.Span, t portolan.Transport) track {
	k := portolan.Key{Port: span.First, Transport: t}
	x := track{Span: span, Ports: span.String(), Transports: []portolan.Transport{t}, Stretches: []stretch{}, years: map[int]state{}}
	editions := registry.Editions(t)
	turns := registry.Turns(k)
	last := ""
	var s state
	for i := range editions {
		e := &editions[i]
		if len(turns) > 0 && turns[0].ID == e.ID {
			turns = turns[1:]
		} else if i > 0 {
			x.years[int(e.Date.Year)] = s
			continue // it says what the one before says
		}
		a, ok := registry.In(k, *e)
		if !ok {
			continue
		}
		s = stateOf(a)
		x.years[int(e.Date.Year)] = s
		if text := s.text(); text != last {
			x.close(editions[:i])
			x.Stretches = append(x.Stretches, stretch{First: *editionOf(*e), state: s})
			last = text
		}
	}
	x.close(editions)
	return x
}

// close ends the newest stretch with the last of the editions before.
func (t *track) close(until []registry.Source) {
	if n := len(t.Stretches); n > 0 {
		t.Stretches[n-1].Last = *editionOf(until[len(until)-1])
	}
}

func stateOf(a registry.Answer) state {
	s := state{a.Status(), []string{}}
	for x := range a.Assignments() {
		if n := called(x); !slices.Contains(s.Services, n) {
			s.Services = append(s.Services, n)
		}
	}
	if len(s.Services) < 2 {
		return s
	}
	slices.SortFunc(s.Services, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return s
}

// tracksOf joins transports that live alike. Those that no edition ever had
// anything to say of are left out, unless all are.
func tracksOf(span portolan.Span, transports []portolan.Transport) []track {
	var all []track
	for _, t := range transports {
		x := trackOf(span, t)
		if x.quiet() {
			continue
		}
		if i := slices.IndexFunc(all, func(o track) bool { return o.key() == x.key() }); i >= 0 {
			all[i].Transports = append(all[i].Transports, t)
			continue
		}
		all = append(all, x)
	}
	return all
}

// The marks of a picture that stand for no name.
const (
	markFree     = '·' // unassigned
	markReserved = 'r'
	markDynamic  = 'd'
	markNoWord   = '~' // a year of which no edition is held
	markSilent   = ' ' // no source speaks of the transport yet, or any more
	markOther    = 'o' // of a service: the port has another name
)

// marks stand for names, in the order in which a picture meets them.
const marks26 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// picture draws tracks over the years, each a line of signs, and explains the signs.
type picture struct {
	first, step, columns int // year of the first column, years in one, how many
	lines                []pictureLine
	legend               []string
}

type pictureLine struct{ label, signs string }

// drawing makes a picture.
type drawing struct {
	picture
	marks   map[string]rune // by the state's text
	order   []string        // in which marks were given
	used    map[rune]bool
	service string // not "": the picture is of a name, and other names are no matter
}

// draw makes a picture of tracks that fits width columns. Where service is
// given, only that name has a mark.
func draw(tracks []track, service string, width int) picture {
	d := drawing{marks: map[string]rune{}, used: map[rune]bool{}, service: service}
	first, last := heldYears()
	label := 0
	for _, t := range tracks {
		label = max(label, report.Width(trackLabel(t, tracks)))
	}
	room := max(10, width-label-2)
	years := last - first + 1
	d.first, d.step = first, (years+room-1)/room
	d.columns = (years + d.step - 1) / d.step
	for _, t := range tracks {
		d.lines = append(d.lines, pictureLine{trackLabel(t, tracks), d.signs(t)})
	}
	d.explain()
	return d.picture
}

// heldYears are those of the first and the newest edition, whatever they speak of.
func heldYears() (first, last int) {
	_, oldest := registry.EditionAt(registry.Date{Year: 1})
	newest, _ := registry.EditionAt(registry.Date{Year: 9999})
	return int(oldest.Date.Year), int(newest.Date.Year)
}

func trackLabel(t track, among []track) string {
	if slices.ContainsFunc(among, func(o track) bool { return o.Span != t.Span }) {
		return t.Ports + " " + on(t.Transports)
	}
	return on(t.Transports)
}

func (d *drawing) signs(t track) string {
	from, to := 9999, 0
	for y := range t.years {
		from, to = min(from, y), max(to, y)
	}
	var b strings.Builder
	for column := range d.columns {
		sign := rune(0)
		for y := d.first + column*d.step; y < d.first+(column+1)*d.step; y++ {
			if s, ok := t.years[y]; ok {
				sign = d.sign(s)
			} else if sign == 0 && from < y && y < to {
				sign = markNoWord
			}
		}
		if sign == 0 {
			sign = markSilent
		}
		d.used[sign] = true
		b.WriteRune(sign)
	}
	return strings.TrimRight(b.String(), " ")
}

func (d *drawing) sign(s state) rune {
	switch s.Status {
	case registry.Unassigned:
		return markFree
	case registry.Reserved:
		return markReserved
	case registry.Dynamic:
		return markDynamic
	}
	text := s.text()
	if d.service != "" {
		i := slices.IndexFunc(s.Services, func(n string) bool { return strings.EqualFold(n, d.service) })
		if i < 0 {
			return markOther
		}
		text = d.service
	}
	text = strings.ToLower(text)
	if m, ok := d.marks[text]; ok {
		return m
	}
	m := '#' // more states than letters
	if n := len(d.order); n < len(marks26) {
		m = rune(marks26[n])
	}
	d.marks[text] = m
	d.order = append(d.order, s.text())
	if d.service != "" {
		d.order[len(d.order)-1] = d.service
	}
	return m
}

// explain writes the legend of the signs that were used.
func (d *drawing) explain() {
	for i, text := range d.order {
		if i < len(marks26) {
			d.legend = append(d.legend, marks26[i:i+1]+" "+text)
		}
	}
	if len(d.order) > len(marks26) {
		d.legend = append(d.legend, "# more names, told below")
	}
	for _, m := range []struct {
		sign rune
		text string
	}{{markOther, "another name"}, {markFree, "unassigned"}, {markReserved, "reserved"}, {markDynamic, "dynamic"}} {
		if d.used[m.sign] {
			d.legend = append(d.legend, string(m.sign)+" "+m.text)
		}
	}
	if d.used[markNoWord] {
		text := "~ no edition of that year is held"
		if from, to := longestHole(); from.ID != "" {
			text += ", and none at all between " + from.Date.String() + " and " + to.Date.String()
		}
		d.legend = append(d.legend, text)
	}
	if d.used[markSilent] {
		d.legend = append(d.legend, "blank: the editions held do not speak of the transport")
	}
}

// longestHole finds the two neighbouring editions that lie farthest apart.
func longestHole() (from, to registry.Source) {
	all := registry.Editions(portolan.TCP)
	longest := 0
	for i := 1; i < len(all); i++ {
		if n := monthsBetween(all[i-1].Date, all[i].Date); n > longest {
			longest, from, to = n, all[i-1], all[i]
		}
	}
	return from, to
}

func monthsBetween(a, b registry.Date) int {
	return 12*(int(b.Year)-int(a.Year)) + int(b.Month) - int(a.Month)
}

// axis writes the years over the columns: the first, each round one that has
// room, and the last.
func (pic picture) axis() string {
	last := pic.first + (pic.columns-1)*pic.step
	line := []byte(strings.Repeat(" ", pic.columns+3))
	put := func(year int) {
		at := (year - pic.first) / pic.step
		text := strconv.Itoa(year)
		if strings.TrimSpace(string(line[max(0, at-1):min(len(line), at+len(text)+1)])) == "" {
			copy(line[at:], text)
		}
	}
	put(pic.first)
	if pic.columns > 12 {
		put(last)
	}
	round := 10
	for round/pic.step < 7 {
		round += 10
	}
	for y := (pic.first/round + 1) * round; y < last; y += round {
		put(y)
	}
	return strings.TrimRight(string(line), " ")
}

// text writes the picture.
func (pic picture) text(p *report.Page) {
	label := 0
	for _, l := range pic.lines {
		label = max(label, report.Width(l.label))
	}
	p.Code(label+2, pic.axis())
	for _, l := range pic.lines {
		p.Code(0, l.label+strings.Repeat(" ", label-report.Width(l.label)+2)+l.signs)
	}
	for _, text := range pic.legend {
		sign, rest, _ := strings.Cut(text, " ")
		if sign == "blank:" {
			p.Para(label+2, report.Part{Text: text, Style: report.Faint})
			continue
		}
		p.Hang(label+2, sign+" ", report.Text(rest))
	}
}

// tracksByPort orders tracks by their first year, then by port.
func tracksByPort(a, b track) int {
	return cmp.Or(cmp.Compare(a.Span.First, b.Span.First), cmp.Compare(a.Span.Last, b.Span.Last))
}
