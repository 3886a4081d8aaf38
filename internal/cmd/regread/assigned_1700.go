package main

import (
	"regexp"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// RFC 1700 prints contacts in comment lines behind the rows that they belong
// to, without saying how far back they reach. A contact is attached to the row
// before it and to those just above of the same port and of the same keyword or
// description ("gacp 190/tcp", "cacp 190/udp"); the rows
// between the contact before and these inherit it. Nothing is inherited over an
// Unassigned or Reserved line, a ruler ("#PROBLEMS!==="), a document in place of
// a contact ("[RFC1568]") or the head of a section.

// list1700 reads one section.
type list1700 struct {
	rows  []twin.Row
	left  []Reject
	block int  // first row of those waiting for a contact
	open  bool // the last line was a contact of the rows before it: more may follow
	prose bool // the last line was a row or its text: a comment may go on with it
}

func readRFC1700(text []byte) ([]twin.Row, []Reject, error) {
	var rows []twin.Row
	var left []Reject
	for _, section := range sections(paginate(text, "RFC 1700 ")) {
		l := &list1700{}
		for _, line := range section {
			l.line(line)
		}
		mendTwice(l.rows)
		mendContacts(l.rows)
		remarkHalves(l.rows)
		rows, left = append(rows, l.rows...), append(left, l.left...)
	}
	return rows, left, nil
}

func (l *list1700) line(t textLine) {
	body, comment := strings.CutPrefix(t.text, "#")
	if e, ok := splitEntry(body); ok && (!comment || e.keyword == "") {
		l.entry(e, t)
		return
	}
	s := oneLine(body)
	switch {
	case strings.HasPrefix(body, "PROBLEMS!"):
		l.block, l.open, l.prose = len(l.rows), false, false
	case len(l.rows) == 0:
		l.left = append(l.left, Reject{t.line, s, "no row before it"})
	case reference.MatchString(s):
		l.refer(s)
	case max(len(l.rows[len(l.rows)-1].Description), len(l.rows[len(l.rows)-1].Contact)) > longestCell:
		l.left = append(l.left, Reject{t.line, s, "its row's text is too long"})
	case l.prose && !mail.MatchString(s) && startsLower(s):
		last := &l.rows[len(l.rows)-1]
		last.Description = oneLine(last.Description + " " + s)
	case comment:
		l.contact(s)
	default:
		l.left = append(l.left, Reject{t.line, s, "neither a row nor a comment"})
	}
}

func (l *list1700) entry(e entry, t textLine) {
	if l.open {
		l.block, l.open = len(l.rows), false
	}
	// A few descriptions carry the mark of a comment ("# HA cluster heartbeat").
	e.rest = strings.TrimPrefix(e.rest, "# ")
	row, reason := e.row(t)
	if reason != "" {
		l.left = append(l.left, Reject{t.line, oneLine(t.text), reason})
		return
	}
	l.rows = append(l.rows, row)
	l.prose = true
	if row.Status != "assigned" && row.Span.Len() > 0 {
		// A contact behind a status line is that line's own.
		l.block = len(l.rows) - 1
		if n := len(l.rows); n > 1 && l.rows[n-2].Status == row.Status && l.rows[n-2].Span == row.Span {
			l.block = n - 2
		}
	} else if n := len(l.rows); n > 1 && l.rows[n-2].Status != "assigned" {
		l.block = n - 1
	}
}

var (
	reference = regexp.MustCompile(`^\[RFC\s*(\d+)\]$`)
	mail      = regexp.MustCompile(`<[^>]*>?|\([^)]*@[^)]*\)|\S+@\S+|---none---`)
	phone     = regexp.MustCompile(`,?\s*\+?[\d(][\d() -]{6,}$`)
)

func (l *list1700) refer(s string) {
	doc := "RFC " + reference.FindStringSubmatch(s)[1]
	for i := range l.pair() {
		l.rows[len(l.rows)-1-i].References = doc
	}
	l.block, l.open, l.prose = len(l.rows), false, false
}

// pair counts the rows at the end that a comment is attached to.
func (l *list1700) pair() int {
	n := 1
	for last := l.rows[len(l.rows)-1]; n < len(l.rows)-l.block; n++ {
		if r := l.rows[len(l.rows)-1-n]; r.Span != last.Span || !samePair(r, last) {
			break
		}
	}
	return n
}

// samePair: tcp and udp of one service differ in their keyword at times,
// by a letter's case or a misprint.
func samePair(a, b twin.Row) bool {
	return a.Service == b.Service || a.Description != "" && a.Description == b.Description
}

func (l *list1700) contact(s string) {
	name := strings.Trim(withoutAddresses(phone.ReplaceAllString(mail.ReplaceAllString(s, " "), "")), " ,;<>")
	l.prose = false
	l.open = true
	if name == "" {
		return // the address of the line before
	}
	attached := l.pair()
	for i := l.block; i < len(l.rows); i++ {
		r := &l.rows[i]
		if r.Contact != "" {
			r.Contact += "; "
		}
		r.Contact += name
		if i < len(l.rows)-attached {
			r.Via = "inherited"
		}
	}
}
