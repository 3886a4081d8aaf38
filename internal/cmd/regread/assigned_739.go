package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// RFC 739 to 790 print a row as decimal, octal and text, and end it with a
// bracket: numbers of the document's own list ("[1,25]"), and from RFC 776 on
// the initials of a contact behind them ("[5,17,RTB]"). None of them has a
// column of keywords.

var (
	socketTitle = regexp.MustCompile(`^ +ASSIGNED (PORT or )?SOCKET NUMBERS$`)
	octalRow    = regexp.MustCompile(`^ +(\d{1,6})(?:-(\d{1,6}))? +([0-7]{1,6}(?:-[0-7]{1,6})?) +(\S.*)$`)
	startsDigit = regexp.MustCompile(`^ +\d`)
	tableLine   = regexp.MustCompile(`^ {9}\S`)
	tableHead   = regexp.MustCompile(`^ {9}(?:Decimal|-------) `)
	restOfDoc   = regexp.MustCompile(`^ {10}\S`)
)

// groups739 are the heads that stand over the rows of a group.
var groups739 = map[string]bool{
	"Network Standard Functions": true,
	"Host Specific Functions":    true,
	"Reserved for Future Use":    true,
	"Experimental Functions":     true,
}

// list739 reads the section on sockets.
type list739 struct {
	rows, general []twin.Row
	left          []Reject
	lists         lists1340
	inside        bool
	purposes      bool // in the table of what ranges are for
	transport     portolan.Transport
}

func readRFC739(text []byte) ([]twin.Row, []Reject, error) {
	lines := paginate(text, "RFC ")
	l := &list739{lists: endLists739(lines)}
	for _, line := range lines {
		l.line(line)
	}
	remarkTwoLines(l.rows)
	return append(l.general, l.rows...), l.left, nil
}

func (l *list739) line(t textLine) {
	title := strings.TrimSpace(t.text)
	if m := socketTitle.FindStringSubmatch(t.text); m != nil {
		// "PORT or SOCKET": the list is TCP's as well, and no row says which.
		l.inside, l.transport = true, portolan.NCP
		if m[1] != "" {
			l.transport = twin.Any
		}
		return
	}
	switch {
	case strings.HasPrefix(title, "ASSIGNED ") || title == "REFERENCES" || title == "DOCUMENTS":
		l.inside = false
	case !l.inside:
	case title == "General Assignments:":
		l.purposes = true
	case title == "Specific Assignments:":
		l.purposes = false
	case startsDigit.MatchString(t.text):
		l.entry(t)
	case tableLine.MatchString(t.text) && !tableHead.MatchString(t.text) && !groups739[title]:
		l.left = append(l.left, Reject{t.line, oneLine(t.text), "neither a row nor a head"})
	}
}

func (l *list739) entry(t textLine) {
	m := octalRow.FindStringSubmatch(t.text)
	if m == nil {
		l.left = append(l.left, Reject{t.line, oneLine(t.text), "not decimal, octal and text"})
		return
	}
	row, reason := entry{number: m[1], last: m[2], rest: m[4]}.row(t)
	if reason != "" {
		l.left = append(l.left, Reject{t.line, oneLine(t.text), reason})
		return
	}
	row.Transport = l.transport
	l.lists.resolve(&row)
	row.Description = withoutAddresses(row.Description)
	if octal := inOctal(row.Span); octal != m[3] {
		row.Remark = joinNames(row.Remark, "the octal column prints "+m[3]+" for "+octal+": the decimal is read")
	}
	if l.purposes {
		isPurpose(&row)
		l.general = append(l.general, row)
		return
	}
	l.rows = append(l.rows, row)
}

// inOctal writes a span as the octal column does.
func inOctal(s portolan.Span) string {
	if s.First == s.Last {
		return fmt.Sprintf("%o", s.First)
	}
	return fmt.Sprintf("%o-%o", s.First, s.Last)
}

// isPurpose marks a row that says what a range is for and gives it to nobody.
func isPurpose(r *twin.Row) {
	if r.Status == "assigned" {
		r.Status = "unassigned"
	}
	r.Remark = joinNames(r.Remark, "a range's purpose, no assignment")
}

// remarkTwoLines marks a number with two lines: 69 in RFC 770 has CPYNET and
// Trivial File Transfer, and is unassigned besides in RFC 776 and 790. Both
// lines stay as printed.
func remarkTwoLines(rows []twin.Row) {
	for i := 1; i < len(rows); i++ {
		a, b := &rows[i-1], &rows[i]
		if a.Span == b.Span {
			two := a.Span.String() + " is printed on two lines"
			a.Remark, b.Remark = joinNames(a.Remark, two), joinNames(b.Remark, two)
		}
	}
}

// endLists739 reads REFERENCES, which from RFC 776 on are DOCUMENTS and PEOPLE.
// A document's text is put together first: RFC 739 breaks its lines between
// "RFC" and the number.
func endLists739(lines []textLine) lists1340 {
	l := lists1340{map[string]string{}, map[string]string{}}
	texts := map[string]string{}
	part, doc := "", ""
	for _, line := range lines {
		switch title := strings.TrimSpace(line.text); {
		case title == "REFERENCES" || title == "DOCUMENTS" || title == "PEOPLE":
			part = title
		case part == "PEOPLE":
			if m := person.FindStringSubmatch(line.text); m != nil {
				l.people[m[1]] = personName(line.text[len(m[0]):], len(m[0]))
			}
		case part != "":
			if m := document.FindStringSubmatch(line.text); m != nil {
				doc = m[1]
				texts[doc] = m[2]
			} else if restOfDoc.MatchString(line.text) && len(texts[doc]) < longestCell {
				texts[doc] += " " + title
			}
		}
	}
	for doc, text := range texts {
		l.documents[doc] = documentName(text)
	}
	return l
}
