package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// moment is a day that a command is asked about.
type moment struct {
	Asked string // as typed: a date or the id of an edition
	// Day is the day meant: the last one of a year or a month.
	Day    registry.Date
	Future bool
	// Edition is the newest edition at or before Day, Next the one after it;
	// zero where there is none.
	Edition, Next registry.Source
	// Exact tells that the edition is of the day itself, so that no other day's
	// is needed: by its id, or because its date was asked for.
	Exact bool
}

// moment reads a date, or the id of an edition of the registry.
func (a *app) moment(text string) (moment, error) {
	if s, ok := registry.SourceByID(strings.ToLower(text)); ok {
		return editionMoment(text, s)
	}
	d, err := registry.ParseDate(text)
	if err != nil {
		return moment{}, badDate(text, err)
	}
	m := moment{Asked: text, Day: lastDay(d)}
	m.Edition, m.Next = registry.EditionAt(m.Day)
	m.Exact = m.Edition.Date == d || m.Edition.Date == m.Day
	m.Future = m.Day.String() > a.env.Now().UTC().Format(time.DateOnly)
	return m, nil
}

func editionMoment(text string, s registry.Source) (moment, error) {
	series, _ := registry.EditionAt(registry.Date{Year: 9999})
	if s.Series != series.Series || !s.Whole {
		return moment{}, usage("%s is no edition of the registry: %s", s.ID, s.Title).hint("portolan data sources lists the editions; a date does as well")
	}
	m := moment{Asked: text, Day: lastDay(s.Date), Edition: s, Exact: true}
	for _, t := range everyTransport() {
		for _, e := range registry.Editions(t) {
			if before(s, e) && (m.Next.ID == "" || before(e, m.Next)) {
				m.Next = e
			}
		}
	}
	return m, nil
}

// before orders editions.
func before(a, b registry.Source) bool {
	return cmp.Or(cmp.Compare(a.Date.String(), b.Date.String()), cmp.Compare(a.ID, b.ID)) < 0
}

// everyTransport are the four of today and the ARPANET's sockets, which history has.
func everyTransport() []portolan.Transport {
	return append(slices.Clone(portolan.Transports[:]), portolan.NCP)
}

// lastDay returns the last day that a date can mean.
func lastDay(d registry.Date) registry.Date {
	if d.Month == 0 {
		d.Month = 12
	}
	if d.Day == 0 {
		d.Day = uint8(time.Date(int(d.Year), time.Month(d.Month)+1, 0, 0, 0, 0, 0, time.UTC).Day())
	}
	return d
}

// badDate says what is wrong with a date and what may be meant.
func badDate(text string, err error) error {
	f := usage("%w", err)
	if d := plainDate(text); d != "" {
		return f.hint("did you mean %s?", d)
	}
	return f.hint("a date is 1994, 1994-10 or 2026-08-17; the id of an edition, as rfc1700, does as well")
}

// plainDate writes a date as we read it where only its form is wrong: year
// first, other signs between, or a nought missing. "" where that is no date, or
// where it could be two.
func plainDate(text string) string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("-/. _", r) })
	if len(parts) == 0 || len(parts) > 3 || len(parts[0]) != 4 {
		return ""
	}
	for i, p := range parts {
		if i > 0 && len(p) == 1 {
			parts[i] = "0" + p
		}
	}
	d, err := registry.ParseDate(strings.Join(parts, "-"))
	if err != nil {
		return ""
	}
	return d.String()
}

// words names the day: "1994-12-31, the last day of 1994".
func (m moment) words() string {
	day := m.Day.String()
	if m.Asked == day {
		return day
	}
	if m.Exact {
		return m.Edition.Date.String() // of the edition asked for
	}
	return day + ", the last day of " + m.Asked
}

// momentDocument is the JSON of a moment.
type momentDocument struct {
	Asked   string       `json:"asked"`
	Day     string       `json:"day"`
	Future  bool         `json:"future"`
	Edition *editionCite `json:"edition"`      // null before the first
	Next    *editionCite `json:"next_edition"` // null after the newest
	Exact   bool         `json:"exact"`        // the edition is of that day
}

// editionCite names a source and the date that it speaks for.
type editionCite struct {
	Source string `json:"source"`
	Date   string `json:"date"`
}

func editionOf(s registry.Source) *editionCite {
	if s.ID == "" {
		return nil
	}
	return &editionCite{s.ID, s.Date.String()}
}

func (m moment) document() momentDocument {
	return momentDocument{m.Asked, m.Day.String(), m.Future, editionOf(m.Edition), editionOf(m.Next), m.Exact}
}

// sayMoment tells beside the data what a date was taken for.
func (a *app) sayMoment(m moment) {
	switch {
	case m.Future:
		a.notice("note: " + m.Asked + " is still to come: the newest edition that is held answers, of " + m.Edition.Date.String())
	case m.Asked != m.Day.String() && !m.Exact:
		a.notice("note: " + m.Asked + " is taken for its last day, " + m.Day.String())
	}
}
