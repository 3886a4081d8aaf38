package ianacsv

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

var aliasNote = regexp.MustCompile(`^This entry is an alias to "([^"]+)"`)

// AddAliases gives a row the names that other rows of its key say are aliases
// to it. Those rows stay.
func AddAliases(rows []twin.Row) {
	type name struct {
		span      portolan.Span
		transport portolan.Transport
		service   string
	}
	at := map[name]int{}
	for i, r := range rows {
		at[name{r.Span, r.Transport, r.Service}] = i
	}
	for _, r := range rows {
		m := aliasNote.FindStringSubmatch(r.Note)
		if m == nil {
			continue
		}
		if i, ok := at[name{r.Span, r.Transport, m[1]}]; ok && m[1] != r.Service {
			rows[i].Aliases = JoinNames(rows[i].Aliases, r.Service)
		}
	}
}

// JoinNames joins two lists of texts as a cell of a twin has them.
func JoinNames(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + "; " + b
}

// Rows gives a row that holds a record's texts its number, transport and
// status. A named record without a transport becomes two rows.
func Rows(row twin.Row, number, protocol string) ([]twin.Row, error) {
	if number == "" {
		return nil, fmt.Errorf("a service name without a port number")
	}
	var err error
	if row.Span, err = portolan.ParseSpan(number); err != nil {
		return nil, err
	}
	for _, t := range row.Texts() {
		*t = OneLine(*t)
	}
	status, remark := Status(row.Service, row.Description)
	row.Transport, row.Status, row.Remark = twin.Any, status, JoinNames(remark, row.Remark)
	if BareStatus(row.Description) {
		row.Description = ""
	}
	if protocol != "" {
		if row.Transport, err = portolan.ParseTransport(protocol); err != nil {
			return nil, err
		}
		return []twin.Row{row}, nil
	}
	if row.Status != "assigned" {
		return []twin.Row{row}, nil // "4903-4911 Unassigned": of every transport
	}
	// IANA's own pages print these for tcp and udp.
	row.Remark = JoinNames(row.Remark, "no transport printed: read as tcp and udp")
	udp := row
	row.Transport, udp.Transport = portolan.TCP, portolan.UDP
	return []twin.Row{row, udp}, nil
}

// MailAddress finds "<xadmin&huisken-systems.nl>": an address, written so that it is none.
var MailAddress = regexp.MustCompile(`<[^<>\s]+[@&][^<>\s]+>`)

var suffix = regexp.MustCompile(`_?\d+$`)

// KeyName returns the name that a key is made of: underscores for spaces, and a
// number where two people are called alike.
func KeyName(key string) string {
	return OneLine(strings.ReplaceAll(suffix.ReplaceAllString(key, ""), "_", " "))
}

// RFCName writes "rfc0793" as "RFC 793"; what stands behind a colon is its title.
func RFCName(s string) string {
	s = beforeColon(s)
	return "RFC " + strings.TrimLeft(strings.TrimPrefix(strings.ToLower(s), "rfc"), "0")
}

func beforeColon(s string) string {
	s, _, _ = strings.Cut(s, ":")
	return s
}

// OneLine folds white space, so that a text stays one cell.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// BareStatus reports whether a description is a status and nothing else.
func BareStatus(desc string) bool { return desc == "Reserved" || desc == "Unassigned" }

// Status reads the status out of a description. RFC 6335, section 8.2,
// marks a number that was given back as Reserved; older editions say the same
// in other words.
func Status(name, desc string) (status, remark string) {
	lower := strings.ToLower(desc)
	switch {
	case strings.HasPrefix(lower, "de-registered"), strings.HasPrefix(lower, "removed"),
		strings.HasPrefix(lower, "decomissioned"), strings.HasPrefix(lower, "de-commissioned"),
		strings.HasPrefix(lower, "deprecated") && name == "":
		return "reserved", fmt.Sprintf("printed %q: a number given back, which RFC 6335 (8.2) calls reserved", desc)
	case name != "":
		return "assigned", ""
	case strings.HasPrefix(lower, "reserved"), lower == "iana reserved":
		return "reserved", ""
	case strings.HasPrefix(lower, "unassigned"), strings.HasPrefix(lower, "(unassigned)"):
		return "unassigned", ""
	case strings.HasPrefix(lower, "possibly used"):
		return "unassigned", fmt.Sprintf("printed %q: hearsay of a use, no assignment", desc)
	}
	return "assigned", "" // "any private mail system": given, to nobody in particular
}

// WithoutAddresses drops the words of s that hold an @, and white space beyond
// one blank between words.
func WithoutAddresses(s string) string {
	words := strings.Fields(s)
	kept := words[:0]
	for _, w := range words {
		if !strings.Contains(w, "@") {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}
