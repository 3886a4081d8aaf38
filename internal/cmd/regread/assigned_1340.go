package main

import (
	"regexp"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// RFC 1340 ends a row with a bracket: numbers of its DOCUMENTS, then the
// initials of a contact from its PEOPLE ("[126,DDC1]").

var (
	// The opening bracket may be missing: 165/tcp ends in "144,SXA]".
	bracket  = regexp.MustCompile(`(?:\s*\[([A-Z0-9, ]+)|\s+([0-9]+(?:,[0-9]+)*,[A-Z]+[0-9]*))\]$`)
	initials = regexp.MustCompile(`^[A-Z]+[0-9]*$`)
	person   = regexp.MustCompile(`^\s+\[([A-Z]+[0-9]*)\]\s`)
	document = regexp.MustCompile(`^\s+\[([0-9]+)\]\s+(.*)$`)
	docName  = regexp.MustCompile(`\b(RFC|IEN)[- ]?(\d+)\b`)
	docNames = regexp.MustCompile(`\bRFCs((?:,?(?: and)? \d+)+)`) // "RFCs 1021, 1022, 1023, and 1024"
	digits   = regexp.MustCompile(`\d+`)
)

// lists1340 are the lists at the end of the document.
type lists1340 struct {
	people    map[string]string
	documents map[string]string
}

func readRFC1340(text []byte) ([]twin.Row, []Reject, error) {
	lines := paginate(text, "RFC 1340 ")
	lists := endLists(lines)
	var rows []twin.Row
	var left []Reject
	for _, section := range sections(lines) {
		var list []twin.Row
		for _, l := range section {
			e, ok := splitEntry(strings.TrimPrefix(l.text, "   ")) // the document's margin
			if !ok {
				if len(list) == 0 || !strings.HasPrefix(l.text, strings.Repeat(" ", 20)) {
					left = append(left, Reject{l.line, oneLine(l.text), "neither a row nor the rest of one"})
					continue
				}
				last := &list[len(list)-1]
				if len(last.Description) > longestCell {
					left = append(left, Reject{l.line, oneLine(l.text), "its description is too long"})
					continue
				}
				last.Description = oneLine(last.Description + " " + l.text)
				continue
			}
			row, reason := e.row(l)
			if reason != "" {
				left = append(left, Reject{l.line, oneLine(l.text), reason})
				continue
			}
			list = append(list, row)
		}
		for i := range list {
			lists.resolve(&list[i])
		}
		mendTwice(list)
		mendContacts(list)
		rows = append(rows, list...)
	}
	return rows, left, nil
}

// resolve takes the bracket off a description and says what it stands for.
func (l lists1340) resolve(r *twin.Row) {
	m := bracket.FindStringSubmatch(r.Description)
	if m == nil {
		return
	}
	r.Description = strings.TrimSuffix(r.Description, m[0])
	if m[2] != "" {
		r.Remark = "printed " + m[2] + "]: read as [" + m[2] + "]"
	}
	var docs, names []string
	for t := range strings.SplitSeq(m[1]+m[2], ",") {
		t = strings.TrimSpace(t)
		switch {
		case initials.MatchString(t) && l.people[t] != "":
			names = append(names, l.people[t])
		case initials.MatchString(t):
			names = append(names, "["+t+"]")
			r.Remark = joinNames(r.Remark, l.whyNobody(t))
		case l.documents[t] != "":
			docs = append(docs, l.documents[t])
		default:
			r.Remark = joinNames(r.Remark, "cites document "+t+" of the list, which is no RFC")
		}
	}
	r.Contact, r.References = strings.Join(names, "; "), strings.Join(docs, "; ")
	if l := strings.ToLower(r.Description); r.Service == "" && (l == "unassigned" || l == "reserved") {
		r.Description = ""
	}
}

// whyNobody says why initials stand for no name.
func (l lists1340) whyNobody(tag string) string {
	if _, listed := l.people[tag]; listed {
		return "the people list gives " + tag + " no name"
	}
	return "the people list lacks " + tag
}

// endLists reads DOCUMENTS and PEOPLE.
func endLists(lines []textLine) lists1340 {
	l := lists1340{map[string]string{}, map[string]string{}}
	part, doc := "", ""
	for _, line := range lines {
		title := strings.TrimSpace(line.text)
		if title == "DOCUMENTS" || title == "PEOPLE" {
			part = title
			continue
		}
		if part == "PEOPLE" {
			if m := person.FindStringSubmatch(line.text); m != nil {
				l.people[m[1]] = personName(line.text[len(m[0]):], len(m[0]))
			}
			continue
		}
		if m := document.FindStringSubmatch(line.text); m != nil && part != "" {
			doc = m[1]
		}
		if doc != "" && l.documents[doc] == "" {
			l.documents[doc] = documentName(line.text)
		}
	}
	return l
}

// documentName returns the RFC or IEN that a line names first; else all of its
// list of RFCs ("RFCs 1021, 1022"), which behind a name are what that obsoletes.
func documentName(line string) string {
	if m := docName.FindStringSubmatch(line); m != nil {
		return m[1] + " " + m[2]
	}
	if m := docNames.FindStringSubmatch(line); m != nil {
		return "RFC " + strings.Join(digits.FindAllString(m[1], -1), "; RFC ")
	}
	return ""
}

// organisation is the column in which the people list prints organisations.
const organisation = 33

// personName cuts a name out of what stands behind its initials; column says
// where that starts. Name, organisation and address stand in columns, and one
// space is all that is left between them where a name is long. An
// organisation in the column of names ("[FEIL]      Unisys") is nobody.
func personName(s string, column int) string {
	name := strings.TrimLeft(s, " ")
	column += len(s) - len(name)
	if column >= organisation {
		return ""
	}
	if end := organisation - column; end <= len(name) && name[end-1] == ' ' {
		name = name[:end]
	}
	name, _, _ = strings.Cut(name, "  ")
	return withoutAddresses(name)
}
