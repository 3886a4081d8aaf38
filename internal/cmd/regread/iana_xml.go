package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/portolan/portolan/internal/ianacsv"
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

func (f *ianaFile) rows(rec ianaRecord) ([]twin.Row, error) {
	row := twin.Row{Service: rec.Name, Description: rec.Description, Registered: rec.Date, Modified: rec.Updated,
		ServiceCode: rec.ServiceCode, Note: f.resolve(rec.Note), Unauthorized: f.resolve(rec.Unauthorized)}
	f.crossReferences(&row, rec)
	return ianacsv.Rows(row, rec.Number, rec.Protocol)
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
			docs = append(docs, ianacsv.RFCName(data))
		case "draft":
			docs = append(docs, beforeColon(data))
		case "uri":
			docs = append(docs, uri(data))
		case "text":
			if s := strings.TrimPrefix(data, ":"); ianacsv.MailAddress.MatchString(s) {
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

var plainRFC = regexp.MustCompile(`\[RFC(\d+)\]`)

var inlineTag = regexp.MustCompile(`\[(person|rfc|draft|uri):([^\]]*)\]`)

// resolve replaces the tags inside a text by what they stand for.
func (f *ianaFile) resolve(s string) string {
	s = inlineTag.ReplaceAllStringFunc(s, func(tag string) string {
		m := inlineTag.FindStringSubmatch(tag)
		switch m[1] {
		case "person":
			return f.person(m[2])
		case "rfc":
			return ianacsv.RFCName(m[2])
		case "draft":
			return beforeColon(m[2])
		}
		return uri(m[2])
	})
	// One note has the reference in the CSV's form, which a later edition may correct.
	s = plainRFC.ReplaceAllString(s, "RFC $1")
	return oneLine(ianacsv.MailAddress.ReplaceAllString(s, ""))
}

// person resolves a person's key by the list. A few people are listed under a
// name that is still such a key.
func (f *ianaFile) person(key string) string {
	for _, k := range [...]string{key, "_" + key} {
		if name := f.People[k]; name != "" {
			return oneLine(strings.ReplaceAll(name, "_", " "))
		}
	}
	return ianacsv.KeyName(key)
}

// uri takes "https://host/path:title" apart and keeps the address.
func uri(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	return scheme + "://" + beforeColon(rest)
}
