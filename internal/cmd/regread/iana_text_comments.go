package main

import (
	"regexp"
	"strings"

	"github.com/portolan/portolan/internal/twin"
)

// comment reads what stands behind a #: nothing, words on a port, a document,
// the rest of a description, or else a contact.
func (l *textList) comment(s string, t textLine) {
	bare := strings.Trim(oneLine(mail.ReplaceAllString(s, " ")), "# ")
	mark, marked := portMarks[bare]
	if !marked {
		mark, marked = portMarks[s] // "<== NOTE" is no address
	}
	switch {
	case len(l.rows) == 0:
		l.reject(t, "no row before it")
	case strings.Trim(s, "# ") == "":
		l.close()
	case marked:
		l.close()
		if mark.text == "" {
			mark.text = bare
		}
		l.marks = append(l.marks, markedLine{mark, t.line})
	case bare == "The following entry records an unassigned but widespread use":
		l.close()
		l.note = "This entry records an unassigned but widespread use" // IANA's later words
	case formerRow.MatchString(s):
		l.reject(t, "a former assignment, no row of this edition")
	case strings.HasPrefix(s, "##"):
		l.close()
		l.reject(t, "a comment on no port that is known")
	case document2005.MatchString(bare):
		l.refer(document2005.FindStringSubmatch(bare))
	case l.prose && !mail.MatchString(s) && startsLower(s) && len(l.last().Description) <= longestCell:
		l.last().Description = oneLine(l.last().Description + " " + s)
	case len(l.last().Contact) > longestCell:
		l.reject(t, "its row's text is too long")
	default:
		l.contact(s, bare)
	}
}

var (
	// "#unitary  126/tcp  Unisys Unitary Login"
	formerRow = regexp.MustCompile(`^\S+ \d+/[a-z]+ `)
	// "[RFC1568]", "RFC-ietf-msec-gdoi-07.txt", "RFC 4172 - September 2005"
	document2005 = regexp.MustCompile(`^\[?(RFC ?\d+|RFC-[\w-]+|ISO/IEC .*?)(?:\.txt)?\]?(?:(?: -)? ([A-Z][a-z]+ \d{4}))?$`)
	noContact    = regexp.MustCompile(`^(?:Unknown(?: contact)?|Not known|\(Need contact info\)|No contact Listed)$`)
)

func (l *textList) last() *twin.Row { return &l.rows[len(l.rows)-1] }

// close ends the reach of contacts: those that follow are not of the rows before.
func (l *textList) close() {
	l.block, l.open, l.prose, l.note = len(l.rows), false, false, ""
}

// attached returns the rows that a comment is attached to: the last and those
// above it of its port, as far as they are one service. A free transport of the
// port may stand between ("3868/udp Reserved").
func (l *textList) attached() map[int]bool {
	at := map[int]bool{}
	last := l.last()
	for i := len(l.rows) - 1; i >= l.block && l.rows[i].Span == last.Span; i-- {
		if r := l.rows[i]; samePair(r, *last) || r.Status != "assigned" && r.Status == last.Status {
			at[i] = true
		} else if r.Status == "assigned" {
			break
		}
	}
	return at
}

// refer notes a document in a contact's place. A month behind it may be the
// document's own, so it is no date of the row.
func (l *textList) refer(m []string) {
	doc, isRFC := strings.CutPrefix(strings.Replace(m[1], " ", "", 1), "RFC")
	if isRFC && doc[0] != '-' {
		doc = "RFC " + doc
	} else {
		doc = m[1]
	}
	for i := range l.attached() {
		r := &l.rows[i]
		r.References = joinNames(r.References, doc)
		if m[2] != "" {
			r.Note = joinNames(r.Note, `"`+m[0]+`"`)
		}
	}
	l.close()
}

// contact gives the rows that wait for one a contact, and those that it is
// attached to its date.
func (l *textList) contact(s, bare string) {
	l.prose, l.open = false, true
	name, tail := contactParts(s)
	attached := l.attached()
	if noContact.MatchString(bare) {
		name, tail = "", bare
	}
	for i := range attached {
		noteTail(&l.rows[i], tail)
	}
	for i := l.block; i < len(l.rows) && name != ""; i++ {
		r := &l.rows[i]
		if !attached[i] {
			if r.Status != "assigned" {
				continue
			}
			r.Via = "inherited"
		}
		if strings.HasSuffix(r.Contact, " und") {
			r.Contact += " " + name // a name on two lines
		} else if r.Contact != name {
			r.Contact = joinNames(r.Contact, name)
		}
	}
}

// contactParts cuts a comment into names and what stands behind the last
// address: "Dave Katz <a> Dave Ward <b> July 2003".
func contactParts(s string) (names, tail string) {
	pieces := mail.Split(s, -1)
	if len(pieces) > 1 {
		tail = strings.Trim(pieces[len(pieces)-1], " ,;<>-")
		pieces = pieces[:len(pieces)-1]
	}
	for _, p := range pieces {
		for name := range strings.SplitSeq(phone.ReplaceAllString(p, ""), " / ") {
			if name = strings.Trim(withoutAddresses(name), " ,;<>/"); name != "" {
				names = joinNames(names, strings.TrimPrefix(name, "("))
			}
		}
	}
	if strings.HasPrefix(s, "(") && strings.Count(s, ")") > 0 {
		return "(" + names, tail // the bracket is closed
	}
	return names, tail
}

// noteTail reads what stands behind an address: the month of the registration,
// or words. Two months are quoted: which is which is not said.
func noteTail(r *twin.Row, tail string) {
	month, remark := monthIn(tail)
	switch {
	case tail == "":
	case month != "":
		r.Registered, r.Remark = month, joinNames(r.Remark, remark)
	case len(strings.Fields(tail)) > 1 || noContact.MatchString(tail):
		r.Note = joinNames(r.Note, `"`+tail+`"`)
	default: // "Laszlo", "n"
		r.Remark = joinNames(r.Remark, `"`+tail+`" stands behind the address`)
	}
}
