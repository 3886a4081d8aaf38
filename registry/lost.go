package registry

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/portolan/portolan"
)

// Loss is an assignment that a whole edition made and that the newest no
// longer shows under its name.
type Loss struct {
	Span      portolan.Span
	Transport portolan.Transport
	Life      Tenure // from the first edition that lists it to the last; Gone is the next
	// Now is what stands there today: other assignments, or the row that says
	// reserved or unassigned; empty where no row names the key.
	Now []Assignment
	// Renamed tells that one of Now reads as the same service under another name.
	Renamed bool
	Word    Word
	Quote   string // of today's row, what it says of the loss; "" with Silent
}

// Word is what the newest edition says of a loss.
type Word string

// The words, by how IANA's notes put them.
const (
	DeAssigned Word = "de-assigned" // "De-assigned on 2025-02-13, previously compressnet"
	WasRemoved Word = "removed"     // "This entry has been removed on 2017-05-18."
	Formerly   Word = "formerly"    // "Formerly was Workstation Solutions"
	Deprecated Word = "deprecated"  // "Deprecated June 2004"
	Tombstone  Word = "date-only"   // a row without an assignment that carries a date of change, and no word
	Silent     Word = "nothing"
)

// Words lists all words.
var Words = [...]Word{DeAssigned, WasRemoved, Formerly, Deprecated, Tombstone, Silent}

// wordPatterns are how notes and descriptions tell of a loss. "Historic" alone
// does not: names with an underscore are historic and stand (RFC 6335, 10.1).
var wordPatterns = []struct {
	word Word
	text string
}{
	{DeAssigned, `de-?assigned|de-?registered|released by|previously assigned|returned|historic usage`},
	{WasRemoved, `removed|decomm?iss?ioned`},
	{Formerly, `former|previously|was |renamed|changed (from|name)|replaced`},
	{Deprecated, `deprecated|obsolete|withdrawn`},
}

// Lost returns every assignment that an edition made for a transport and that
// the newest edition, with the names newer than it, no longer shows: by port,
// and a run of ports that were lost alike as one. A name in another spelling of
// case is the same name. Of the ARPANET's sockets all are lost: the newest
// edition does not speak of them.
func Lost(t portolan.Transport) []Loss { return LostIn(portolan.Span{Last: 1<<16 - 1}, t) }

// LostIn returns what [Lost] returns for a span of ports.
func LostIn(s portolan.Span, t portolan.Transport) []Loss {
	var all []Loss
	open := 0 // where the losses of the cell before begin
	for c, span := range cells(s) {
		if !c.hasLost(t) {
			continue
		}
		from, until := open, len(all)
		open = until
		for _, l := range livesOf(c, t) {
			if stillThere(c, t, l) {
				continue
			}
			loss := Loss{Span: span, Transport: t, Life: l, Now: todayOf(c, t)}
			loss.Renamed = slices.ContainsFunc(loss.Now, func(a Assignment) bool { return a.Status() == Assigned && akin(l.Assignment, a) })
			loss.Word, loss.Quote = wordOf(loss.Now)
			if i := slices.IndexFunc(all[from:until], func(o Loss) bool { return o.sameAs(loss) }); i >= 0 {
				all[from+i].Span.Last = span.Last
				open = min(open, from+i)
				continue
			}
			all = append(all, loss)
		}
	}
	return all
}

func (l Loss) sameAs(next Loss) bool {
	return int(l.Span.Last)+1 == int(next.Span.First) && l.Life.Assignment == next.Life.Assignment && slices.Equal(l.Now, next.Now)
}

// hasLost reports whether the cell was ever assigned under a name that today's
// answer does not have. It spares most cells the work of [Lives].
func (c cell) hasLost(t portolan.Transport) bool {
	for r := range c.rows() {
		if r.on(t) && Status(r.status()) == Assigned && !r.current() && !standsToday(c, t, assignment(r)) {
			return true
		}
	}
	return false
}

// standsToday reports whether today's answer has an assignment's name.
func standsToday(c cell, t portolan.Transport, was Assignment) bool {
	for r := range c.rows() {
		if !r.current() {
			return false
		}
		if r.on(t) && Status(r.status()) == Assigned && sameName(assignment(r), was) {
			return true
		}
	}
	return false
}

// stillThere reports whether today's answer rests on one of the life's rows.
func stillThere(c cell, t portolan.Transport, life Tenure) bool {
	return slices.ContainsFunc(todayOf(c, t), func(a Assignment) bool { return slices.Contains(life.Rows, a) })
}

// todayOf returns the rows on which today's answer rests.
func todayOf(c cell, t portolan.Transport) []Assignment {
	var all []Assignment
	for r := range c.rows() {
		if !r.current() {
			break
		}
		if r.on(t) {
			all = append(all, assignment(r))
		}
	}
	return all
}

var (
	wordsOnce  sync.Once
	wordRegexp []*regexp.Regexp // of wordPatterns; written once, under wordsOnce
)

func compileWords() []*regexp.Regexp {
	wordsOnce.Do(func() {
		for _, p := range wordPatterns {
			wordRegexp = append(wordRegexp, regexp.MustCompile(`(?i)\b(?:`+p.text+`)`))
		}
	})
	return wordRegexp
}

// maxQuote bounds what is quoted of a note.
const maxQuote = 120

// wordOf looks for a word of loss in what stands there today.
func wordOf(now []Assignment) (Word, string) {
	for i, p := range compileWords() {
		for _, a := range now {
			for _, text := range [...]string{a.Note(), a.Description(), a.Unauthorized()} {
				if p.MatchString(text) {
					return wordPatterns[i].word, quote(text, p)
				}
			}
		}
	}
	for _, a := range now {
		if a.Status() != Assigned && !a.Modified().IsZero() {
			return Tombstone, "modified " + a.Modified().String()
		}
	}
	return Silent, ""
}

// quote returns the sentence of a text in which the pattern stands.
func quote(text string, p *regexp.Regexp) string {
	at := p.FindStringIndex(text)
	from := strings.LastIndex(text[:at[0]], ". ")
	if from < 0 {
		from = -2
	}
	to := len(text)
	if end := strings.Index(text[at[1]:], ". "); end >= 0 {
		to = at[1] + end
	}
	q := strings.TrimSpace(text[from+2 : to])
	if len(q) > maxQuote {
		q = strings.ToValidUTF8(q[:maxQuote], "") + "…"
	}
	return q
}

// Restored returns the newest holder that an older edition names for an
// assignment whose own row names nobody: 377's stands in RFC 1700 alone. ok is
// false where the row names somebody, or no edition ever did.
func Restored(k portolan.Key, a Assignment) (from Assignment, ok bool) {
	if len(holders(a)) > 0 {
		return Assignment{}, false
	}
	life, found := LifeOf(k, a)
	if !found {
		return Assignment{}, false
	}
	for _, r := range slices.Backward(life.Rows) {
		if len(holders(r)) > 0 {
			return r, true
		}
	}
	return Assignment{}, false
}
