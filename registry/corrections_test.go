package registry

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

// outsideTheTables are cited lines that are no row of a port, and words that
// they hold: prose, protocol numbers, names of terminals.
var outsideTheTables = map[string]string{
	"rfc1340:9:472":       "in the range 0-255",
	"rfc1340:23:1256":     "range 1024-65535",
	"rfc1700:8:412":       "ICMP",
	"rfc1700:9:466":       "GRE",
	"rfc1700:9:469":       "SIPP-ESP",
	"rfc1700:9:470":       "SIPP-AH",
	"rfc1700:16:861":      "To the extent possible",
	"rfc1700:16:865":      "in the range 0-255",
	"rfc1700:39:2162":     "range 1024-65535",
	"rfc1700:221:12332":   "ETOS52-APL",
	"iana-2005-12-22::12": "from 49152 through 65535",
}

// Every line can be read, stands in its place, and is written as it should be.
func TestCorrectionsAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	before := Correction{}
	for line := range records(dataCorrections) {
		c, err := parseCorrection(line)
		if err != nil {
			t.Errorf("%v: %q", err, line)
			continue
		}
		if cmp.Or(cmp.Compare(firstPort(before), firstPort(c)), cmp.Compare(before.ID, c.ID)) >= 0 {
			t.Errorf("%s stands behind %s", c.ID, before.ID)
		}
		before = c
		if seen[c.ID] || strings.Trim(c.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%q is there twice, or no short name", c.ID)
		}
		seen[c.ID] = true
		for _, s := range []string{c.Belief, c.Finding} {
			if !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "@\r\x1b") {
				t.Errorf("%s: not a sentence: %q", c.ID, s)
			}
		}
		if strings.Count(c.Belief, ". ") > 0 || strings.Count(c.Finding, ". ") > 1 {
			t.Errorf("%s: a belief is one sentence, a finding two at most", c.ID)
		}
	}
	if len(seen) < 33 {
		t.Errorf("%d corrections, want 33 at least", len(seen))
	}
}

func firstPort(c Correction) int {
	if len(c.Ports) == 0 {
		return -1
	}
	return int(c.Ports[0].First)
}

// What checks a correction holds in the registry, as far as its sources are packed.
func TestCorrectionsHold(t *testing.T) {
	held, open := 0, map[string]int{}
	for _, c := range AllCorrections() {
		t.Run(c.ID, func(t *testing.T) {
			for _, check := range c.Checks {
				if sourceNumber(check.Source) < 0 {
					open[check.Source]++
					continue
				}
				held++
				checkFact(t, check.Source, check.Key, check.Field, check.Value)
			}
		})
	}
	for _, id := range slices.Sorted(maps.Keys(open)) {
		t.Logf("%s is not packed yet: %d checks are open", id, open[id])
	}
	if held < 412 {
		t.Errorf("%d checks were made, want 412 at least", held)
	}
}

// Each place that is cited is that of a row which the correction checks, and
// each source that it checks is cited.
func TestCorrectionsCiteWhatTheyCheck(t *testing.T) {
	open := 0
	for _, c := range AllCorrections() {
		for _, cite := range c.Cites {
			switch _, outside := outsideTheTables[place(cite)]; {
			case outside:
			case !slices.ContainsFunc(c.Checks, func(k Check) bool { return k.Source == cite.Source.ID }):
				t.Errorf("%s cites %s and checks nothing there", c.ID, cite.Source.ID)
			case cite.Line == 0:
			case sourceNumber(cite.Source.ID) < 0:
				open++
			case !citesRow(cite, c.Checks):
				t.Errorf("%s cites %s, where no row that it checks stands", c.ID, place(cite))
			}
		}
		for _, k := range c.Checks {
			if !slices.ContainsFunc(c.Cites, func(cite Citation) bool { return cite.Source.ID == k.Source }) {
				t.Errorf("%s checks %s and does not cite it", c.ID, k)
			}
		}
	}
	t.Logf("%d places lie in sources that are not packed yet", open)
}

// place writes a citation as the table has it.
func place(c Citation) string {
	if c.Line == 0 {
		return c.Source.ID
	}
	page := ""
	if c.Page > 0 {
		page = strconv.Itoa(c.Page)
	}
	return c.Source.ID + ":" + page + ":" + strconv.Itoa(c.Line)
}

func citesRow(cite Citation, checks []Check) bool {
	i := sourceNumber(cite.Source.ID)
	for _, k := range checks {
		if k.Source != cite.Source.ID {
			continue
		}
		for r := range cellRows(k.Key) {
			if r.in(i) && fact(r, i, "page") == strconv.Itoa(cite.Page) && fact(r, i, "line") == strconv.Itoa(cite.Line) {
				return true
			}
		}
	}
	return false
}

// Cited lines that are no row hold the words that they are cited for. The raw
// sources are no part of the project; PORTOLAN_SOURCES names their folder.
func TestCorrectionsCiteTheText(t *testing.T) {
	for s, want := range outsideTheTables {
		c, err := parseCite(s)
		if err != nil {
			t.Fatal(err)
		}
		name := "rfc/" + c.Source.ID + ".txt"
		if c.Source.ID == "iana-2005-12-22" {
			name = "iana/2005-12-22_iana-port-numbers.txt"
		}
		lines := rawLines(t, name)
		// RFC 1340 has tabs where blanks are meant.
		if got := strings.Join(strings.Fields(lines[c.Line-1]), " "); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q in it", s, got, want)
		}
		if got := pageOf(lines, c.Line); got != c.Page {
			t.Errorf("%s stands on page %d", s, got)
		}
	}
}

// pageOf returns the number in the first footer at or behind a line, 0 where
// there is none.
func pageOf(lines []string, line int) int {
	for _, l := range lines[line-1:] {
		if _, rest, ok := strings.Cut(l, "[Page "); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimRight(rest, "\r"), "]")))
			return n
		}
	}
	return 0
}

func TestCorrections(t *testing.T) {
	for _, c := range []struct {
		port uint16
		ids  string
	}{
		{51, "assigned-for-ever ipsec-ports-50-51"}, {1031, "assigned-for-ever"}, {378, "dsetos-data-service"}, {4444, "unassigned-4444"},
		{6667, "irc-6667"}, {6670, ""}, {50000, "dynamic-can-be-registered"}, {1029, ""}, {2736, "unassigned-2309-2736-2774"},
	} {
		var ids []string
		for _, x := range Corrections(c.port) {
			ids = append(ids, x.ID)
		}
		if got := strings.Join(ids, " "); got != c.ids {
			t.Errorf("%d: %q, want %q", c.port, got, c.ids)
		}
	}
	// The short way agrees with a look at every line, at every edge of a span.
	all := AllCorrections()
	for _, c := range all {
		for _, s := range c.Ports {
			for _, p := range []uint16{s.First - 1, s.First, s.Last, s.Last + 1} {
				n := 0
				for _, x := range all {
					if x.Touches(p) {
						n++
					}
				}
				if got := len(Corrections(p)); got != n {
					t.Errorf("%d: %d corrections, want %d", p, got, n)
				}
			}
		}
	}
	x := Corrections(378)[0]
	if x.Cites[0].String() != "RFC 1700, Assigned Numbers, page 30, line 1650" || x.Checks[0].String() != "rfc1700 378/tcp service dsETOS" {
		t.Errorf("%s, %s", x.Cites[0], x.Checks[0])
	}
}

func FuzzCorrection(f *testing.F) {
	for line := range records(dataCorrections) {
		f.Add(line)
	}
	f.Add("x\t5-1\tb\tf\ta:1:2\ts 1/tcp absent")
	f.Fuzz(func(t *testing.T, line string) {
		c, err := parseCorrection(line)
		if err != nil {
			return
		}
		for _, s := range c.Ports {
			if s.First > s.Last || !c.Touches(s.First) || !c.Touches(s.Last) {
				t.Errorf("%q has the span %v", line, s)
			}
		}
		for _, k := range c.Checks {
			if again, err := parseCheck(k.String()); err != nil || again.Key != k.Key || again.Source != k.Source || again.Field != k.Field {
				t.Errorf("%q reads back as %+v, %v", k, again, err)
			}
		}
		for _, cite := range c.Cites {
			if again, err := parseCite(place(cite)); err != nil || again != cite {
				t.Errorf("%q reads back as %+v, %v", place(cite), again, err)
			}
		}
		for _, p := range []uint16{0, 51, 65535} {
			if want := slices.ContainsFunc(c.Ports, func(s portolan.Span) bool { return s.Contains(p) }); c.Touches(p) != want {
				t.Errorf("%q touches %d: %v", line, p, c.Touches(p))
			}
		}
	})
}
