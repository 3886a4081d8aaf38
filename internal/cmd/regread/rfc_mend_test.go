package main

import (
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

func TestMendedRFC1340(t *testing.T) {
	rows := excerpt(t, "rfc1340.txt", readRFC1340)
	if r := find(t, rows, 126, portolan.TCP); r.Contact != "[FEIL]" || r.Remark != "the people list gives FEIL no name" {
		t.Errorf("initials without a name: %+v", r)
	}
	if r := find(t, rows, 151, portolan.TCP); r.References != "RFC 1021; RFC 1022; RFC 1023; RFC 1024" || r.Remark != "" {
		t.Errorf("a document that is four RFCs: %+v", r)
	}
	if r := find(t, rows, 53, portolan.TCP); r.References != "RFC 1034; RFC 862" {
		t.Errorf("a document that obsoletes others: %+v", r)
	}
	if r := find(t, rows, 165, portolan.TCP); r.Description != "Xerox" || r.Contact != "Susie Armstrong" || !strings.HasPrefix(r.Remark, "printed 144,SXA]:") {
		t.Errorf("a bracket that is not opened: %+v", r)
	}
	if r := find(t, rows, 177, portolan.UDP); r.Contact != "Robert W. Scheifler" {
		t.Errorf("one blank between name and organisation: %+v", r)
	}
}

func TestPersonName(t *testing.T) {
	for line, want := range map[string]string{
		"   [JBP]     Jon Postel          ISI       user@example.org": "Jon Postel",
		"   [RWS4]    Robert W. Scheifler ARGUS     user@example.org": "Robert W. Scheifler",
		"   [AXK]     Anastasios Kotsikonas  Boston University":       "Anastasios Kotsikonas",
		"   [DXG1]     Don Gibson          Aston-Tate":                "Don Gibson",
		"   [KXC]    Ken Chapman        Stratus Computer":             "Ken Chapman",
		"   [GXC2]    Gordon C. Galligher           user@example.org": "Gordon C. Galligher",
		"   [FEIL]                        Unisys":                     "",
		"   [X]       user@example.org":                               "",
		"   [X] ":                                                     "",
	} {
		m := person.FindString(line)
		if got := personName(line[len(m):], len(m)); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestMendedRFC1700(t *testing.T) {
	rows := excerpt(t, "rfc1700.txt", readRFC1700)
	for _, c := range []struct {
		port                              uint16
		transport                         portolan.Transport
		description, contact, via, remark string
	}{
		{164, portolan.TCP, "CMIP/TCP Agent", "Amatzia Ben-Artzi", "", ""}, // its udp row is smip-agent
		{178, portolan.TCP, "NextStep Window Server", "Leo Hourvitz", "", ""},
		{439, portolan.TCP, "dasp", "Thomas Obermair", "", "the description went on with the contact's name"},
		{439, portolan.UDP, "dasp", "Thomas Obermair", "", "an address in the description is left out"},
		{541, portolan.TCP, "uucp-rlogin", "Stuart Lynne", "", "the description went on with the contact's name"},
		{541, portolan.UDP, "uucp-rlogin", "Stuart Lynne", "", "an address in the description is left out"},
		{1023, portolan.TCP, "", "", "", "printed as a pair: 1023/tcp, 1024/udp"},
		{1465, portolan.TCP, "Pipes Platform", "Mark Farlin", "", ""},
		{1465, portolan.UDP, "Pipes Platform", "Mark Farlin", "", "an address in the description is left out"},
		{5300, portolan.UDP, "HA cluster heartbeat", "Eric Soderberg", "inherited", ""},
	} {
		r := find(t, rows, c.port, c.transport)
		if r.Description != c.description || r.Contact != c.contact || r.Via != c.via || r.Remark != c.remark {
			t.Errorf("%+v, want %+v", r, c)
		}
	}
}

// 754 named rows of RFC 1700 stand directly before a name, or print it (541);
// 474 inherit one under the rule of list1700. A count that joins rows by keyword
// alone (not 164, 178, 190) and takes a mere address for a contact (126, 427,
// 666 doom, 1421, 1431, 1461, 1655) comes to 763, and leaves 591 that inherit,
// over Unassigned lines too, or have nobody.
func TestContactsOfRFC1700(t *testing.T) {
	rows, _, err := readRFC1700(rawRFC(t, "rfc1700.txt"))
	if err != nil {
		t.Fatal(err)
	}
	type count struct{ attached, inherited, none int }
	var named, nameless count
	for _, r := range rows {
		c := &named
		if r.Service == "" {
			c = &nameless
		}
		switch {
		case r.Status != "assigned":
		case r.Contact == "":
			c.none++
		case r.Via == "":
			c.attached++
		default:
			c.inherited++
		}
	}
	if want := (count{754, 474, 126}); named != want {
		t.Errorf("named: %+v, want %+v", named, want)
	}
	if want := (count{14, 0, 0}); nameless != want {
		t.Errorf("nameless: %+v, want %+v", nameless, want)
	}
}

// FuzzRFCs holds for both documents: any bytes, no panic, and every row has a
// span, a known transport and no address.
func FuzzRFCs(f *testing.F) {
	f.Add([]byte(sample1340))
	f.Add([]byte(sample1700))
	f.Add([]byte("Keyword Decimal\n   x 1/tcp  y 144,A]\nPEOPLE\n   [A] b@c\n"))
	f.Add([]byte("Keyword Decimal\nx  1/tcp  a @ Name b@c\nx  1/udp  a d@e\n#   f @ g\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []reader{readRFC1340, readRFC1700} {
			rows, left, err := read(b)
			if err != nil {
				continue
			}
			if len(rows)+len(left) > len(b) {
				t.Errorf("%d rows and %d lines left from %d bytes", len(rows), len(left), len(b))
			}
			for _, r := range rows {
				checkRow(t, r)
			}
		}
	})
}

func checkRow(t *testing.T, r twin.Row) {
	t.Helper()
	if r.Span.First > r.Span.Last || r.Transport != twin.Any && r.Transport > portolan.NCP {
		t.Errorf("no key: %+v", r)
	}
	for _, s := range r.Texts() {
		if strings.ContainsAny(*s, "\t\r\n") {
			t.Errorf("a tab or a line break: %+v", r)
		}
	}
	if strings.Contains(r.Contact, "@") || strings.Contains(r.Description, "@") {
		t.Errorf("an address: %+v", r)
	}
}

// A text that goes on and on costs what it is long, not its square.
func TestCellsAreBounded(t *testing.T) {
	head := "Keyword Decimal\nx  1/tcp  y\nz  1/udp  y\n"
	for name, c := range map[string]struct {
		read reader
		line string
	}{
		"1340 description": {readRFC1340, "                      more text\n"},
		"1700 description": {readRFC1700, "#  more text\n"},
		"1700 contact":     {readRFC1700, "#  Some Name\n"},
	} {
		rows, left, err := c.read([]byte(head + strings.Repeat(c.line, 1000)))
		if err != nil || len(rows) != 2 || len(left) < 500 {
			t.Errorf("%s: %d rows, %d lines left, %v", name, len(rows), len(left), err)
		}
		for _, r := range rows {
			if n := len(r.Description) + len(r.Contact); n > 2*longestCell {
				t.Errorf("%s: %d bytes", name, n)
			}
		}
	}
}
