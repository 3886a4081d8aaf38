package main

import (
	"regexp"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// RFC 349, 433 and 503 print sockets of the ARPANET as number and text, in two
// tables: "Sockets  Assignment" says what ranges are for, "Socket  Assignment"
// what single sockets are. RFC 433 and 503 then list, by the name of the
// function, where it is specified.

var (
	socketHead  = regexp.MustCompile(`^ +Socket(s?) +Assignment$`)
	socketRow   = regexp.MustCompile(`^ +(\d{1,6})(?: ?- ?(\d{1,6}))?(?: +(\S.*))?$`)
	functionRow = regexp.MustCompile(`^ +(\S.*?)  +(\S.*)$`)
	rfcOrNIC    = regexp.MustCompile(`\b(?:RFC|NIC) \d+\b`)
	personAt    = regexp.MustCompile(`^\[([^\[\]]+)\]$`)
)

// otherNames are functions that the list of documents calls otherwise than the
// table of sockets does.
var otherNames = map[string]string{
	"NCP Measurment": "NCP Measurement", // RFC 433
	"Survey Data":    "Survey Measurement",
}

// function is a line of the list of documents.
type function struct {
	name, where string
	used        bool
}

// listSockets reads the tables of one document.
type listSockets struct {
	rows, general []twin.Row
	left          []Reject
	functions     map[string]*function // by the name that the table of sockets uses
	part          string               // the table that the next line may belong to
}

func readRFC349(text []byte) ([]twin.Row, []Reject, error) {
	l := &listSockets{functions: map[string]*function{}}
	for _, line := range paginate(text, "RFC ") {
		l.line(line)
	}
	l.cite()
	return append(l.general, l.rows...), l.left, nil
}

// line reads a line. A table has no other end than a line that is none of its.
func (l *listSockets) line(t textLine) {
	if m := socketHead.FindStringSubmatch(t.text); m != nil {
		l.part = "socket" + m[1]
		return
	}
	if strings.HasSuffix(t.text, "documents listed here:") {
		l.part = "functions"
		return
	}
	if l.part == "functions" {
		if m := functionRow.FindStringSubmatch(t.text); m != nil {
			l.function(m[1], m[2])
			return
		}
	} else if l.part != "" && startsDigit.MatchString(t.text) {
		l.entry(t)
		return
	}
	l.part = ""
}

func (l *listSockets) entry(t textLine) {
	m := socketRow.FindStringSubmatch(t.text)
	if m == nil {
		l.left = append(l.left, Reject{t.line, oneLine(t.text), "not socket and text"})
		return
	}
	row, reason := entry{number: m[1], last: m[2], rest: m[3]}.row(t)
	if reason != "" {
		l.left = append(l.left, Reject{t.line, oneLine(t.text), reason})
		return
	}
	row.Transport = portolan.NCP
	if s := writtenAt(row.Description); s != row.Description {
		row.Description, row.Remark = s, "an at sign is written out"
	}
	if l.part == "sockets" {
		isPurpose(&row)
		l.general = append(l.general, row)
		return
	}
	l.rows = append(l.rows, row)
}

// writtenAt writes out the sign of "Datacomputer @ cca", which later documents
// print as "at". What is left with a sign would be an address.
func writtenAt(s string) string {
	return withoutAddresses(strings.ReplaceAll(s, " @ ", " at "))
}

func (l *listSockets) function(name, where string) {
	key := name
	if other, ok := otherNames[name]; ok {
		key = other
	}
	l.functions[key] = &function{name: writtenAt(name), where: where}
}

// cite gives rows what the list of documents says of their function.
func (l *listSockets) cite() {
	var nameless []*twin.Row
	for i := range l.rows {
		r := &l.rows[i]
		name, _, _ := strings.Cut(r.Description, " at ")
		name, _, _ = strings.Cut(name, " [")
		if f := l.functions[name]; f != nil {
			f.cite(r)
			if name != f.name {
				r.Remark = joinNames(r.Remark, "the list of documents calls it "+f.name)
			}
		}
		if r.Description == "" && r.Status == "assigned" {
			nameless = append(nameless, r)
		}
	}
	l.pairNameless(nameless)
}

// pairNameless names the one row without a text after the one function without a
// socket: RFC 503 prints nothing behind 67, and specifies a Datacomputer.
func (l *listSockets) pairNameless(nameless []*twin.Row) {
	var homeless []*function
	for _, f := range l.functions {
		if !f.used && f.name != "" {
			homeless = append(homeless, f)
		}
	}
	if len(nameless) != 1 || len(homeless) != 1 {
		for _, r := range nameless {
			r.Remark = "no text is printed behind the number"
		}
		return
	}
	r, f := nameless[0], homeless[0]
	f.cite(r)
	r.Description = f.name
	why := "no text is printed behind the number: " + f.name + " is the one function of the list of documents that has none"
	r.Remark = joinNames(why, r.Remark)
}

func (f *function) cite(r *twin.Row) {
	f.used = true
	r.References = strings.Join(rfcOrNIC.FindAllString(f.where, -1), "; ")
	if m := personAt.FindStringSubmatch(f.where); m != nil {
		r.Contact = oneLine(writtenAt(m[1]))
		r.Remark = joinNames(r.Remark, "the list of documents names a person")
	} else if r.References == "" {
		r.Remark = joinNames(r.Remark, "cites "+writtenAt(oneLine(f.where))+", which is no RFC")
	}
}
