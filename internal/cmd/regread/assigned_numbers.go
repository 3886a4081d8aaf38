package main

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// The RFCs called "Assigned Numbers" share their page layout: a footer with
// the page's number, a form feed, a running header.

// longestCell bounds what lines that go on may add up to: the longest
// description of both documents has 163 bytes.
const longestCell = 2000

// textLine is a line of an RFC with its place.
type textLine struct {
	text       string // tabs expanded, white space at the end cut
	page, line int
}

var footer = regexp.MustCompile(`\[Page (\d+)\]\s*$`)

// paginate splits an RFC into lines and gives each its page: the number in
// the next footer. Footers, running headers and blank lines are left out.
func paginate(text []byte, header string) []textLine {
	var all []textLine
	open := 0 // index of the first line whose page is not known yet
	n := 0
	for raw := range strings.Lines(string(text)) {
		n++
		s := strings.TrimRight(strings.ReplaceAll(expandTabs(strings.TrimRight(raw, "\r\n")), "\f", ""), " ")
		if m := footer.FindStringSubmatch(s); m != nil {
			for ; open < len(all); open++ {
				all[open].page = atoi(m[1])
			}
			continue
		}
		if s != "" && !strings.HasPrefix(s, header) {
			all = append(all, textLine{text: s, line: n})
		}
	}
	return all
}

// expandTabs sets tab stops every eight columns.
func expandTabs(s string) string {
	if !strings.Contains(s, "\t") {
		return s
	}
	var b strings.Builder
	col := 0
	for _, r := range s {
		if r != '\t' {
			b.WriteRune(r)
			col++
			continue
		}
		for {
			b.WriteByte(' ')
			if col++; col%8 == 0 {
				break
			}
		}
	}
	return b.String()
}

// atoi reads up to six digits of a text that a regular expression has checked.
func atoi(s string) int {
	n := 0
	for _, c := range s[:min(len(s), 6)] {
		n = n*10 + int(c-'0')
	}
	return n
}

// sections returns the lines of the two port lists: from the table's head
// ("Keyword  Decimal") to the next title in capitals that is none of theirs.
func sections(lines []textLine) [][]textLine {
	var all [][]textLine
	inside := false
	for _, l := range lines {
		title := strings.TrimSpace(l.text)
		switch {
		case strings.HasPrefix(title, "Keyword") && strings.Contains(title, "Decimal") && len(all) < 2:
			inside = true
			all = append(all, nil)
		case title == "REGISTERED PORT NUMBERS" || title == "INTERNET MULTICAST ADDRESSES" || title == "REFERENCES" ||
			strings.HasPrefix(title, "DYNAMIC AND/OR PRIVATE") || strings.HasPrefix(title, "URL ="):
			inside = false
		case strings.HasPrefix(title, "-------"):
		case inside:
			all[len(all)-1] = append(all[len(all)-1], l)
		}
	}
	return all
}

// entry is a line of a list, taken apart.
type entry struct {
	keyword, number, last, transport, rest string
}

var (
	named  = regexp.MustCompile(`^(\S.*?)?\s+(\d{1,6})(?:-(\d{1,6}))?/([a-z]+)(?:\s+(.*))?$`)
	status = regexp.MustCompile(`^\s+(\d{1,6})(?:-(\d{1,6}))?(?:/([a-z]+))?\s+((?i:unassigned|reserved).*)$`)
)

// splitEntry takes a line apart; ok is false where it is no entry.
func splitEntry(s string) (entry, bool) {
	if m := status.FindStringSubmatch(s); m != nil {
		return entry{"", m[1], m[2], m[3], m[4]}, true
	}
	if m := named.FindStringSubmatch(s); m != nil {
		return entry{m[1], m[2], m[3], m[4], m[5]}, true
	}
	return entry{}, false
}

// row makes a row of an entry; reason says why it can't.
func (e entry) row(l textLine) (row twin.Row, reason string) {
	span := e.number
	if e.last != "" {
		span += "-" + e.last
	}
	var err error
	row = twin.Row{Transport: twin.Any, Service: oneLine(e.keyword), Page: l.page, Line: l.line}
	if row.Span, err = portolan.ParseSpan(span); err != nil {
		return row, err.Error()
	}
	if e.transport == "ddddp" {
		row.Transport, row.Remark = portolan.UDP, "printed "+e.number+"/ddddp: read as udp"
	} else if e.transport != "" {
		if row.Transport, err = portolan.ParseTransport(e.transport); err != nil {
			return row, err.Error()
		}
	}
	row.Status, row.Description = listedStatus(e.keyword, oneLine(e.rest))
	if row.Description == "[unauthorized use]" {
		row.Description, row.Unauthorized = "", "unauthorized use"
	}
	return row, ""
}

// listedStatus reads the status out of the text behind a number.
func listedStatus(keyword, desc string) (status, description string) {
	lower := strings.ToLower(desc)
	for _, word := range [...]string{"unassigned", "reserved"} {
		if keyword == "" && strings.HasPrefix(lower, word) {
			if lower == word {
				desc = ""
			}
			return word, desc
		}
	}
	return "assigned", desc
}

// mendTwice reads the second of two equal lines, "385/tcp" twice, as the udp
// that was meant: the list goes in pairs.
func mendTwice(rows []twin.Row) {
	for i := 1; i < len(rows); i++ {
		a, b := &rows[i-1], &rows[i]
		if a.Service != "" && a.Service == b.Service && a.Span == b.Span && a.Transport == portolan.TCP && b.Transport == portolan.TCP && a.Description == b.Description {
			b.Transport = portolan.UDP
			b.Remark = "printed " + b.Span.String() + "/tcp twice: the second read as udp"
		}
	}
}

func startsLower(s string) bool {
	for _, r := range s {
		return unicode.IsLower(r)
	}
	return false
}
