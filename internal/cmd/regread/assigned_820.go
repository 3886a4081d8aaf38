package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// RFC 820 to 1060 have one section on ports: a title, prose, a table. RFC 820
// and 870 print a row as decimal, octal and description, and end it with the
// same bracket as RFC 1340: numbers of DOCUMENTS, initials out of PEOPLE. No row
// names a transport: the prose says that the ports are TCP's and, "to the
// extent possible", UDP's.

var (
	rowOctal820 = regexp.MustCompile(`^ +(\d{1,6})(?:-(\d{1,6}))? +([0-7]{1,6}(?:-[0-7]{1,6})?) +(\S.*)$`)
	head820     = regexp.MustCompile(`^ +(?:Decimal +(?:Octal|Keyword)|Service Name +Port/Protocol) +Description`)
	title820    = regexp.MustCompile(`^ {15,}[A-Z][A-Z ]+$`)
	running820  = regexp.MustCompile(`^(?:Assigned Numbers +RFC \d+| +Assigned Numbers|Port Numbers)$`)
)

// portList820 gathers the rows of a section.
type portList820 struct {
	lists   lists1340         // all of these documents end as RFC 1340 does
	printed map[string]string // documents whose number is mended, with the number printed
	rows    []twin.Row
	left    []Reject
}

func readRFC820(text []byte) ([]twin.Row, []Reject, error) {
	lines := lines820(text)
	p := newPortList820(lines)
	for _, t := range portTables(lines) {
		for _, l := range t.lines {
			row, reason := octalLine(l)
			p.add(l, row, reason)
		}
	}
	mendContacts(p.rows)
	return p.rows, p.left, nil
}

// lines820 splits a document into lines without its running heads, which name
// the document, its title and the section, in one, two or three lines.
func lines820(text []byte) []textLine {
	all := paginate(text, "RFC ")
	kept := all[:0]
	for _, l := range all {
		if !running820.MatchString(l.text) {
			kept = append(kept, l)
		}
	}
	return kept
}

// portTable is a table of the section on ports.
type portTable struct {
	unix        bool // of UNIX PORTS
	description int  // the column in which descriptions start
	lines       []textLine
}

// portTables returns the tables of the section on ports. A table ends at the
// next title or, where the next section starts a page, at its running head,
// which alone is not indented.
func portTables(lines []textLine) []portTable {
	var all []portTable
	section, table := false, false
	for _, l := range lines {
		title := strings.TrimSpace(l.text)
		switch {
		case title == "ASSIGNED PORT NUMBERS" || title == "PORT NUMBERS" || title == "UNIX PORTS":
			section, table = true, false
		case !section:
		case head820.MatchString(l.text):
			all = append(all, portTable{unix: strings.HasPrefix(title, "Service"), description: strings.Index(l.text, "Description")})
			table = true
		case !table || strings.HasPrefix(title, "-----"):
		case !strings.HasPrefix(l.text, " ") || title820.MatchString(l.text):
			section = false
		default:
			t := &all[len(all)-1]
			t.lines = append(t.lines, l)
		}
	}
	return all
}

// octalLine reads a line of decimal, octal and description; reason says why it can't.
func octalLine(l textLine) (row twin.Row, reason string) {
	m := rowOctal820.FindStringSubmatch(l.text)
	if m == nil {
		return row, "not decimal, octal and description"
	}
	if row, reason = (entry{number: m[1], last: m[2], rest: m[4]}).row(l); reason != "" {
		return row, reason
	}
	octal := fmt.Sprintf("%o", row.Span.First)
	if m[2] != "" {
		octal += fmt.Sprintf("-%o", row.Span.Last)
	}
	if m[3] != octal {
		row.Remark = "the octal column prints " + m[3] + " for " + octal + ": the decimal is read"
	}
	return row, ""
}

func newPortList820(lines []textLine) *portList820 {
	printed := mendDocuments(lines)
	return &portList820{lists: endLists(lines), printed: printed}
}

// mendDocuments numbers DOCUMENTS on where they fall back, and returns what was
// printed. RFC 960 goes from 84 back to 83, on to 87 and then to 90, while its
// rows cite the five documents as 85 to 89.
func mendDocuments(lines []textLine) map[string]string {
	printed := map[string]string{}
	inside, last := false, 0
	for i, l := range lines {
		if title := strings.TrimSpace(l.text); title == "DOCUMENTS" || title == "PEOPLE" {
			inside = title == "DOCUMENTS"
			continue
		}
		m := document.FindStringSubmatch(l.text)
		if !inside || m == nil {
			continue
		}
		n := atoi(m[1])
		if n <= last {
			n = last + 1
			printed[strconv.Itoa(n)] = m[1]
			lines[i].text = strings.Replace(l.text, m[1], strconv.Itoa(n), 1)
		}
		last = n
	}
	return printed
}

// add keeps a row with its bracket resolved, or the line and why it is no row.
func (p *portList820) add(l textLine, row twin.Row, reason string) {
	if reason != "" {
		p.left = append(p.left, Reject{l.line, oneLine(l.text), reason})
		return
	}
	if m := bracket.FindStringSubmatch(row.Description); m != nil {
		for doc := range strings.SplitSeq(m[1]+m[2], ",") {
			if p.printed[doc] != "" {
				row.Remark = joinNames(row.Remark, "document "+doc+" is printed as a second "+p.printed[doc])
			}
		}
	}
	p.lists.resolve(&row)
	if row.Status == "assigned" && row.Service == "" && row.Description == "" {
		p.left = append(p.left, Reject{l.line, oneLine(l.text), "neither a keyword nor a description"})
		return
	}
	p.rows = append(p.rows, row)
}
