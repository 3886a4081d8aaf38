package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// ianaFile is IANA's XML registry as records: attributes keep an underscore
// before their name, cross references are flattened to "kind:data[:text]",
// several of them joined by " | ".
type ianaFile struct {
	Updated string            `json:"updated"`
	Records []ianaRecord      `json:"records"`
	People  map[string]string `json:"people"`
}

type ianaRecord struct {
	Date         string `json:"_date"`
	Updated      string `json:"_updated"`
	Name         string `json:"name"`
	Protocol     string `json:"protocol"`
	Description  string `json:"description"`
	Number       string `json:"number"`
	Xref         string `json:"xref"`
	Assignee     string `json:"assignee"`
	Note         string `json:"note"`
	Unauthorized string `json:"unauthorized"`
	ServiceCode  string `json:"sc"`
}

// readIANAXML reads one edition of IANA's registry.
// A record without a number names a service that has no port; it is returned as a Reject.
func readIANAXML(text []byte) ([]twin.Row, []Reject, error) {
	var f ianaFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, nil, fmt.Errorf("IANA edition: %w", err)
	}
	var rows []twin.Row
	var left []Reject
	for i, rec := range f.Records {
		got, err := f.rows(rec)
		if err != nil {
			left = append(left, Reject{i + 1, strings.TrimSpace(rec.Name + " " + rec.Number + " " + rec.Description), err.Error()})
		}
		rows = append(rows, got...)
	}
	addAliases(rows)
	return rows, left, nil
}

var aliasNote = regexp.MustCompile(`^This entry is an alias to "([^"]+)"`)

// addAliases gives a row the names that other rows of its key say are aliases
// to it. Those rows stay.
func addAliases(rows []twin.Row) {
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
			rows[i].Aliases = joinNames(rows[i].Aliases, r.Service)
		}
	}
}

func joinNames(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + "; " + b
}

func (f *ianaFile) rows(rec ianaRecord) ([]twin.Row, error) {
	row := twin.Row{Service: rec.Name, Description: rec.Description, Registered: rec.Date, Modified: rec.Updated,
		ServiceCode: rec.ServiceCode, Note: f.resolve(rec.Note), Unauthorized: f.resolve(rec.Unauthorized)}
	f.crossReferences(&row, rec)
	return ianaRows(row, rec.Number, rec.Protocol)
}

// ianaRows gives a row that holds a record's texts its number, transport and
// status. A named record without a transport becomes two rows.
func ianaRows(row twin.Row, number, protocol string) ([]twin.Row, error) {
	if number == "" {
		return nil, fmt.Errorf("a service name without a port number")
	}
	var err error
	if row.Span, err = portolan.ParseSpan(number); err != nil {
		return nil, err
	}
	for _, t := range row.Texts() {
		*t = oneLine(*t)
	}
	status, remark := ianaStatus(row.Service, row.Description)
	row.Transport, row.Status, row.Remark = twin.Any, status, joinNames(remark, row.Remark)
	if bareStatus(row.Description) {
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
	row.Remark = joinNames(row.Remark, "no transport printed: read as tcp and udp")
	udp := row
	row.Transport, udp.Transport = portolan.TCP, portolan.UDP
	return []twin.Row{row, udp}, nil
}

// crossReferences sorts a record's references into people and documents.
// IANA's CSV shows the contact as the assignee where the XML names none.
func (f *ianaFile) crossReferences(row *twin.Row, rec ianaRecord) {
	var contacts, docs []string
	for x := range strings.SplitSeq(rec.Xref, " | ") {
		kind, data, _ := strings.Cut(x, ":")
		switch kind {
		case "person":
			contacts = append(contacts, f.person(data))
		case "rfc":
			docs = append(docs, rfcName(data))
		case "draft":
			docs = append(docs, beforeColon(data))
		case "uri":
			docs = append(docs, uri(data))
		case "text":
			if s := strings.TrimPrefix(data, ":"); mailAddress.MatchString(s) {
				contacts = append(contacts, strings.TrimSpace(s[:strings.IndexByte(s, '<')]))
			} else if s != "n/a" {
				docs = append(docs, oneLine(s))
			}
		case "note":
			row.Remark = "the registry adds its footnote " + data
		}
	}
	row.Contact = strings.Join(contacts, "; ")
	row.References = strings.Join(docs, "; ")
	row.Assignee = f.resolve(rec.Assignee)
	if row.Assignee == "" {
		row.Assignee = row.Contact
	}
}

// "<xadmin&huisken-systems.nl>": an address, written so that it is none.
var mailAddress = regexp.MustCompile(`<[^<>\s]+[@&][^<>\s]+>`)

var plainRFC = regexp.MustCompile(`\[RFC(\d+)\]`)

var inlineTag = regexp.MustCompile(`\[(person|rfc|uri):([^\]]*)\]`)

// resolve replaces the tags inside a text by what they stand for.
func (f *ianaFile) resolve(s string) string {
	s = inlineTag.ReplaceAllStringFunc(s, func(tag string) string {
		m := inlineTag.FindStringSubmatch(tag)
		switch m[1] {
		case "person":
			return f.person(m[2])
		case "rfc":
			return rfcName(m[2])
		}
		return uri(m[2])
	})
	// One note has the reference in the CSV's form, which a later edition may correct.
	s = plainRFC.ReplaceAllString(s, "RFC $1")
	return oneLine(mailAddress.ReplaceAllString(s, ""))
}

var suffix = regexp.MustCompile(`_?\d+$`)

// person resolves a person's key by the list. A few people are listed under a
// name that is still such a key.
func (f *ianaFile) person(key string) string {
	for _, k := range [...]string{key, "_" + key} {
		if name := f.People[k]; name != "" {
			return oneLine(strings.ReplaceAll(name, "_", " "))
		}
	}
	return keyName(key)
}

// keyName returns the name that a key is made of: underscores for spaces, and a
// number where two people are called alike.
func keyName(key string) string {
	return oneLine(strings.ReplaceAll(suffix.ReplaceAllString(key, ""), "_", " "))
}

func rfcName(s string) string {
	s = beforeColon(s)
	return "RFC " + strings.TrimLeft(strings.TrimPrefix(strings.ToLower(s), "rfc"), "0")
}

func beforeColon(s string) string {
	s, _, _ = strings.Cut(s, ":")
	return s
}

// uri takes "https://host/path:title" apart and keeps the address.
func uri(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	return scheme + "://" + beforeColon(rest)
}

// oneLine folds white space, so that a text stays one cell.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func bareStatus(desc string) bool { return desc == "Reserved" || desc == "Unassigned" }

// ianaStatus reads the status out of a description. RFC 6335, section 8.2,
// marks a number that was given back as Reserved; older editions say the same
// in other words.
func ianaStatus(name, desc string) (status, remark string) {
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
