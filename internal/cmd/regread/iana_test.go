package main

import (
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

const ianaSample = `{"updated":"2026-08-17","records":[
{"name":"","protocol":"tcp","description":"Reserved","number":"0","xref":"rfc:rfc6335"},
{"name":"x11","protocol":"tcp","xref":"person:Stephen_Gildea_2","description":"X Window System","number":"6000-6063"},
{"description":"Unassigned","number":"4903-4911"},
{"name":"flex-lm","assignee":"[person:Flexera_Software]","description":"FLEX LM (1-10)","number":"27000-27009","xref":"person:Paul_Bland","_updated":"2018-02-15"},
{"_updated":"2025-02-13","protocol":"udp","description":"Reserved","number":"2","note":"De-assigned on 2025-02-13, previously compressnet by [person:Bernie_Volz]"},
{"description":"De-registered","number":"585"},
{"protocol":"udp","description":"Possibly used by Sun Solaris????","number":"1008"},
{"name":"xadmin","protocol":"tcp","description":"Xadmin","number":"9105","xref":"text::Jan Tester <jan&example.org> 15 June 2009"},
{"name":"pon-ictp","protocol":"tcp","description":"PON","number":"7202","xref":"person:Broadband_Forum | uri:https://example.org/TR-352.pdf:TR-352 | draft:draft-x-05:title"},
{"protocol":"tcp","xref":"person:Rick_Adams","description":"any private mail system","number":"24"},
{"name":"arp","description":"Address Resolution Protocol"}],
"people":{"Stephen_Gildea_2":"","Bernie_Volz":"","Broadband_Forum":"The Broadband Forum"}}`

// What only the older editions print.
const ianaOlder = `{"updated":"2015-01-09","records":[
{"description":"IANA Reserved","number":"49151"},
{"name":"iRAPP","protocol":"tcp","description":"iRAPP","number":"4073","xref":"person:Volodymyr_Bykov"},
{"name":"rap","protocol":"udp","description":"Rap","number":"38","xref":"person:Ken_McDonell_2"},
{"name":"finger","protocol":"tcp","description":"Finger","number":"79","xref":"person:David_Zimmerman","unauthorized":"Unauthorized use by some mail users (see [RFC4146] for details)"},
{"protocol":"udp","description":"Reserved","number":"2408","_updated":"2012-03-09","note":"This entry is being removed on 2012-03-09."},
{"name":"sua","protocol":"udp","description":"De-Registered","number":"14001","_date":"2001-06-06"},
{"protocol":"ddp","description":"Reserved","number":"9"},
{"name":"exp1","protocol":"sctp","description":"RFC3692-style Experiment 1","number":"1021","xref":"person:IETF_Chair | note:1 | rfc:rfc4727"},
{"name":"pt-tls","protocol":"tcp","description":"PT-TLS","number":"271","xref":"draft:RFC-ietf-nea-pt-tls-08"}],
"people":{"Volodymyr_Bykov":"Volodymyr_Bykov","Ken_McDonell_2":"Ken_McDonell"}}`

func TestReadOlderIANAXML(t *testing.T) {
	rows, left, err := readIANAXML([]byte(ianaOlder))
	if err != nil || len(rows) != 8 || len(left) != 1 || !strings.Contains(left[0].Reason, "ddp") {
		t.Fatalf("%d rows, left %v, %v", len(rows), left, err)
	}
	checkLines(t, rows, []string{
		`49151|*|reserved|||IANA Reserved||||||||||||`,
		`4073|tcp|assigned|iRAPP||iRAPP|Volodymyr Bykov|Volodymyr Bykov||||||||||`,
		`38|udp|assigned|rap||Rap|Ken McDonell|Ken McDonell||||||||||`,
		`79|tcp|assigned|finger||Finger|David Zimmerman|David Zimmerman||||||Unauthorized use by some mail users (see RFC 4146 for details)||||`,
		`2408|udp|reserved||||||||2012-03-09||This entry is being removed on 2012-03-09.|||||`,
		`14001|udp|reserved|sua||De-Registered||||2001-06-06||||||printed "De-Registered": a number given back, which RFC 6335 (8.2) calls reserved||`,
		`1021|sctp|assigned|exp1||RFC3692-style Experiment 1|IETF Chair|IETF Chair||||RFC 4727||||the registry adds its footnote 1||`,
		`271|tcp|assigned|pt-tls||PT-TLS||||||RFC-ietf-nea-pt-tls-08||||||`,
	})
}

func TestReadIANAXML(t *testing.T) {
	rows, left, err := readIANAXML([]byte(ianaSample))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 11 || len(left) != 1 || !strings.Contains(left[0].Text, "arp") {
		t.Fatalf("%d rows, left %v", len(rows), left)
	}
	check := func(i int, want twin.Row) {
		t.Helper()
		if rows[i] != want {
			t.Errorf("row %d:\n%+v, want\n%+v", i, rows[i], want)
		}
	}
	one := func(p uint16) portolan.Span { return portolan.Span{First: p, Last: p} }
	check(0, twin.Row{Span: one(0), Status: "reserved", References: "RFC 6335"})
	check(1, twin.Row{Span: portolan.Span{First: 6000, Last: 6063}, Status: "assigned", Service: "x11", Description: "X Window System",
		Assignee: "Stephen Gildea", Contact: "Stephen Gildea"})
	check(2, twin.Row{Span: portolan.Span{First: 4903, Last: 4911}, Transport: twin.Any, Status: "unassigned"})
	if rows[3].Transport != portolan.TCP || rows[4].Transport != portolan.UDP || rows[4].Assignee != "Flexera Software" || rows[4].Contact != "Paul Bland" {
		t.Errorf("a named row without a transport: %+v %+v", rows[3], rows[4])
	}
	if rows[5].Note != "De-assigned on 2025-02-13, previously compressnet by Bernie Volz" {
		t.Errorf("note: %q", rows[5].Note)
	}
	if rows[6].Status != "reserved" || rows[6].Remark == "" || rows[7].Status != "unassigned" || rows[7].Remark == "" {
		t.Errorf("statuses in other words: %+v %+v", rows[6], rows[7])
	}
	if rows[8].Contact != "Jan Tester" {
		t.Errorf("a contact in a text: %q", rows[8].Contact)
	}
	if rows[9].References != "https://example.org/TR-352.pdf; draft-x-05" || rows[9].Contact != "The Broadband Forum" {
		t.Errorf("references: %+v", rows[9])
	}
	if rows[10].Status != "assigned" || rows[10].Service != "" {
		t.Errorf("a nameless assignment: %+v", rows[10])
	}
}

func TestReadServices(t *testing.T) {
	rows, left, err := readServices([]byte("# c\nkerberos\t88/tcp\tkrb5 kerberos-sec\t# Kerberos v5\nrtmp 1/ddp\nbad\n\nbad2 x/tcp\n"))
	if err != nil || len(rows) != 1 || len(left) != 3 {
		t.Fatalf("%v %v %v", rows, left, err)
	}
	if r := rows[0]; r.Aliases != "krb5; kerberos-sec" || r.Description != "Kerberos v5" || r.Line != 2 || r.Status != "seen" {
		t.Errorf("%+v", r)
	}
}

// FuzzReaders holds for every reader in the table: any bytes, no panic, and
// what comes out can be written and read back.
func FuzzReaders(f *testing.F) {
	f.Add([]byte(ianaSample))
	f.Add([]byte(`{"378/tcp":["dsETOS","NEC"],"5/x":[]}`))
	f.Add([]byte("ftp 21/tcp fsp # x\n"))
	f.Add([]byte(sample1340))
	f.Add([]byte(sample1700))
	f.Add([]byte(csvSample))
	f.Add([]byte("port\ttransport\tservice\n22\ttcp\tssh\n5-1\tudp\tx\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []reader{readIANAXML, readNames, readServices, readWitness, readRFC349, readHosts433, readHosts503, readRFC739, readRFC820, readRFC900,
			readRFC1340, readRFC1700, readIANAText, readIANACSV, readSELinux, readReferences} {
			rows, _, err := read(b)
			if err != nil {
				continue
			}
			for _, r := range rows {
				if strings.ContainsAny(r.String(), "\r\n") || strings.Count(r.String(), "\t") != len(twin.Columns)-1 {
					t.Errorf("a row that breaks the twin: %q", r.String())
				}
			}
		}
	})
}
