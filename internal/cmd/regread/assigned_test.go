package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// Lines as RFC 1340 has them, tabs included, with a page break between a pair.
const sample1340 = "   Keyword\t   Decimal    Description\t\t      References\n   -------\t   -------    -----------\n" +
	"\t\t     0/tcp    Reserved\t\t\t\t     [JBP]\n" +
	"   chargen\t    19/tcp    Character\tGenerator\t\t[92,JBP]\n\n\n\nReynolds & Postel\t\t\t\t\t        [Page 9]\n\f\nRFC 1340\t\t    Assigned Numbers\t\t       July 1992\n\n\n" +
	"   chargen\t    19/udp    Character\tGenerator\t\t[92,JBP]\n" +
	"\t\t    24/tcp    any private mail system\t\t  [RA11]\n" +
	"   mpm\t\t    45/tcp    Message Processing Module\t[recv]\t[98,JBP]\n" +
	"   ni-ftp\t    47/tcp    NI FTP\t\t\t       [134,SK8]\n" +
	"   newacct\t   100/tcp    [unauthorized use]\n" +
	"\t\t   224-241    Reserved\t\t\t\t     [JBP]\n" +
	"   exec\t\t   512/tcp    remote process execution;\n\t\t\t      authentication performed using\n" +
	"   NSWS\t\t   3049/ddddp\n" +
	"Reynolds & Postel\t\t\t\t\t       [Page 10]\n" +
	"\t\t\t\t   REGISTERED PORT NUMBERS\nsome prose 17/tcp here\n" +
	"\t\t\t\t  DOCUMENTS\n   [92]   Postel, J., \"Character Generator Protocol\", RFC-864,\n\t  Somewhere, May 1983.\n   [98]   Postel, J., \"Internet Message Protocol\", RFC-759\n" +
	"\t\t\t\t  PEOPLE\n   [JBP]     Jon Postel          ISI       jp@example.org\n   [RA11]    Rick Adams\t  UUNET     ra@example.org\n"

// Lines as RFC 1700 has them.
const sample1700 = `Keyword         Decimal    Description                     References
-------         -------    -----------                     ----------
                  0/tcp    Reserved
#                          Jon Postel <jp@example.org>
#                 4/tcp    Unassigned
rje               5/tcp    Remote Job Entry
dbase           217/tcp    dBASE Unix

Reynolds & Postel                                              [Page 28]

RFC 1700                    Assigned Numbers                October 1994

dbase           217/udp    dBASE Unix
#                          Don Gibson
#            <host!other!third.example!dg@example.org>
#               224-241    Reserved
pawserv         345/tcp    Perf Analysis Workbench
#               349-370    Unassigned
tnETOS          377/tcp    NEC Corporation
dsETOS          378/tcp    NEC Corporation
dsETOS          378/udp    NEC Corporation
#                          Tomoo Fujita <tf@mail.example.org>
ibm-app         385/tcp    IBM Application
ibm-app         385/tcp    IBM Application
#                          Lisa Tomita <---none--->
snpp            444/tcp    Simple Network Paging Protocol
#                          [RFC1568]
exec            512/tcp    remote process execution;
#                          authentication performed using
netview         729/udp    IBM NetView
#                          Philippe Binet  (pb@example.org)
intuitive edge  1355/tcp   Intuitive Edge
#                          David Snocken  +44 (71)555-0100
#PROBLEMS!===================================================
mshnet          1989/tcp   MHSnet system
#               Bob Kummerfeld <bk@example.org>
x11             6000-6063/tcp   X Window System
#                           Bruce Wilson, 905-555-0100
Reynolds & Postel                                              [Page 29]
REFERENCES
[RFC768] Postel, J., "User Datagram Protocol"
`

func find(t *testing.T, rows []twin.Row, port uint16, transport portolan.Transport) twin.Row {
	t.Helper()
	for _, r := range rows {
		if r.Span.First == port && r.Transport == transport {
			return r
		}
	}
	t.Fatalf("no row of %d on %v", port, transport)
	return twin.Row{}
}

func TestReadRFC1340(t *testing.T) {
	rows, left, err := readRFC1340([]byte(sample1340))
	if err != nil || len(left) != 0 || len(rows) != 10 {
		t.Fatalf("%d rows, left %v, %v", len(rows), left, err)
	}
	if r := find(t, rows, 19, portolan.TCP); r.Description != "Character Generator" || r.References != "RFC 864" || r.Contact != "Jon Postel" || r.Page != 9 || r.Line != 4 {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 19, portolan.UDP); r.Page != 10 {
		t.Errorf("behind the page break: %+v", r)
	}
	if r := find(t, rows, 24, portolan.TCP); r.Status != "assigned" || r.Service != "" || r.Contact != "Rick Adams" {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 45, portolan.TCP); r.Description != "Message Processing Module [recv]" || r.References != "RFC 759" {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 47, portolan.TCP); r.Contact != "[SK8]" || !strings.Contains(r.Remark, "SK8") || !strings.Contains(r.Remark, "134") {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 100, portolan.TCP); r.Unauthorized != "unauthorized use" || r.Description != "" {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 224, twin.Any); r.Span.Last != 241 || r.Status != "reserved" || r.Description != "" {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 512, portolan.TCP); r.Description != "remote process execution; authentication performed using" {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 3049, portolan.UDP); r.Remark != "printed 3049/ddddp: read as udp" {
		t.Errorf("%+v", r)
	}
}

func TestReadRFC1700(t *testing.T) {
	rows, left, err := readRFC1700([]byte(sample1700))
	if err != nil || len(left) != 0 || len(rows) != 19 {
		t.Fatalf("%d rows, left %v, %v", len(rows), left, err)
	}
	for _, c := range []struct {
		port         uint16
		transport    portolan.Transport
		contact, via string
	}{
		{5, portolan.TCP, "Don Gibson", "inherited"},
		{217, portolan.TCP, "Don Gibson", ""},
		{217, portolan.UDP, "Don Gibson", ""},
		{345, portolan.TCP, "", ""},
		{377, portolan.TCP, "Tomoo Fujita", "inherited"},
		{378, portolan.TCP, "Tomoo Fujita", ""},
		{385, portolan.UDP, "Lisa Tomita", ""},
		{444, portolan.TCP, "", ""},
		{512, portolan.TCP, "Philippe Binet", "inherited"},
		{1355, portolan.TCP, "David Snocken", ""},
		{1989, portolan.TCP, "Bob Kummerfeld", ""},
		{6000, portolan.TCP, "Bruce Wilson", ""},
	} {
		if r := find(t, rows, c.port, c.transport); r.Contact != c.contact || r.Via != c.via {
			t.Errorf("%d/%s: contact %q %q, want %q %q", c.port, c.transport, r.Contact, r.Via, c.contact, c.via)
		}
	}
	if r := find(t, rows, 385, portolan.UDP); r.Remark == "" {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 444, portolan.TCP); r.References != "RFC 1568" {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 512, portolan.TCP); r.Description != "remote process execution; authentication performed using" {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 6000, portolan.TCP); r.Span.Last != 6063 || r.Page != 29 {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, 1355, portolan.TCP); r.Service != "intuitive edge" {
		t.Errorf("%+v", r)
	}
}

// atHand returns the sources whose raw text is below the folder; each other is
// a test that is skipped, by name.
func atHand(t *testing.T, raw string, list []byte) []string {
	t.Helper()
	sources, err := twin.ReadSources("sources.tsv", bytes.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range sources {
		if _, err := os.Stat(filepath.Join(raw, s.File)); err == nil {
			ids = append(ids, s.ID)
			continue
		}
		t.Run(s.ID, func(t *testing.T) { t.Skipf("%s is not in the raw sources", s.File) })
	}
	return ids
}

// Where the raw texts are at hand, reading them again gives the twins, byte for
// byte. They are not part of the project; PORTOLAN_SOURCES names their folder.
func TestTwinsAreWhatTheReadersRead(t *testing.T) {
	raw := os.Getenv("PORTOLAN_SOURCES")
	if raw == "" {
		raw = filepath.Join("..", "..", "..", "..", "shared", "sources")
	}
	if _, err := os.Stat(filepath.Join(raw, "rfc", "rfc1700.txt")); err != nil {
		t.Skip("the raw sources are not here: set PORTOLAN_SOURCES to their folder")
	}
	const history = "../../../registry/history"
	again := t.TempDir()
	list, err := os.ReadFile(filepath.Join(history, "sources.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(again, "sources.tsv"), list, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(raw, again, atHand(t, raw, list)); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(again)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		got, err1 := os.ReadFile(filepath.Join(again, f.Name()))
		want, err2 := os.ReadFile(filepath.Join(history, f.Name()))
		if err1 != nil || err2 != nil || string(got) != string(want) {
			t.Errorf("%s is not what the readers read (%v, %v)", f.Name(), err1, err2)
		}
	}
}
