package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// The odd lines of the file, and what is read of them: a line of the twin with
// | for tab.
func TestReadIANAText(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "iana2005.txt"))
	if err != nil {
		t.Fatal(err)
	}
	rows, left, err := readIANAText(text)
	if err != nil || len(rows) != 147 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	checkLines(t, rows, []string{
		`21|udp|assigned|ftp||File Transfer [Control]||||||||||||9`, // words on port 90 follow: the contact behind those is not theirs
		`90|tcp|assigned|dnsix||DNSIX Securit Attribute Token Map||Charles Watt||||||PORT 90 also being used unofficially by Pointcast||||11`,
		`100|tcp|assigned|newacct||||Jon Postel|inherited|||||unauthorized use||||14`,
		`106|udp|assigned|3com-tsmux||3COM-TSMUX||Jeremy Siegel||||||106 Unauthorized use by insecure poppassd protocol||||19`,
		`114|*|reserved|||Deprecated June 2004|||||2004-06|||||printed "Deprecated June 2004": a number given back, which RFC 6335 (8.2) calls reserved||25`,
		`126|tcp|assigned|nxedit||NXEdit||Don Payette|||||Port 126 Previously assigned to application below: unitary, Unisys Unitary Login|||||26`,
		`351|tcp|assigned|bhoetty||bhoetty (added 5/21/97)||John Kelly||1997-05-21||||||||34`,
		`352|udp|assigned|bhoedap4||bhoedap4||John Kelly|||||This entry records an unassigned but widespread use|||||39`,
		`439|udp|assigned|dasp||dasp||Thomas Obermair||||||||an address in the description is left out||42`,
		`512|tcp|assigned|exec||remote process execution; authentication performed using passwords and UNIX login names||||||||||||44`,
		`512|udp|assigned|comsat||||||||||||||47`,
		`526|udp|assigned|tempo||newdate|||||||"Unknown"|||||54`,
		`602|tcp|assigned|xmlrpc-beep||XML-RPC over BEEP||||||RFC 3529|"RFC3529 March 2003"|||||56`,
		`603|udp|assigned|idxp||IDXP||||||RFC-ietf-idwg-beep-idxp-07||||||60`,
		`889-899|*|unassigned|||||||||||||||67`,
		`1008|udp|unassigned|||Possibly used by Sun Solaris????||||||||||printed "Possibly used by Sun Solaris????": hearsay of a use, no assignment||69`,
		`1023|udp|reserved|||||IANA||||||||||75`,
		`1027|tcp|unassigned|||Unassigned (Removed on 2005-09-16)|||||2005-09-16|||||||85`,
		`1037|tcp|assigned|ams||AMS||Ronald R. Ohmer|||||"October 2003 / February 2004"|||||87`,
		`1169|udp|assigned|tripwire||TRIPWIRE||Ed Metcalf; Albert Holt||||||||||91`,
		`1232|*|unassigned|||||||||||Microsoft (unoffically) using 1232||printed in a comment only||94`,
		`1352|tcp|assigned|lotusnote||Lotus Note||Greg Pflaum||1992-07||||||||95`,
		`1510|tcp|assigned|mvx-lm||Midland Valley Exploration Ltd. Lic. Man.||Neil Salter||||||||"Laszlo" stands behind the address||98`,
		`1752|udp|assigned|lofr-lm||Leap of Faith Research License Manager||||||||||||102`, // an empty comment for a contact
		`1775|tcp|unassigned|||||||||||||printed without a status: read as unassigned||106`,
		`1783|*|reserved|||Decomissioned Port 04/14/00, ms|||||2000-04-14|||||` +
			`printed "Decomissioned Port 04/14/00, ms": a number given back, which RFC 6335 (8.2) calls reserved||110`,
		`2049|tcp|assigned|shilp||||Brent Callaghan|inherited||||Conflict on 2049 !|||||114`,
		`2496|tcp|assigned|dirgis||DIRGIS||Deutschland Informations- und Reservierungsgesellschaft mbH||||||||||122`,
		`2693|tcp|unassigned|||Unassigned (Removed 2004-2-6)|||||2004-02-06|||||||128`,
		`2693|udp|unassigned|||||||||||||printed without a status: read as unassigned||129`,
		`2905|tcp|assigned|m3ua||M3UA||Lyndon Ong||||||||||132`, // a row given back stands between it and its contact
		`2905|udp|reserved|m3ua||De-registered (2001 June 07)||Lyndon Ong|||2001-06-07|||||` +
			`printed "De-registered (2001 June 07)": a number given back, which RFC 6335 (8.2) calls reserved||133`,
		`2925|*|unassigned|||Unassigned (FRP-Released 12/7/00)||||||||||||136`, // December or July?
		`3083|udp|assigned|tl1-telnet||TL1-TELNET||SONET Internetworking Forum (SIF)|||||"SONET Contact"|||||138`,
		`3097|udp|reserved|||||||||||||||142`,
		`3097|sctp|assigned|itu-bicc-stc||ITU-T Q.1902.1/Q.2150.3||Greg Sidebottom||||||||||143`,
		`3300-3301|*|unassigned|||||||||||3300-3301 Unauthorized Use by SAP R/3||printed in a comment only||145`,
		`3322-3325|udp|assigned|active-net||Active Networks||Bob Braden||||||||no transport printed: read as tcp and udp||146`,
		`3420|udp|assigned|ifcp-port||iFCP User Port||||||RFC 4172|"RFC 4172 - September 2005"|||||149`,
		`3749|udp|assigned|cimtrak||CimTrak||Robert E. Johnson, III||2003-04||||||||152`, // the # is missing
		`3868|tcp|assigned|diameter||DIAMETER||||||RFC-ietf-aaa-diameter-17||||||154`,
		`3868|udp|reserved|||||||||||||||155`,
		`3937|tcp|assigned|dvbservdscport||DVB Service Disc Port||Bert van Willigen||2003-11||||||printed Novebmer||161`,
		`4000|udp|assigned|terabase||Terabase||Thor Olson||||||Potential Conflict of ports: PORT 4000 also used by ICQ||||165`,
		`4144|*|unassigned|||||||||||Compuserve (unoffically) is using port 4144||||170`,
		`4444|udp|assigned|nv-video||NV Video default||Ron Frederick||||||krb524 assigned the port, nv used it without an assignment||||177`,
		`4501|*|reserved|||De-registered (08 June 2001)||IANA|||2001-06-08|||||` +
			`printed "De-registered (08 June 2001)": a number given back, which RFC 6335 (8.2) calls reserved||179`,
		`5062-5068|*|unassigned|||||||||||||the list assigns 5066||188`,
		`5312|tcp|assigned|permabit-cs||Permabit Client-Server||Jered Floyd||2004-06||||||||189`,
		`6410|tcp|assigned|reserved4||||Wade Richards|||||The following blocks are in use by Seagate Software 6400-6410|||` +
			`no transport printed: read as tcp and udp||194`,
		`6558|tcp|assigned|xdsxdm||||Brian Tackett|||||"possible contact"|||||198`,
		`6665-6669|udp|assigned|ircu||IRCU||Brian Tackett||||||||||204`,
		`9100|tcp|assigned|hp-pdl-datastr||PDL Data Streaming Port||Shivaun Albright||2002-04||||||||206`,
		`10108-10112|*|unassigned|||||||||||||printed behind a * for a #||215`,
		`11968-11999|*|unassigned|||||||||||||printed Unassiged||216`,
		`13822|tcp|assigned|dsmcc-ccp||DSMCC Channel Change Protocol||Tim Addington||||ISO/IEC 13818-6 MPEG-2 DSM-CC||||||217`,
		`18889-18999|*|unassigned|||||||||||||printed 18889-19899, between assigned ports that say what was meant||225`,
		`49151|*|reserved|||IANA Reserved||||||||||||234`,
	})
	var lines []int
	for _, l := range left {
		lines = append(lines, l.Line)
	}
	if !slices.Equal(lines, []int{30, 31, 226, 232}) {
		t.Errorf("left out: %v", left)
	}
}

// checkLines looks for rows by their line of the twin, with | for tab.
func checkLines(t *testing.T, rows []twin.Row, want []string) {
	t.Helper()
	var got []string
	for _, r := range rows {
		got = append(got, strings.ReplaceAll(r.String(), "\t", "|"))
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			cells := strings.SplitAfterN(w, "|", 3)
			i := slices.IndexFunc(got, func(g string) bool { return strings.HasPrefix(g, cells[0]+cells[1]) })
			if i < 0 {
				got = append(got, "no such port")
				i = len(got) - 1
			}
			t.Errorf("no row\n%s, but\n%s", w, got[i])
		}
	}
}

func TestContactParts(t *testing.T) {
	for line, want := range map[string][2]string{
		"Jon Postel <user@example.org>":                                                     {"Jon Postel", ""},
		"Dave Katz <user@example.org> Dave Ward <user@example.org> July 2003":               {"Dave Katz; Dave Ward", "July 2003"},
		"Wayne Morrow / Michael Melio <user@example.org> / <user@example.org> October 2003": {"Wayne Morrow; Michael Melio", "October 2003"},
		"Klaus Fellner <user@example.org> <user@example.org>":                               {"Klaus Fellner", ""},
		"Philippe Binet  (user@example.org)":                                                {"Philippe Binet", ""},
		"Russell Crook (user@example.org>":                                                  {"Russell Crook", ""},
		"(Michael Lanzetta <user@example.org>":                                              {"Michael Lanzetta", ""},
		"J. A. (Tony) Sever <user@example.org>":                                             {"J. A. (Tony) Sever", ""},
		"Jim Jennings +1-905-555-0100":                                                      {"Jim Jennings", ""},
		"Stuart J. Kerry (Chair IEEE 802.11 WG)":                                            {"Stuart J. Kerry (Chair IEEE 802.11 WG)", ""},
		"Gerard Cerchio user@example.org November 2003":                                     {"Gerard Cerchio", "November 2003"},
		"<user@example.org> - SONET Contact":                                                {"", "SONET Contact"},
		"Samppa Lahtinen <user@example.org>, June 2004":                                     {"Samppa Lahtinen", "June 2004"},
		"SEIKO EPSON Corporation - Oishi Toshiaki":                                          {"SEIKO EPSON Corporation - Oishi Toshiaki", ""},
		"user@example.org":                                                                  {"", ""},
	} {
		if names, tail := contactParts(line); names != want[0] || tail != want[1] {
			t.Errorf("%q: %q and %q, want %q", line, names, tail, want)
		}
	}
}

func TestDayIn(t *testing.T) {
	for text, want := range map[string]string{
		"Unassigned (Removed on 2005-12-22)": "2005-12-22",
		"Unassigned (Removed 2004-2-6)":      "2004-02-06",
		"Unassigned (removed 7 May 2004)":    "2004-05-07",
		"De-registered (08 June 2001)":       "2001-06-08",
		"De-Registered (2001 June 06)":       "2001-06-06",
		"De-Commissioned Port 02/24/00, ms":  "2000-02-24",
		"5/21/97":                            "1997-05-21",
		"Deprecated February 2004":           "2004-02",
		"Unassigned (FRP-Released 12/7/00)":  "",
		"Unassigned":                         "",
		"Unassigned (Removed 2004-13-40)":    "",
	} {
		if got := dayIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// The file is in Windows-1252, with carriage returns.
func TestTextLines(t *testing.T) {
	got := textLines([]byte("a\r\n\r\n  St\xe9phane \x96 x\t\r\n"))
	want := []textLine{{text: "a", line: 1}, {text: "  Stéphane – x", line: 3}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// rawIANA returns a whole edition, where the raw texts are at hand.
func rawIANA(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("PORTOLAN_SOURCES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "sources")
	}
	text, err := os.ReadFile(filepath.Join(dir, "iana", name))
	if os.IsNotExist(err) {
		t.Skipf("%s is not in the raw sources: set PORTOLAN_SOURCES to their folder", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Every row stands where it says, and no line of the two lists that begins like
// an entry is without a row or a reason.
func TestPlacesInIANAText(t *testing.T) {
	text := rawIANA(t, "2005-12-22_iana-port-numbers.txt")
	rows, left, err := readIANAText(text)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(text, []byte("\n"))
	known := map[int]bool{353: true} // words on port 106 that begin with its number
	for _, l := range left {
		known[l.Line] = true
	}
	for _, r := range rows {
		known[r.Line] = true
		number := r.Span.String()
		if _, printed, ok := strings.Cut(r.Remark, "printed "); ok && strings.HasSuffix(r.Remark, "what was meant") {
			number, _, _ = strings.Cut(printed, ",")
		}
		if at := string(lines[r.Line-1]); !strings.Contains(at, r.Service) || !strings.Contains(at, number) {
			t.Errorf("%s is not in line %d: %q", number, r.Line, at)
		}
	}
	entry := regexp.MustCompile(`^([^\s#*]\S*|[#*]+)?\s+\d+(-\d+)?(/[a-z]+)?\s`)
	for n := 53; n <= 13652; n++ {
		if entry.Match(lines[n-1]) && !known[n] {
			t.Errorf("line %d has no row: %s", n, lines[n-1])
		}
	}
}

// Counted by a second reading, by columns. The misspelt words, the three
// numbers without a word and 1008 count as unassigned, as do the three ports
// that only a comment speaks of.
func TestCountsOfIANAText(t *testing.T) {
	rows, left, err := readIANAText(rawIANA(t, "2005-12-22_iana-port-numbers.txt"))
	if err != nil || len(left) != 4 {
		t.Fatalf("left %v, %v", left, err)
	}
	got := map[string]int{}
	for _, r := range rows {
		got[r.Status]++
		if r.Status == "assigned" {
			got[r.Transport.String()]++
		}
		if r.Contact != "" {
			got["contact "+r.Via]++
		}
		if r.Registered != "" {
			got["dated"]++
		}
	}
	for what, want := range map[string]int{"assigned": 9217, "reserved": 24, "unassigned": 530, "tcp": 4608, "udp": 4598, "sctp": 11,
		"contact ": 7251, "contact inherited": 1773, "dated": 1829} {
		if got[what] != want {
			t.Errorf("%d %s, want %d", got[what], what, want)
		}
	}
}

func FuzzIANAText(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("testdata", "iana2005.txt"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("Keyword  Decimal\na 1/tcp x@y\n# RFC-\n# Bob <b@c> May 2003\nb 2\n##### x\n  3  Unassigned\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, left, err := readIANAText(b)
		if err != nil {
			t.Fatal(err)
		}
		n := bytes.Count(b, []byte("\n")) + 1
		for _, r := range rows {
			if r.Span.Last < r.Span.First || r.Line < 1 || r.Line > n || r.Page != 0 || r.Transport > portolan.DCCP && r.Transport < twin.Any && r.Transport != portolan.NCP {
				t.Errorf("no row of the text: %+v", r)
			}
			for _, c := range r.Texts() {
				if strings.ContainsAny(*c, "@\t\r\n") {
					t.Errorf("an address or a break in %+v", r)
				}
			}
		}
		for _, l := range left {
			if strings.Contains(l.Text, "@") || l.Reason == "" {
				t.Errorf("left out: %+v", l)
			}
		}
	})
}
