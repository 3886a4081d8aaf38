package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// excerpt reads lines of a document from testdata: the odd ones, as printed,
// with tabs, footers and form feeds.
func excerpt(t *testing.T, name string, read reader) []twin.Row {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	rows, left, err := read(text)
	if err != nil || len(left) != 0 {
		t.Fatalf("%s: left %v, %v", name, left, err)
	}
	return rows
}

// printed is what an excerpt prints of one row.
type printed struct {
	ports                                 string
	transport                             portolan.Transport
	status, service, description, contact string
	page, line                            int
}

func checkPrinted(t *testing.T, rows []twin.Row, want []printed) {
	t.Helper()
	for _, w := range want {
		var got []printed
		found := false
		for _, r := range rows {
			p := printed{r.Span.String(), r.Transport, r.Status, r.Service, r.Description, r.Contact, r.Page, r.Line}
			found = found || p == w
			if p.ports == w.ports && p.transport == w.transport {
				got = append(got, p)
			}
		}
		if !found {
			t.Errorf("no row %+v among %+v", w, got)
		}
	}
}

func TestExcerptRFC1340(t *testing.T) {
	rows := excerpt(t, "rfc1340.txt", readRFC1340)
	if len(rows) != 41 {
		t.Errorf("%d rows, want 41", len(rows))
	}
	checkPrinted(t, rows, []printed{
		{"0", portolan.TCP, "reserved", "", "", "Jon Postel", 10, 6},
		{"34", portolan.UDP, "unassigned", "", "", "Jon Postel", 10, 9},
		{"35", portolan.TCP, "assigned", "", "any private printer server", "Jon Postel", 10, 10},
		{"35", portolan.UDP, "assigned", "", "any private printer server", "Jon Postel", 25, 19}, // behind a page break
		{"45", portolan.TCP, "assigned", "mpm", "Message Processing Module [recv]", "Jon Postel", 25, 20},
		{"157", portolan.TCP, "assigned", "knet-cmp", "KNET/VM Command/Message Protocol", "Gary S. Malkin", 25, 25}, // no blank before the bracket
		{"165", portolan.UDP, "assigned", "xns-courier", "Xerox", "Susie Armstrong", 25, 27},
		{"178", portolan.UDP, "assigned", "NextStep", "NextStep Window Server", "Leo Hourvitz", 25, 31}, // tcp is nextstep
		{"190", portolan.TCP, "assigned", "gacp", "Gateway Access Control Protocol", "C. Philip Wood", 25, 32},
		{"190", portolan.UDP, "assigned", "cacp", "Gateway Access Control Protocol", "C. Philip Wood", 25, 33},
		{"224-241", twin.Any, "reserved", "", "", "Jon Postel", 25, 37},
		{"999", portolan.UDP, "assigned", "applix", "Applix ac", "", 25, 39},
		{"999", portolan.UDP, "assigned", "puprouter", "", "", 25, 41},
		{"1000", portolan.UDP, "assigned", "ock", "", "", 25, 43},
		{"3049", portolan.TCP, "assigned", "NSWS", "", "", 25, 54},
		{"3049", portolan.UDP, "assigned", "NSWS", "", "", 26, 63}, // printed 3049/ddddp
		{"5145", portolan.UDP, "assigned", "rmonitor_secure", "", "", 26, 68},
		{"17007", portolan.UDP, "assigned", "isode-dua", "", "", 26, 70},
	})
	if r := find(t, rows, 53, portolan.TCP); r.References != "RFC 1034; RFC 862" || r.Contact != "[PM1]" {
		t.Errorf("two documents and a tag that the list lacks: %+v", r)
	}
}

func TestExcerptRFC1700(t *testing.T) {
	rows := excerpt(t, "rfc1700.txt", readRFC1700)
	if len(rows) != 122 {
		t.Errorf("%d rows, want 122", len(rows))
	}
	const talk = "like tenex link, but across machine - unfortunately, doesn't use link protocol " +
		"(this is actually just a rendezvous port from which a tcp connection is established)"
	checkPrinted(t, rows, []printed{
		{"24", portolan.UDP, "assigned", "", "any private mail system", "Rick Adam", 23, 10},
		{"60", portolan.TCP, "unassigned", "", "", "", 23, 12}, // without the mark of a comment
		{"61", portolan.TCP, "assigned", "ni-mail", "NI MAIL", "Steve Kille", 23, 14},
		{"126", portolan.UDP, "assigned", "unitary", "Unisys Unitary Login", "", 23, 22}, // an address is no name
		{"130", portolan.TCP, "assigned", "cisco-fna", "cisco FNATIVE", "Amatzia Ben-Artzi", 23, 24},
		{"130", portolan.UDP, "assigned", "cisco-fna", "cisco FNATIVE", "Amatzia Ben-Artzi", 55, 33},
		{"517", portolan.UDP, "assigned", "talk", talk, "", 55, 53}, // its last line lacks the mark
		{"518", portolan.TCP, "assigned", "ntalk", "", "", 55, 58},
		{"542", portolan.TCP, "unassigned", "", "", "", 55, 62},
		{"551-555", twin.Any, "unassigned", "", "", "", 55, 63},
		{"555", portolan.TCP, "assigned", "dsf", "", "Bill Schiefelbein", 55, 64}, // in an unassigned run
		{"600", portolan.TCP, "assigned", "ipcserver", "Sun IPC server", "Bill Schiefelbein", 55, 66},
		{"606", portolan.UDP, "assigned", "urm", "Cray Unified Resource Manager", "Bill Schiefelbein", 55, 71}, // behind 607
		{"666", portolan.UDP, "assigned", "mdqs", "", "", 55, 74},
		{"666", portolan.UDP, "assigned", "doom", "doom Id Software", "", 55, 76}, // printed 666/tcp
		{"1023", portolan.TCP, "reserved", "", "", "", 55, 80},
		{"1024", portolan.UDP, "reserved", "", "", "IANA", 55, 81},
		{"1024", portolan.UDP, "reserved", "", "", "IANA", 55, 91},
		{"1080", portolan.UDP, "assigned", "socks", "Socks", "Ying-Da Lee", 55, 95}, // an address not closed
		{"1421", portolan.TCP, "assigned", "gandalf-lm", "Gandalf License Manager", "", 55, 97},
		{"1454", portolan.UDP, "assigned", "interhdl_elmd", "interHDL License Manager", "Eli Sternheim", 55, 101},
		{"1469", portolan.TCP, "assigned", "aal-lm", "Active Analysis Limited License Manager", "David Snocken", 55, 106},
		{"1481", portolan.UDP, "assigned", "airs", "AIRS", "Bruce Wilson", 55, 110},
		{"1494", portolan.TCP, "assigned", "ica", "ica", "John Richardson, Citrix Systems", 55, 112},
		{"1504", portolan.TCP, "assigned", "evb-elm", "EVB Software Engineering License Manager", "B.G. Mahesh", 55, 115},
		{"1989", portolan.TCP, "assigned", "tr-rsrb-p3", "cisco RSRB Priority 3 port", "", 55, 120}, // a ruler ends its reach
		{"1989", portolan.TCP, "assigned", "mshnet", "MHSnet system", "Bob Kummerfeld", 55, 123},
		{"1992", portolan.UDP, "assigned", "stun-p3", "cisco STUN Priority 3 port", "", 55, 132},
		{"1992", portolan.UDP, "assigned", "ipsendmsg", "IPsendmsg", "Bob Kummerfeld", 55, 135},
		{"3984", portolan.TCP, "assigned", "mapper-nodemgr", "MAPPER network node manager", "John C. Horton", 55, 146},
		{"3421", portolan.UDP, "assigned", "bmap", "Bull Apprise portmapper", "Jeremy Gilbert", 55, 154}, // behind 3986
		{"5304", portolan.UDP, "assigned", "hacl-local", "", "Eric Soderberg", 55, 169},
		{"6000-6063", portolan.TCP, "assigned", "x11", "X Window System", "Stephen Gildea", 55, 173},
	})
	if r := find(t, rows, 100, portolan.TCP); r.Unauthorized != "unauthorized use" || r.Service != "newacct" || r.Via != "inherited" {
		t.Errorf("newacct: %+v", r)
	}
}

// rawRFC returns a whole document, where the raw texts are at hand.
func rawRFC(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("PORTOLAN_SOURCES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "sources")
	}
	text, err := os.ReadFile(filepath.Join(dir, "rfc", name))
	if os.IsNotExist(err) {
		t.Skipf("%s is not in the raw sources: set PORTOLAN_SOURCES to their folder", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Counted by a second reading of the raw texts. Nameless rows are "any private
// mail system" and its like: 24, 35, 57, 59, 75, 77, 87. A count of RFC 1700 by
// keys is 1480: 1354 named rows, two of which are x11 with 64 ports each.
func TestCountsOfTheRFCs(t *testing.T) {
	type count struct{ named, nameless, reserved, unassigned, namedKeys int }
	for name, want := range map[string]struct {
		read  reader
		count count
	}{
		"rfc1340.txt": {readRFC1340, count{717, 14, 4, 40, 717}},
		"rfc1700.txt": {readRFC1700, count{1354, 14, 8, 60, 1480}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, left, err := want.read(rawRFC(t, name))
			if err != nil || len(left) != 0 {
				t.Fatalf("left %v, %v", left, err)
			}
			var got count
			for _, r := range rows {
				switch {
				case r.Status == "reserved":
					got.reserved++
				case r.Status == "unassigned":
					got.unassigned++
				case r.Service == "":
					got.nameless++
				default:
					got.named++
					got.namedKeys += r.Span.Len()
				}
			}
			if got != want.count {
				t.Errorf("%+v, want %+v", got, want.count)
			}
		})
	}
}

// Every row stands where it says: the line holds its name, number and
// transport, and the next footer its page; and no line that holds a number
// and a transport in the two sections is without a row.
func TestPlacesInTheRFCs(t *testing.T) {
	for name, c := range map[string]struct {
		read     reader
		sections [][2]int // lines of the two lists in the raw text
	}{
		"rfc1340.txt": {readRFC1340, [][2]int{{480, 1238}, {1262, 1455}}},
		"rfc1700.txt": {readRFC1700, [][2]int{{873, 2144}, {2168, 3091}}},
	} {
		t.Run(name, func(t *testing.T) {
			text := rawRFC(t, name)
			rows, _, err := c.read(text)
			if err != nil {
				t.Fatal(err)
			}
			lines := bytes.Split(text, []byte("\n"))
			byLine := map[int]bool{}
			for _, r := range rows {
				byLine[r.Line] = true
				checkPlace(t, lines, r)
			}
			entry := regexp.MustCompile(`\b\d+/(tcp|udp|ddddp)\b`)
			for _, s := range c.sections {
				for n := s[0]; n <= s[1]; n++ {
					if entry.Match(lines[n-1]) && !byLine[n] {
						t.Errorf("line %d has no row: %s", n, lines[n-1])
					}
				}
			}
		})
	}
}

var pageFooter = regexp.MustCompile(`\[Page (\d+)\]`)

func checkPlace(t *testing.T, lines [][]byte, r twin.Row) {
	t.Helper()
	at := string(lines[r.Line-1])
	number := r.Span.String()
	if r.Transport != twin.Any {
		number += "/"
	}
	if !strings.Contains(at, r.Service) || !strings.Contains(at, number) {
		t.Errorf("%s %s is not in line %d: %q", number, r.Service, r.Line, at)
	}
	for _, l := range lines[r.Line-1:] {
		if m := pageFooter.FindSubmatch(l); m != nil {
			if string(m[1]) != strconv.Itoa(r.Page) {
				t.Errorf("line %d is on page %s, not %d", r.Line, m[1], r.Page)
			}
			return
		}
	}
	t.Errorf("no footer after line %d", r.Line)
}
