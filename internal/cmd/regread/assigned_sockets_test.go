package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

const isARange = "a range's purpose, no assignment"

// socketExcerpt reads lines of a document from testdata.
func socketExcerpt(t *testing.T, name string, read reader, rows, left int) ([]twin.Row, []Reject) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	got, rejects, err := read(text)
	if err != nil || len(got) != rows || len(rejects) != left {
		t.Fatalf("%s: %d rows, want %d, left %v, want %d, %v", name, len(got), rows, rejects, left, err)
	}
	return got, rejects
}

// hasRows checks that the wanted rows are there, with nothing else in them.
func hasRows(t *testing.T, rows []twin.Row, want []twin.Row) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(rows, w) {
			t.Errorf("no row %+v\namong", w)
			for _, r := range rows {
				if r.Span == w.Span {
					t.Errorf("       %+v", r)
				}
			}
		}
	}
}

// sockets is a span of the ARPANET's sockets.
func sockets(first, last uint16) portolan.Span { return portolan.Span{First: first, Last: last} }

// ncpRow is an assigned row of the ARPANET without more than a text.
func ncpRow(socket uint16, text string, page, line int) twin.Row {
	return twin.Row{Span: sockets(socket, socket), Transport: portolan.NCP, Status: "assigned", Description: text, Page: page, Line: line}
}

func TestExcerptRFC433(t *testing.T) {
	rows, _ := socketExcerpt(t, "rfc433.txt", readRFC349, 12, 0)
	telnet, files := ncpRow(1, "Telnet", 1, 15), ncpRow(3, "File Transfer", 1, 16)
	telnet.References, files.References = "RFC 318", "RFC 354; RFC 385"
	speech := ncpRow(65, "Speech Data Base at ll-tx-2 (74)", 1, 19)
	speech.Remark = "an at sign is written out; cites SUR 37, which is no RFC"
	data := ncpRow(67, "Datacomputer at cca (31)", 1, 20)
	data.Contact, data.Remark = "Murray at CCA", "an at sign is written out; the list of documents names a person"
	ncp := ncpRow(241, "NCP Measurement", 1, 22)
	ncp.References, ncp.Remark = "RFC 388", "the list of documents calls it NCP Measurment"
	survey := ncpRow(243, "Survey Measurement", 1, 23)
	survey.Contact, survey.Remark = "Kampe at NMC", "the list of documents names a person; the list of documents calls it Survey Data"
	hasRows(t, rows, []twin.Row{telnet, files, speech, data, ncp, survey,
		ncpRow(19, "Character Generator [e.g. TTYTST]", 1, 17), // its document is not in the excerpt
		{Span: sockets(0, 63), Transport: portolan.NCP, Status: "unassigned", Description: "Network Wide Standard Functions",
			Remark: isARange, Page: 1, Line: 6},
		{Span: sockets(128, 239), Transport: portolan.NCP, Status: "reserved", Description: "Reserved for Future Use",
			Remark: isARange, Page: 1, Line: 8},
	})
}

func TestExcerptRFC503(t *testing.T) {
	rows, _ := socketExcerpt(t, "rfc503.txt", readRFC349, 16, 0)
	telnet := ncpRow(1, "Telnet", 2, 19)
	telnet.References = "NIC 7104"
	nameless := ncpRow(67, "Datacomputer", 2, 24)
	nameless.Contact = "Murray at CCA"
	nameless.Remark = "no text is printed behind the number: Datacomputer is the one function of the list of documents that has none; " +
		"the list of documents names a person"
	rsexec := ncpRow(249, "RSEXEC", 2, 31)
	rsexec.Contact, rsexec.Remark = "Thomas at BBN", "the list of documents names a person"
	hasRows(t, rows, []twin.Row{telnet, nameless, rsexec, ncpRow(69, "CPYNET", 2, 25), ncpRow(71, "NETRJS [EBCDIC]", 2, 26)})
}

// A number without a text keeps none where two functions could be meant.
func TestNamelessSocketStaysNameless(t *testing.T) {
	rows, left, err := readRFC349([]byte("   Socket   Assignment\n   67\n   documents listed here:\n   A   RFC 1\n   B   RFC 2\n[Page 1]\n"))
	if err != nil || len(left) != 0 || len(rows) != 1 {
		t.Fatalf("%v, left %v, %v", rows, left, err)
	}
	want := ncpRow(67, "", 1, 2)
	want.Remark = "no text is printed behind the number"
	hasRows(t, rows, []twin.Row{want})
}

func TestExcerptHosts(t *testing.T) {
	seen := func(socket uint16, text, host string, page, line int) twin.Row {
		r := ncpRow(socket, text, page, line)
		r.Status, r.Assignee = "seen", host
		return r
	}
	rows, left := socketExcerpt(t, "rfc433.txt", readHosts433, 22, 1)
	hasRows(t, rows, []twin.Row{
		seen(241, "NCP Measurement", "UCLA-NMC, host 1", 3, 48),
		seen(1, "Telnet", "MIT-Multics, host 6", 3, 54), // NCC before it offers nothing
		seen(3, "Sorry File Transfer", "Harvard, host 9", 3, 57),
		seen(5, "Echo", "ILLIAC-TENEX, host 15", 5, 66), // its host stands on the page before
		seen(11, "NETPJS [EBCDIC]", "UCLA-CCN, host 65", 5, 74),
		seen(17, "Oneliners", "BBN-TENEX (a), host 69", 5, 80),
		seen(1, "Telnet", "MIT-DMCG, host 70", 5, 83),
	})
	if want := (Reject{81, "3604505 = x'370019' = o'15600031' TIP News", "not a port: 3604505 is above 65535, the highest port"}); left[0] != want {
		t.Errorf("%v, want %v", left[0], want)
	}

	rows, _ = socketExcerpt(t, "rfc503.txt", readHosts503, 27, 0)
	graphics := seen(2049, "Graphics terminal sockets", "UCSB, host 3", 4, 68)
	graphics.Remark = "one of a list, printed again in hexadecimal and octal"
	rsexec := seen(247, "TIP RSEXEC Facility", "BBN-TENEX (a), host 69", 8, 96)
	rsexec.Remark = "printed 247 = x'F7' = o'367'"
	hasRows(t, rows, []twin.Row{graphics, rsexec,
		seen(5, "UCSB RJS [not ARPANET standard]", "UCSB, host 3", 4, 64),
		seen(1, "Telnet", "UTAH, host 4", 4, 74), // a host as far from the margin as the sockets before it
		seen(69, "CPYNET", "BBN-TENEX (a), host 69", 8, 95),
		seen(1, "Telnet", "BBN-TENEXB, host 133", 8, 99),
	})
}

func TestExcerptRFC739(t *testing.T) {
	rows, _ := socketExcerpt(t, "rfc739.txt", readRFC739, 17, 0)
	files := ncpRow(3, "Old File Transfer", 4, 47)
	files.References, files.Remark = "RFC 454; RFC 683", "cites document 9 of the list, which is no RFC"
	mailer := ncpRow(232, "Authorized Mailer at BBN", 4, 58)
	mailer.Span.Last = 237
	hasRows(t, rows, []twin.Row{files, mailer, ncpRow(77, "any private RJE server", 4, 52), ncpRow(229, "Garlick's Debugger", 4, 57),
		{Span: sockets(64, 127), Transport: portolan.NCP, Status: "unassigned", Description: "Hosts Specific Functions",
			Remark: isARange, Page: 3, Line: 30},
	})
}

func TestExcerptRFC750(t *testing.T) {
	rows, _ := socketExcerpt(t, "rfc750.txt", readRFC739, 19, 0)
	bare := func(first, last uint16, status string, page, line int) twin.Row {
		return twin.Row{Span: sockets(first, last), Transport: portolan.NCP, Status: status, Page: page, Line: line}
	}
	octal := bare(98, 127, "unassigned", 4, 38)
	octal.Remark = "the octal column prints 142-136 for 142-177: the decimal is read"
	hasRows(t, rows, []twin.Row{octal, bare(42, 63, "unassigned", 3, 23), bare(128, 223, "reserved", 4, 44),
		bare(239, 239, "unassigned", 4, 49), ncpRow(13, "Date and Time", 3, 21)})
}

func TestExcerptRFC776(t *testing.T) {
	rows, _ := socketExcerpt(t, "rfc776.txt", readRFC739, 26, 0)
	row := func(first, last uint16, status, text, contact, references, remark string, page, line int) twin.Row {
		return twin.Row{Span: sockets(first, last), Transport: twin.Any, Status: status, Description: text, Contact: contact,
			References: references, Remark: remark, Page: page, Line: line}
	}
	hasRows(t, rows, []twin.Row{
		row(3, 3, "assigned", "Old File Transfer", "Jon Postel", "RFC 454; RFC 683; RFC 691", "", 6, 32),
		row(42, 42, "assigned", "Name Server", "Jon Postel", "IEN 116", "", 6, 37),
		row(43, 43, "assigned", "WhoIs", "[JAKE]", "", "the people list lacks JAKE", 6, 38), // not in the excerpt
		row(49, 49, "assigned", "RAND Network Graphics Conference", "Michael O'Brien", "", "cites document 30 of the list, which is no RFC", 6, 39),
		row(59, 63, "unassigned", "", "Jon Postel", "", "", 6, 40),
		row(69, 69, "unassigned", "", "Jon Postel", "", "69 is printed on two lines", 7, 61),
		row(69, 69, "assigned", "Trivial File Transfer", "Karen Sollins", "IEN 133", "69 is printed on two lines", 7, 62),
		row(71, 71, "assigned", "NETRJS (EBCDIC) at UCLA-CCN", "Bob Braden", "RFC 740", "cites document 17 of the list, which is no RFC", 7, 63),
		row(64, 131, "unassigned", "Hosts Specific Functions", "", "", isARange, 5, 13),
		row(132, 223, "reserved", "Reserved for Future Use", "", "", isARange, 5, 14),
		row(132, 223, "reserved", "", "Jon Postel", "", "", 7, 72),
	})
}

// Lines that are no rows of any of these documents.
func TestSocketLinesLeftOut(t *testing.T) {
	for _, c := range []struct {
		read reader
		text string
		want Reject
	}{
		{readRFC349, "   Socket   Assignment\n   70000   X\n", Reject{2, "70000 X", "not a port: 70000 is above 65535, the highest port"}},
		{readRFC349, "   Socket   Assignment\n   7a   X\n", Reject{2, "7a X", "not socket and text"}},
		{readRFC739, "  ASSIGNED SOCKET NUMBERS\n         7         19        X\n", Reject{2, "7 19 X", "not decimal, octal and text"}},
		{readRFC739, "  ASSIGNED SOCKET NUMBERS\n         9-7       11-7      X\n", Reject{2, "9-7 11-7 X", `not a port: "9-7" runs backwards: write it as 7-9`}},
		{readRFC739, "  ASSIGNED SOCKET NUMBERS\n         l         1         X\n", Reject{2, "l 1 X", "neither a row nor a head"}},
		{readHosts433, "sockets [e.g\n      1   Telnet\n", Reject{2, "1 Telnet", "no host before it"}},
		{readHosts503, "sockets [e.g\n   Telnet\n", Reject{2, "Telnet", "neither a host nor a socket of one"}},
	} {
		rows, left, err := c.read([]byte(c.text))
		if err != nil || len(rows) != 0 || len(left) != 1 || left[0] != c.want {
			t.Errorf("%q: %d rows, left %v, %v, want %v", c.text, len(rows), left, err, c.want)
		}
	}
}

// socketDocuments are the documents with the lines in which their tables stand.
var socketDocuments = []struct {
	file                                string
	read                                reader
	tables                              [][2]int
	assigned, reserved, unassigned, any int // any: of the assigned, "any private RJE server" and the like
	seen, left                          int
}{
	{"rfc349.txt", readRFC349, [][2]int{{24, 27}, {32, 36}}, 5, 1, 3, 0, 0, 0},
	{"rfc433.txt", readRFC349, [][2]int{{32, 35}, {42, 54}}, 11, 1, 3, 0, 0, 0},
	{"rfc503.txt", readRFC349, [][2]int{{36, 39}, {67, 89}}, 21, 1, 3, 0, 0, 0},
	{"rfc739.txt", readRFC739, [][2]int{{139, 142}, {184, 226}}, 38, 1, 3, 1, 0, 0},
	{"rfc750.txt", readRFC739, [][2]int{{141, 144}, {150, 222}}, 40, 2, 8, 1, 0, 0},
	{"rfc755.txt", readRFC739, [][2]int{{139, 142}, {148, 222}}, 40, 2, 8, 1, 0, 0},
	{"rfc758.txt", readRFC739, [][2]int{{259, 262}, {302, 393}}, 42, 2, 9, 1, 0, 0},
	{"rfc762.txt", readRFC739, [][2]int{{258, 261}, {301, 424}}, 54, 2, 9, 1, 0, 0},
	{"rfc770.txt", readRFC739, [][2]int{{322, 325}, {360, 483}}, 59, 2, 9, 2, 0, 0},
	{"rfc776.txt", readRFC739, [][2]int{{265, 268}, {303, 424}}, 54, 2, 14, 2, 0, 0},
	{"rfc790.txt", readRFC739, [][2]int{{382, 385}, {417, 538}}, 58, 2, 11, 2, 0, 0},
	{"rfc433.txt", readHosts433, nil, 0, 0, 0, 0, 96, 1},
	{"rfc503.txt", readHosts503, nil, 0, 0, 0, 0, 108, 0},
}

// Counted by hand in the raw texts.
func TestCountsOfTheSocketLists(t *testing.T) {
	for _, d := range socketDocuments {
		rows, left, err := d.read(rawRFC(t, d.file))
		if err != nil || len(left) != d.left {
			t.Errorf("%s: left %v, %v", d.file, left, err)
		}
		got := map[string]int{}
		for _, r := range rows {
			got[r.Status]++
			if r.Status == "assigned" && strings.HasPrefix(r.Description, "any ") {
				got["any"]++
			}
		}
		for status, want := range map[string]int{"assigned": d.assigned, "reserved": d.reserved, "unassigned": d.unassigned, "any": d.any, "seen": d.seen} {
			if got[status] != want {
				t.Errorf("%s: %d %s, want %d", d.file, got[status], status, want)
			}
		}
	}
}

// Every row stands where it says, and every line of a table that starts with a
// number has a row.
func TestPlacesInTheSocketLists(t *testing.T) {
	number := regexp.MustCompile(`^ +\d`)
	for _, d := range socketDocuments {
		text := rawRFC(t, d.file)
		rows, _, err := d.read(text)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.Split(text, []byte("\n"))
		byLine := map[int]int{}
		for _, r := range rows {
			byLine[r.Line]++
			checkSocketPlace(t, d.file, lines, r)
		}
		for _, table := range d.tables {
			for n := table[0]; n <= table[1]; n++ {
				if number.Match(lines[n-1]) && byLine[n] != 1 {
					t.Errorf("%s: line %d has %d rows: %s", d.file, n, byLine[n], lines[n-1])
				}
			}
		}
	}
}

func checkSocketPlace(t *testing.T, file string, lines [][]byte, r twin.Row) {
	t.Helper()
	at := string(lines[r.Line-1])
	text := r.Description
	if strings.Contains(r.Remark, "an at sign") {
		text, _, _ = strings.Cut(text, " at ")
	}
	if !strings.Contains(at, strconv.Itoa(int(r.Span.First))) || !strings.Contains(at, strconv.Itoa(int(r.Span.Last))) ||
		!strings.Contains(at, text) && !strings.HasPrefix(r.Remark, "no text is printed") {
		t.Errorf("%s: %s %s is not in line %d: %q", file, r.Span, r.Description, r.Line, at)
	}
	for _, l := range lines[r.Line-1:] {
		if m := pageFooter.FindSubmatch(l); m != nil {
			if string(m[1]) != strconv.Itoa(r.Page) {
				t.Errorf("%s: line %d is on page %s, not %d", file, r.Line, m[1], r.Page)
			}
			return
		}
	}
	t.Errorf("%s: no footer after line %d", file, r.Line)
}

// FuzzSocketLists holds for any bytes: rows lie in the text, are of the
// ARPANET or of all that the list covers, and can be written and read back.
func FuzzSocketLists(f *testing.F) {
	for _, name := range []string{"rfc433.txt", "rfc503.txt", "rfc739.txt", "rfc750.txt", "rfc776.txt"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append(text, 0))
	}
	f.Add([]byte("   Socket   Assignment\n   67\n   68 - 69   a@b @ c\n   documents listed here:\n   d@e   [f @ g@h]\n"))
	f.Add([]byte("sockets [e.g\n   1   A@b C\n      2   D @ e\n   1, 2, 70000 x@y\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []reader{readRFC349, readHosts433, readHosts503, readRFC739} {
			rows, left, err := read(b)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows)+len(left) > len(b) {
				t.Errorf("%d rows and %d lines left from %d bytes", len(rows), len(left), len(b))
			}
			for _, r := range rows {
				checkSocketRow(t, r, bytes.Count(b, []byte("\n"))+1)
			}
			checkWrittenAndRead(t, rows)
		}
	})
}

func checkSocketRow(t *testing.T, r twin.Row, lines int) {
	t.Helper()
	if r.Span.First > r.Span.Last || r.Transport != portolan.NCP && r.Transport != twin.Any || r.Service != "" {
		t.Errorf("no row of such a list: %+v", r)
	}
	if r.Line < 1 || r.Line > lines || r.Page < 0 {
		t.Errorf("not in a text of %d lines: %+v", lines, r)
	}
	for _, s := range r.Texts() {
		if strings.ContainsAny(*s, "@\t\r\n") {
			t.Errorf("an address, or more than one line: %+v", r)
		}
	}
}

func checkWrittenAndRead(t *testing.T, rows []twin.Row) {
	t.Helper()
	var out bytes.Buffer
	if err := twin.Write(&out, rows); err != nil {
		t.Fatal(err)
	}
	again, err := twin.Read("twin", &out)
	if err != nil || len(again) != len(rows) {
		t.Fatalf("%d rows read back of %d, %v", len(again), len(rows), err)
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, twin.Compare)
	if !slices.Equal(again, rows) {
		t.Errorf("read back as %+v, written %+v", again, rows)
	}
}
