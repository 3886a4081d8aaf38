package main

import (
	"regexp"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// RFC 900 to 1060 print a row as decimal, keyword and description. Where a row
// has no keyword its description stands alone in its column. RFC 1060 adds a
// second list, UNIX PORTS: "by convention" and with a transport on each row.

var (
	row900     = regexp.MustCompile(`^ +(\d{1,6})(?:-(\d{1,6}))? +(\S.*)$`)
	keyword900 = regexp.MustCompile(`^([^\s@]+) +(\S.*)$`)
	rowUnix    = regexp.MustCompile(`^ +([^\s@]+) +(\d{1,6})/([a-z]+)(?: +(\S.*))?$`)
	restUnix   = strings.Repeat(" ", 20)
)

func readRFC900(text []byte) ([]twin.Row, []Reject, error) {
	lines := lines820(text)
	ports, unix := newPortList820(lines), &portList820{}
	for _, t := range portTables(lines) {
		for _, l := range t.lines {
			if t.unix {
				unix.unixLine(l)
				continue
			}
			row, reason := keywordLine(l, t.description)
			ports.add(l, row, reason)
		}
	}
	remarkBesides(ports.rows)
	remarkUnix(unix.rows, ports.rows)
	rows := append(ports.rows, unix.rows...)
	mendContacts(rows)
	return rows, append(ports.left, unix.left...), nil
}

// keywordLine reads a line of decimal, keyword and description; reason says why it can't.
func keywordLine(l textLine, description int) (row twin.Row, reason string) {
	at := row900.FindStringSubmatchIndex(l.text)
	if at == nil {
		return row, "not decimal, keyword and description"
	}
	m := row900.FindStringSubmatch(l.text)
	e := entry{number: m[1], last: m[2], rest: m[3]}
	if at[6] < description {
		k := keyword900.FindStringSubmatch(m[3])
		if k == nil {
			return row, "no keyword and description behind the number"
		}
		e.keyword, e.rest = k[1], k[2]
	}
	return e.row(l)
}

// unixLine reads a line of UNIX PORTS: a row, or the rest of one.
func (p *portList820) unixLine(l textLine) {
	if m := rowUnix.FindStringSubmatch(l.text); m != nil {
		row, reason := entry{keyword: m[1], number: m[2], transport: m[3], rest: m[4]}.row(l)
		p.add(l, row, reason)
		return
	}
	n := len(p.rows)
	switch {
	case n == 0 || !strings.HasPrefix(l.text, restUnix):
		p.add(l, twin.Row{}, "neither a row nor the rest of one")
	case len(p.rows[n-1].Description) > longestCell:
		p.add(l, twin.Row{}, "its description is too long")
	default:
		p.rows[n-1].Description = oneLine(p.rows[n-1].Description + " " + l.text)
	}
}

// remarkBesides marks a number that is assigned and the range behind it that
// holds it: "198 DLS-Mon", "198-200 Unassigned". Both stay as printed.
func remarkBesides(rows []twin.Row) {
	for i := 1; i < len(rows); i++ {
		a, b := &rows[i-1], &rows[i]
		if a.Status == "assigned" && b.Status != "assigned" && b.Span.Contains(a.Span.First) {
			both := a.Span.String() + " is assigned, and " + b.Status + " in " + b.Span.String() + " besides"
			a.Remark, b.Remark = joinNames(a.Remark, both), joinNames(b.Remark, both)
		}
	}
}

// remarkUnix says of a row of UNIX PORTS what the main list has for its number,
// if it has it. The lists differ in names (42 is NAMESERVER and name, 53 is
// DOMAIN and nameserver) and once in status: 15 is unassigned and netstat.
func remarkUnix(rows, ports []twin.Row) {
	byPort := map[uint16]twin.Row{}
	for _, r := range ports {
		if r.Span.Len() == 1 {
			byPort[r.Span.First] = r
		}
	}
	for i := range rows {
		r := &rows[i]
		p, listed := byPort[r.Span.First]
		switch {
		case !listed:
			continue
		case strings.EqualFold(p.Service, r.Service):
			r.Remark = "UNIX PORTS list"
		case p.Status != "assigned":
			r.Remark = "UNIX PORTS list; in the main list " + p.Status
		case p.Service == "":
			r.Remark = "UNIX PORTS list; in the main list without a keyword"
		default:
			r.Remark = "UNIX PORTS list; in the main list " + p.Service
		}
	}
}
