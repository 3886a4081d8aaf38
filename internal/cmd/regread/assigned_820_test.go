package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

func TestExcerptRFC820(t *testing.T) {
	rows := excerpt(t, "rfc820.txt", readRFC820)
	if len(rows) != 17 {
		t.Errorf("%d rows, want 17", len(rows))
	}
	checkPrinted(t, rows, []printed{
		{"1", twin.Any, "assigned", "", "Old Telnet", "Jon Postel", 9, 7},
		{"49-53", twin.Any, "unassigned", "", "", "Jon Postel", 9, 10}, // the last row of its page
		{"55", twin.Any, "assigned", "", "ISI Graphics Language", "Richard Bisbey", 10, 20},
		{"71", twin.Any, "assigned", "", "NETRJS", "[RTB]", 10, 22}, // left out of the excerpt's people
		{"99", twin.Any, "assigned", "", "Metagram Relay", "[GEOF]", 10, 24},
		{"101", twin.Any, "assigned", "", "NIC Host Name Server", "Jake Feinler", 10, 25},
		{"132-223", twin.Any, "reserved", "", "", "Jon Postel", 10, 28},
		{"247-255", twin.Any, "unassigned", "", "", "Jon Postel", 10, 32},
	})
	checkCited(t, rows, []cited{
		{"1", "RFC 318", ""},
		{"3", "RFC 454; RFC 683; RFC 691", ""}, // in the order of the bracket
		{"5", "RFC 407", "cites document 17 of the list, which is no RFC"},
		{"243", "RFC 530", ""}, // the document's second line has another number
	})
}

func TestExcerptRFC960(t *testing.T) {
	rows := excerpt(t, "rfc960.txt", readRFC900)
	if len(rows) != 21 {
		t.Errorf("%d rows, want 21", len(rows))
	}
	checkPrinted(t, rows, []printed{
		{"0", twin.Any, "reserved", "", "", "Jon Postel", 18, 5},
		{"5", twin.Any, "assigned", "RJE", "Remote Job Entry", "Jon Postel", 18, 6},
		{"21", twin.Any, "assigned", "FTP", "File Transfer [Control]", "Jon Postel", 18, 8}, // brackets of its own
		{"42", twin.Any, "assigned", "NAMESERVER", "Host Name Server", "Jon Postel", 18, 9}, // one blank between columns
		{"45", twin.Any, "assigned", "MPM", "Message Processing Module [recv]", "Jon Postel", 19, 22},
		{"47", twin.Any, "assigned", "NI-FTP", "NI FTP", "[SK]", 19, 24},
		{"121", twin.Any, "assigned", "ERPC", "HYDRA Expedited Remote Procedure Call", "Jack O'Neil", 19, 29}, // no blank before the bracket
		{"131", twin.Any, "unassigned", "", "", "Jon Postel", 20, 41},
		{"133-223", twin.Any, "reserved", "", "", "Jon Postel", 20, 42},
	})
	// DOCUMENTS goes 83, 84, 83, 84, 85, 86, 87, 90.
	checkCited(t, rows, []cited{
		{"17", "RFC 865", "document 87 is printed as a second 85"},
		{"21", "RFC 765", "cites document 39 of the list, which is no RFC"},
		{"42", "IEN 116", "document 86 is printed as a second 84; cites document 39 of the list, which is no RFC"},
		{"45", "RFC 759", "document 85 is printed as a second 83"},
		{"46", "RFC 768", ""},
		{"245", "RFC 441", ""},
	})
}

func TestExcerptRFC1060(t *testing.T) {
	rows := excerpt(t, "rfc1060.txt", readRFC900)
	if len(rows) != 52 {
		t.Errorf("%d rows, want 52", len(rows))
	}
	const exec = "remote process execution; authentication performed using passwords and UNIX loppgin names"
	const talk = "like tenex link, but across machine - unfortunately, doesn't use link protocol " +
		"(this is actually just a rendezvous port from which a tcp connection is established)"
	checkPrinted(t, rows, []printed{
		{"1", twin.Any, "assigned", "TCPMUX", "TCP Port Service Multiplexer", "Mark Lottor", 9, 8},
		{"2-4", twin.Any, "unassigned", "", "", "Jon Postel", 9, 9},
		{"15", twin.Any, "unassigned", "", "", "Jon Postel", 9, 10},
		{"44", twin.Any, "assigned", "MPM-FLAGS", "MPM FLAGS Protocol", "Jon Postel", 12, 19},
		{"57", twin.Any, "assigned", "", "any private terminal access", "Jon Postel", 12, 21},
		{"150", twin.Any, "assigned", "SQL-NET", "SQL-NET", "Martin Picard", 12, 27},
		{"159", twin.Any, "assigned", "NSS-Routing", "NSS-Routing", "Jacob Rekhter", 12, 30}, // a keyword longer than its column
		{"164", twin.Any, "assigned", "CMIP-Agent", "CMIP/TCP Agent", "Amatzia Ben-Artzi", 12, 31},
		{"196", twin.Any, "assigned", "DN6-SMM-RED", "DNSIX Session Mgt Module Audit Redirect", "Lawrence Lebahn", 12, 34},
		{"198", twin.Any, "assigned", "DLS-Mon", "Directory Location Service Monitor", "Scott Bellows", 12, 36},
		{"198-200", twin.Any, "unassigned", "", "", "Jon Postel", 12, 37},
		{"247-255", twin.Any, "reserved", "", "", "Jon Postel", 12, 44},
		{"15", portolan.TCP, "assigned", "netstat", "", "", 13, 57},
		{"144", portolan.TCP, "assigned", "NeWS", "news", "", 13, 62},
		{"512", portolan.TCP, "assigned", "exec", exec, "", 13, 63}, // goes on behind the page break
		{"1524", portolan.TCP, "assigned", "ingreslock", "", "", 15, 78},
		{"517", portolan.UDP, "assigned", "talk", talk, "", 16, 90},
		{"999", portolan.UDP, "assigned", "applix", "Applix ac", "", 18, 104},
		{"999", portolan.UDP, "assigned", "puprouter", "", "", 18, 105},
		{"17007", portolan.UDP, "assigned", "isode-dua", "", "", 18, 106},
	})
	checkCited(t, rows, []cited{
		{"43", "", "cites document 55 of the list, which is no RFC; the people list lacks MARY"}, // both left out of the excerpt
		{"95", "RFC 734", ""},
		{"97", "", "the people list lacks MXR"},
		{"198-200", "", "198 is assigned, and unassigned in 198-200 besides"},
		{"243", "RFC 530", ""},
		{"245", "RFC 927", "the people list lacks RDB2"},
	})
	for _, c := range []struct {
		port      uint16
		transport portolan.Transport
		remark    string
	}{
		{7, portolan.TCP, ""}, // not in the excerpt's main list
		{15, portolan.TCP, "UNIX PORTS list; in the main list unassigned"},
		{15, portolan.UDP, "UNIX PORTS list; in the main list unassigned"},
		{42, portolan.TCP, "UNIX PORTS list; in the main list NAMESERVER"},
		{53, portolan.TCP, "UNIX PORTS list; in the main list DOMAIN"},
		{57, portolan.TCP, "UNIX PORTS list; in the main list without a keyword"},
		{201, portolan.UDP, "UNIX PORTS list; in the main list AT-RMTP"},
		{512, portolan.TCP, ""},
	} {
		if r := find(t, rows, c.port, c.transport); r.Remark != c.remark || r.References != "" {
			t.Errorf("%d/%s: remark %q, references %q, want %q", c.port, c.transport, r.Remark, r.References, c.remark)
		}
	}
	if r := find(t, rows, 100, portolan.TCP); r.Unauthorized != "unauthorized use" || r.Description != "" {
		t.Errorf("newacct: %+v", r)
	}
}

// cited is what a row of the main list cites, and what was remarked.
type cited struct{ ports, references, remark string }

func checkCited(t *testing.T, rows []twin.Row, want []cited) {
	t.Helper()
	for _, w := range want {
		found := false
		for _, r := range rows {
			if r.Span.String() != w.ports || r.Transport != twin.Any {
				continue
			}
			found = true
			if r.References != w.references || r.Remark != w.remark {
				t.Errorf("%s: references %q, remark %q, want %q, %q", w.ports, r.References, r.Remark, w.references, w.remark)
			}
		}
		if !found {
			t.Errorf("no row of %s", w.ports)
		}
	}
}

// Lines that are no rows are left out with the reason, and none of them ends the list.
func TestLinesLeftOut80s(t *testing.T) {
	for _, c := range []struct {
		name, text string
		read       reader
		rows       int
		left       []Reject
	}{
		{"octal", "    ASSIGNED PORT NUMBERS\n\n" +
			"      Decimal   Octal     Description       References\n      -------   -----     -----------\n" +
			"      98-127    142-136   Unassigned             [JBP]\n" +
			"      99        149       Metagram Relay        [GEOF]\n" +
			"      70000     210560    Too Far                [JBP]\n" +
			"      103       147       [JBP]\n" +
			"      105       151       CSNET Mailbox          [JBP]\n", readRFC820, 2, []Reject{
			{6, "99 149 Metagram Relay [GEOF]", "not decimal, octal and description"},
			{7, "70000 210560 Too Far [JBP]", "not a port: 70000 is above 65535, the highest port"},
			{8, "103 147 [JBP]", "neither a keyword nor a description"},
		}},
		{"keyword", "    PORT NUMBERS\n\n" +
			"      Decimal   Keyword   Description       References\n      -------   -------   -----------\n" +
			"      7        ECHO\n" +
			"      ECHO     7          Echo                   [JBP]\n" +
			"      9        DISCARD    Discard                [JBP]\n", readRFC900, 1, []Reject{
			{5, "7 ECHO", "no keyword and description behind the number"},
			{6, "ECHO 7 Echo [JBP]", "not decimal, keyword and description"},
		}},
		{"unix", "    UNIX PORTS\n\n" +
			"   Service Name   Port/Protocol   Description\n   ------------   -------------   -----------\n" +
			"                                  text of nothing\n" +
			"   echo            7/tpc\n" +
			"   discard\n" +
			"   daytime         13/tcp\n", readRFC900, 1, []Reject{
			{5, "text of nothing", "neither a row nor the rest of one"},
			{6, "echo 7/tpc", `"tpc" is no transport: use tcp, udp, sctp or dccp`},
			{7, "discard", "neither a row nor the rest of one"},
		}},
	} {
		rows, left, err := c.read([]byte(c.text))
		if err != nil || len(rows) != c.rows || len(left) != len(c.left) {
			t.Errorf("%s: %d rows, left %+v, %v", c.name, len(rows), left, err)
			continue
		}
		for i := range left {
			if left[i] != c.left[i] {
				t.Errorf("%s: left %+v, want %+v", c.name, left[i], c.left[i])
			}
		}
	}
}

// Where decimal and octal differ the decimal is read, and the remark quotes the octal.
func TestOctalLine(t *testing.T) {
	for line, want := range map[string]string{
		"      98-127    142-136   Unassigned             [JBP]":  "the octal column prints 142-136 for 142-177: the decimal is read",
		"      101       154       NIC Host Name Server  [JAKE]":  "the octal column prints 154 for 145: the decimal is read",
		"      109-129   155-201   Unassigned             [JBP]":  "",
		"      224-241   340       Unassigned             [JBP]":  "the octal column prints 340 for 340-361: the decimal is read",
		"      247-255   367-377   Unassigned              [JBP]": "",
	} {
		if row, reason := octalLine(textLine{text: line}); row.Remark != want || reason != "" {
			t.Errorf("%q: remark %q, reason %q, want %q", line, row.Remark, reason, want)
		}
	}
}

func TestDescriptionIsBounded80s(t *testing.T) {
	text := "    UNIX PORTS\n   Service Name   Port/Protocol   Description\n   exec   512/tcp   text\n" +
		strings.Repeat("                          more text\n", 1000)
	rows, left, err := readRFC900([]byte(text))
	if err != nil || len(rows) != 1 || len(left) < 500 || len(rows[0].Description) > longestCell+len("more text")+1 {
		t.Errorf("%d rows, %d lines left, %v", len(rows), len(left), err)
	}
}

// documents80s are the whole documents, with the lines of their lists in the
// raw text and what was counted there by a second reading, by columns.
var documents80s = []struct {
	file  string
	read  reader
	lists [][2]int
	count [4]int // assigned with and without a keyword, reserved, unassigned
}{
	{"rfc820.txt", readRFC820, [][2]int{{491, 564}}, [4]int{0, 53, 1, 10}},
	{"rfc870.txt", readRFC820, [][2]int{{607, 683}}, [4]int{0, 56, 2, 9}},
	{"rfc900.txt", readRFC900, [][2]int{{723, 800}}, [4]int{31, 25, 2, 10}},
	{"rfc923.txt", readRFC900, [][2]int{{781, 863}}, [4]int{55, 6, 2, 10}},
	{"rfc943.txt", readRFC900, [][2]int{{838, 921}}, [4]int{56, 7, 2, 9}},
	{"rfc960.txt", readRFC900, [][2]int{{1014, 1112}}, [4]int{65, 6, 2, 6}},
	{"rfc990.txt", readRFC900, [][2]int{{1512, 1615}}, [4]int{72, 6, 2, 4}},
	{"rfc1010.txt", readRFC900, [][2]int{{320, 433}}, [4]int{81, 6, 2, 5}},
	{"rfc1060.txt", readRFC900, [][2]int{{478, 662}, {688, 970}}, [4]int{370, 6, 3, 4}},
}

func TestCountsOfTheRFCs80s(t *testing.T) {
	for _, d := range documents80s {
		t.Run(d.file, func(t *testing.T) {
			rows, left, err := d.read(rawRFC(t, d.file))
			if err != nil || len(left) != 0 {
				t.Fatalf("left %v, %v", left, err)
			}
			var got [4]int
			for _, r := range rows {
				switch {
				case r.Status == "assigned" && r.Service != "":
					got[0]++
				case r.Status == "assigned":
					got[1]++
				case r.Status == "reserved":
					got[2]++
				case r.Status == "unassigned":
					got[3]++
				}
			}
			if got != d.count {
				t.Errorf("%v rows, want %v", got, d.count)
			}
		})
	}
}

// Every row stands where it says, and no line of the lists that starts with a
// number, or holds a number and a transport, is without a row.
func TestPlacesInTheRFCs80s(t *testing.T) {
	entry := regexp.MustCompile(`^ +\d+(-\d+)? |\b\d+/(tcp|udp)\b`)
	for _, d := range documents80s {
		t.Run(d.file, func(t *testing.T) {
			text := rawRFC(t, d.file)
			rows, _, err := d.read(text)
			if err != nil {
				t.Fatal(err)
			}
			lines := bytes.Split(text, []byte("\n"))
			byLine := map[int]bool{}
			for _, r := range rows {
				byLine[r.Line] = true
				checkPlace(t, lines, r)
			}
			if len(byLine) != len(rows) {
				t.Errorf("%d rows on %d lines", len(rows), len(byLine))
			}
			for _, s := range d.lists {
				for n := s[0]; n <= s[1]; n++ {
					if entry.Match(lines[n-1]) && !byLine[n] {
						t.Errorf("line %d has no row: %s", n, lines[n-1])
					}
				}
			}
		})
	}
}

func FuzzRFCs80s(f *testing.F) {
	const head = "    ASSIGNED PORT NUMBERS\n      Decimal   Octal     Description\n"
	f.Add([]byte(head + "      7         7         Echo        [35,JBP]\n      8-9 10-12 a@b.example [1,A]\n"))
	f.Add([]byte("    PORT NUMBERS\n      Decimal   Keyword   Description\n      5  RJE        Remote [17,JBP]\n      6  a@b c d@e f\n" +
		"    UNIX PORTS\n   Service Name   Port/Protocol   Description\n   a@b  5/tcp  c\n   x  5/udp  d@e\n                        f@g\n" +
		"    DOCUMENTS\n   [17]  x, RFC 1\n   [2]  y, IEN 2\n    PEOPLE\n   [JBP]  Jon j@k\n"))
	for _, name := range []string{"rfc820.txt", "rfc960.txt", "rfc1060.txt"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		lines := bytes.Count(b, []byte("\n")) + 1
		for _, read := range []reader{readRFC820, readRFC900} {
			rows, left, err := read(b)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows)+len(left) > lines {
				t.Errorf("%d rows and %d lines left from %d lines", len(rows), len(left), lines)
			}
			for _, r := range rows {
				checkRow(t, r)
				if r.Line < 1 || r.Line > lines || r.Page < 0 {
					t.Errorf("no such place: %+v", r)
				}
				for _, s := range r.Texts() {
					if strings.Contains(*s, "@") {
						t.Errorf("an address: %+v", r)
					}
				}
				if r.Transport == twin.Any && r.Status == "assigned" && r.Service == "" && r.Description == "" && r.Remark == "" {
					t.Errorf("a row that says nothing: %+v", r)
				}
			}
		}
	})
}
