package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

const sampleReferences = `{"updated":"2026-08-17","records":[
{"protocol":"tcp","description":"Reserved","number":"0","xref":"rfc:rfc6335"},
{"name":"discard","protocol":"sctp","xref":"person:Jan_Tester | rfc:rfc9260","description":"Discard","number":"9"},
{"name":"ssh","protocol":"tcp","xref":"rfc:rfc4251","description":"The Secure Shell (SSH) Protocol","number":"22","_date":"2001-01-01"},
{"name":"epp","protocol":"udp","xref":"person:IETF_Chair | rfc:rfc5734 | draft:RFC-ietf-regext-epp-quic-12","number":"700"},
{"name":"exp1","protocol":"tcp","xref":"person:IETF_Chair | note:1 | rfc:rfc4727 | rfc:rfc6335","number":"1021"},
{"name":"twoways","xref":"rfc:rfc0854:RFC 854, Section 3","number":"4000-4001"},
{"name":"snif","protocol":"tcp","number":"7123","xref":"person:Jan_Tester | draft:draft-zubov-snif-05:draft-zubov-snif-05, Section 4.3"},
{"name":"x510","protocol":"tcp","number":"9877","xref":"text::ITU-T X.510 / ISO/IEC 9584-11"},
{"name":"xadmin","protocol":"tcp","number":"9105","xref":"text::Jan Tester <jan&example.org> 15 June 2009"},
{"name":"new-rwho","protocol":"udp","number":"550","xref":"text::n/a"},
{"name":"nbd","protocol":"tcp","number":"10809","xref":"person:Jan_Tester | uri:https://example.org/proto.md | rfc:rfc7301"},
{"name":"jmap","protocol":"tcp","xref":"rfc:rfc8620"},
{"name":"dsetos","protocol":"tcp","xref":"person:Jan_Tester","number":"378"}],"people":{}}`

func TestReadReferences(t *testing.T) {
	rows, left, err := readReferences([]byte(sampleReferences))
	if err != nil {
		t.Fatal(err)
	}
	one := func(p uint16) portolan.Span { return portolan.Span{First: p, Last: p} }
	pair := portolan.Span{First: 4000, Last: 4001}
	want := []twin.Row{
		{Span: one(22), Status: "seen", Service: "ssh", References: "RFC 4251"},
		{Span: one(700), Transport: portolan.UDP, Status: "seen", Service: "epp", References: "RFC 5734; RFC-ietf-regext-epp-quic-12",
			Remark: "RFC-ietf-regext-epp-quic-12 is an Internet-Draft that is approved and waits for its RFC number"},
		{Span: pair, Status: "seen", Service: "twoways", References: "RFC 854"},
		{Span: pair, Transport: portolan.UDP, Status: "seen", Service: "twoways", References: "RFC 854"},
		{Span: one(7123), Status: "seen", Service: "snif", References: "draft-zubov-snif-05"},
		{Span: one(10809), Status: "seen", Service: "nbd", References: "RFC 7301"},
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d: %+v", len(rows), len(want), rows)
	}
	for i := range want {
		if rows[i] != want[i] {
			t.Errorf("row %d: %+v, want %+v", i, rows[i], want[i])
		}
	}
	checkLeft(t, left, []Reject{
		{1, "0 tcp: RFC 6335", "the port is reserved: no service that the document could specify"},
		{2, "discard 9 sctp: RFC 9260", "RFC 9260 specifies no service: SCTP itself, which gives older services a port"},
		{5, "exp1 1021 tcp: RFC 4727; RFC 6335", "RFC 4727 specifies no service: sets numbers aside for experiments; " +
			"RFC 6335 specifies no service: how IANA runs the registry"},
		{8, "x510 9877 tcp: ITU-T X.510 / ISO/IEC 9584-11", "the document is none of the IETF's"},
		{12, "jmap tcp: RFC 8620", "a service name without a port number"},
	})
}

func checkLeft(t *testing.T, left, want []Reject) {
	t.Helper()
	if len(left) != len(want) {
		t.Errorf("%d left, want %d: %+v", len(left), len(want), left)
		return
	}
	for i := range want {
		if left[i] != want[i] {
			t.Errorf("left %+v, want %+v", left[i], want[i])
		}
	}
}

// The list of documents that specify nothing was made from what IANA cites: each
// of them is cited, and together they leave out 19 assigned records.
func TestNoProtocolIsCited(t *testing.T) {
	text := rawText(t, "iana/2026-08-17_iana-xml.json")
	var f ianaFile
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	cited := map[string]bool{}
	for _, rec := range f.Records {
		for _, d := range documents(rec.Xref) {
			cited[d] = true
		}
	}
	for d := range noProtocol {
		if !cited[d] {
			t.Errorf("%s is cited nowhere", d)
		}
	}
	rows, left, err := readReferences(text)
	if err != nil || len(rows) != 298 || len(left) != 108 {
		t.Errorf("%d rows, %d left, %v", len(rows), len(left), err)
	}
	reasons := map[string]int{}
	for _, r := range left {
		switch {
		case strings.Contains(r.Reason, "specifies no service"):
			reasons["no protocol"]++
		case strings.HasPrefix(r.Reason, "the port is "):
			reasons["reserved"]++
		default:
			reasons[r.Reason]++
		}
	}
	for why, n := range map[string]int{"no protocol": 19, "reserved": 13, "the document is none of the IETF's": 15, "a service name without a port number": 61} {
		if reasons[why] != n {
			t.Errorf("%d left out as %q, want %d", reasons[why], why, n)
		}
	}
}

// FuzzReferences: any bytes, no panic; every row has a key and cites documents
// of the IETF that specify something.
func FuzzReferences(f *testing.F) {
	f.Add([]byte(sampleReferences))
	f.Add([]byte(`{"records":[{"name":"a\tb","number":"5","xref":"rfc:rfc\t1;rfc2 | draft:draft-a\nb@c; d | text::draft-x"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, _, err := readReferences(b)
		if err != nil {
			return
		}
		for _, r := range rows {
			checkRow(t, r)
			if r.Status != "seen" || r.References == "" || r.Contact+r.Assignee+r.Description != "" {
				t.Errorf("no witness: %+v", r)
			}
			if !strings.HasPrefix(r.References, "RFC ") && !isDraft(r.References) || noProtocol[r.References] != "" {
				t.Errorf("no document that specifies a protocol: %+v", r)
			}
		}
	})
}
