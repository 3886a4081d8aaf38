package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// IANA's text file of 2005 goes on with the form of RFC 1700: keyword, number
// and transport, description; contacts in comment lines behind the rows, now
// with a date; numbers that are free in comment lines of their own. The reach
// of a contact is read as in RFC 1700 (assigned_1700.go). A comment without
// text stands where a contact is missing, and ends that reach too.

// textList reads one of the two lists, Well Known and Registered Ports.
type textList struct {
	rows  []twin.Row
	left  []Reject
	block int    // first row of those waiting for a contact
	open  bool   // the last line was a contact: more may follow
	prose bool   // the last line was a row or its text: a comment may go on with it
	note  string // of the rows up to the next contact
	marks []markedLine
}

func readIANAText(text []byte) ([]twin.Row, []Reject, error) {
	var rows []twin.Row
	var left []Reject
	var marks []markedLine
	for _, section := range sections(textLines(text)) {
		l := &textList{}
		for _, line := range section {
			l.line(line)
		}
		mendContacts(l.rows)
		rows, left, marks = append(rows, l.rows...), append(left, l.left...), append(marks, l.marks...)
	}
	rows = markPorts(rows, marks)
	remarkOverlaps(rows)
	for i := range rows {
		for _, t := range rows[i].Texts() {
			*t = withoutAddresses(*t)
		}
	}
	return rows, left, nil
}

// textLines returns the lines that are not blank. The file is in Windows-1252,
// of which it uses Latin-1 and a dash.
func textLines(text []byte) []textLine {
	var all []textLine
	n := 0
	for raw := range strings.Lines(string(text)) {
		n++
		var b strings.Builder
		for _, c := range []byte(raw) {
			if c == 0x96 {
				b.WriteRune('–')
			} else {
				b.WriteRune(rune(c))
			}
		}
		if s := strings.TrimSpace(b.String()); s != "" {
			all = append(all, textLine{text: strings.TrimRight(b.String(), " \t\r\n"), line: n})
		}
	}
	return all
}

// textRow is "ssh  22/tcp  SSH Remote Login Protocol", "info-aps  6400" and,
// behind its #, "4  Unassigned".
var textRow = regexp.MustCompile(`^(\S+)?\s+(\d{1,6})(?:-(\d{1,6}))?(?:/([a-z]+))?(?:\s+(.*))?$`)

func (l *textList) line(t textLine) {
	body, comment := strings.CutPrefix(t.text, "#")
	star := strings.HasPrefix(t.text, "*") // once, for a #
	body = strings.TrimPrefix(body, "*")
	if m := textRow.FindStringSubmatch(body); m != nil && (m[1] == "" || !comment && !star) {
		e := entry{m[1], m[2], m[3], m[4], oneLine(m[5])}
		if star {
			l.entry(e, t, "printed behind a * for a #")
		} else {
			l.entry(e, t, "")
		}
		return
	}
	// One contact stands in its column without the #.
	if comment || strings.HasPrefix(t.text, strings.Repeat(" ", 20)) {
		l.comment(oneLine(body), t)
		return
	}
	l.reject(t, "neither a row nor a comment")
}

func (l *textList) reject(t textLine, reason string) {
	l.left = append(l.left, Reject{t.line, withoutAddresses(t.text), reason})
}

func (l *textList) entry(e entry, t textLine, remark string) {
	row, err := textEntry(e, t)
	if err != nil {
		l.reject(t, err.Error())
		return
	}
	row.Remark = joinNames(remark, row.Remark)
	if l.open {
		l.block, l.open, l.note = len(l.rows), false, ""
	}
	// A free number ends a contact's reach, and has one of its own; not so
	// between the transports of one port ("m3ua 2905/udp De-registered").
	if n := len(l.rows); n > 0 && l.rows[n-1].Span != row.Span && (row.Status != "assigned" || l.rows[n-1].Status != "assigned") {
		l.block = n
	}
	row.Note = l.note
	l.rows = append(l.rows, row)
	if row.Transport == twin.Any && row.Status == "assigned" {
		// As IANA's own pages print these later.
		row.Remark = joinNames(row.Remark, "no transport printed: read as tcp and udp")
		udp := row
		row.Transport, udp.Transport = portolan.TCP, portolan.UDP
		l.rows = append(l.rows[:len(l.rows)-1], row, udp)
	}
	l.prose = true
}

// textEntry makes a row of a line that was taken apart.
func textEntry(e entry, t textLine) (twin.Row, error) {
	number := e.number
	if e.last != "" {
		number += "-" + e.last
	}
	row := twin.Row{Transport: twin.Any, Service: e.keyword, Description: e.rest, Line: t.line}
	var err error
	mended, wrong := misprints[number]
	if !wrong {
		mended = number
	}
	if row.Span, err = portolan.ParseSpan(mended); err != nil {
		return row, err
	}
	if e.transport != "" {
		if row.Transport, err = portolan.ParseTransport(e.transport); err != nil {
			return row, err
		}
	}
	row.Status, row.Remark = textStatus(e.keyword, e.rest)
	if wrong {
		row.Remark = "printed " + number + ", between assigned ports that say what was meant"
	}
	if bareStatus(row.Description) || row.Status == "unassigned" && misspelt(row.Description) {
		row.Description = ""
	}
	if row.Description == "[unauthorized use]" {
		row.Description, row.Unauthorized = "", "unauthorized use"
	}
	if m := added.FindStringSubmatch(row.Description); m != nil {
		row.Registered = dayIn(m[1])
	} else if row.Status != "assigned" {
		row.Modified = dayIn(row.Description)
	}
	return row, nil
}

// misprints are free ranges with a wrong digit. They stand between 18888 and
// 19000, 24554 and 24677.
var misprints = map[string]string{"18889-19899": "18889-18999", "24554-34676": "24555-24676"}

// added is in the description of two rows: "bhoetty (added 5/21/97)".
var added = regexp.MustCompile(`\(added ([\d/]+)\)`)

func misspelt(desc string) bool { return desc == "Unassiged" || desc == "Unassinged" }

// textStatus reads the status out of a description. A number in a comment
// without a word stands among those that nobody has.
func textStatus(keyword, desc string) (status, remark string) {
	switch {
	case keyword == "" && desc == "":
		return "unassigned", "printed without a status: read as unassigned"
	case keyword == "" && misspelt(desc):
		return "unassigned", "printed " + desc
	}
	return ianaStatus(keyword, desc)
}

// remarkOverlaps marks free ranges in which the same list assigns a port.
func remarkOverlaps(rows []twin.Row) {
	for i := range rows {
		free := &rows[i]
		if free.Status != "unassigned" || free.Span.Len() == 1 {
			continue
		}
		var inside []string
		for _, r := range rows {
			if s := r.Span.String(); r.Status == "assigned" && free.Span.Contains(r.Span.First) && !slices.Contains(inside, s) {
				inside = append(inside, s)
			}
		}
		if inside != nil {
			free.Remark = joinNames(free.Remark, "the list assigns "+strings.Join(inside, ", "))
		}
	}
}
