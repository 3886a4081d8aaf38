package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/portolan/portolan/internal/ianacsv"
	"github.com/portolan/portolan/internal/twin"
)

// noProtocol are the RFCs that IANA cites for a port and that specify none of
// what is spoken there: they hand out numbers, or are the transport itself.
var noProtocol = map[string]string{
	"RFC 1060": "a list of assigned numbers",
	"RFC 4340": "DCCP itself, which gives discard a port",
	"RFC 4727": "sets numbers aside for experiments",
	"RFC 5498": "allocates numbers for MANET protocols and specifies none, as it says in its section 7",
	"RFC 5665": "IANA's considerations for RPC's network identifiers, not NFS",
	"RFC 6335": "how IANA runs the registry",
	"RFC 9260": "SCTP itself, which gives older services a port",
}

// readReferences reads an edition of IANA's registry for the RFCs and
// Internet-Drafts that it cites: the sign that a protocol can be implemented.
func readReferences(text []byte) ([]twin.Row, []Reject, error) {
	var f ianaFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, nil, fmt.Errorf("IANA edition: %w", err)
	}
	var rows []twin.Row
	var left []Reject
	for i, rec := range f.Records {
		docs := documents(rec.Xref)
		if len(docs) == 0 {
			continue // cites people, or nobody
		}
		got, err := f.citing(rec, docs)
		if err != nil {
			left = append(left, Reject{i + 1, oneLine(rec.Name + " " + rec.Number + " " + rec.Protocol + ": " + strings.Join(docs, "; ")), err.Error()})
		}
		rows = append(rows, got...)
	}
	return rows, left, nil
}

// documents returns what a record cites besides people and footnotes.
func documents(xref string) []string {
	var docs []string
	for x := range strings.SplitSeq(xref, " | ") {
		if d := oneLine(citedDocument(x)); d != "" {
			docs = append(docs, d)
		}
	}
	return docs
}

// citedDocument reads one cross reference; "" where it is no document.
func citedDocument(x string) string {
	kind, data, _ := strings.Cut(x, ":")
	switch kind {
	case "rfc":
		return ianacsv.RFCName(data)
	case "draft":
		return beforeColon(data)
	case "uri":
		return uri(data)
	case "text":
		if s := strings.TrimPrefix(data, ":"); s != "n/a" && !ianacsv.MailAddress.MatchString(s) {
			return s
		}
	}
	return ""
}

// citing returns a record's rows, with those of its documents that can specify a protocol.
func (f *ianaFile) citing(rec ianaRecord, docs []string) ([]twin.Row, error) {
	kept, why := specifications(docs)
	rows, err := f.rows(rec)
	switch {
	case err != nil:
		return nil, err
	case rows[0].Status != "assigned":
		return nil, errors.New("the port is " + rows[0].Status + ": no service that the document could specify")
	case len(kept) == 0:
		return nil, errors.New(why)
	}
	for i, r := range rows {
		rows[i] = twin.Row{Span: r.Span, Transport: r.Transport, Status: "seen", Service: oneLine(r.Service),
			References: strings.Join(kept, "; "), Remark: draftRemark(kept)}
	}
	return rows, nil
}

// specifications returns the RFCs and drafts that specify a protocol, and why
// the other documents were left.
func specifications(docs []string) (kept []string, why string) {
	var reasons []string
	for _, d := range docs {
		reason, excluded := noProtocol[d]
		switch {
		case excluded:
			reasons = append(reasons, d+" specifies no service: "+reason)
		case strings.HasPrefix(d, "RFC ") || isDraft(d):
			kept = append(kept, d)
		default:
			reasons = append(reasons, "the document is none of the IETF's")
		}
	}
	return kept, strings.Join(slices.Compact(reasons), "; ")
}

func isDraft(doc string) bool {
	return strings.HasPrefix(doc, "draft-") || strings.HasPrefix(doc, "RFC-ietf-")
}

// draftRemark says what IANA means by "RFC-ietf-ntp-roughtime-19".
func draftRemark(docs []string) string {
	for _, d := range docs {
		if strings.HasPrefix(d, "RFC-ietf-") {
			return d + " is an Internet-Draft that is approved and waits for its RFC number"
		}
	}
	return ""
}
