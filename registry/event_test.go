package registry

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

func mustSource(t testing.TB, id string) Source {
	t.Helper()
	s, ok := SourceByID(id)
	if !ok {
		t.Fatalf("no source %s", id)
	}
	return s
}

// told writes events as "kind from→to".
func told(events []Event) string {
	var all []string
	for _, e := range events {
		all = append(all, fmt.Sprintf("%s %s→%s", e.Kind, e.From.Service(), e.To.Service()))
	}
	return strings.Join(all, "; ")
}

// Read in the sources: what became of these ports between two editions.
func TestDiffOfPorts(t *testing.T) {
	for _, c := range []struct{ key, from, to, want string }{
		{"378/tcp", "rfc1340", "rfc1700", "listed →dsETOS"},
		{"377/tcp", "rfc1700", "iana-2013-02-18", "holder-lost tnETOS→tnETOS"},
		{"144/udp", "rfc1700", "iana-2013-02-18", "reassigned news→uma"},
		{"135/tcp", "rfc1700", "iana-2013-02-18", "renamed loc-srv→epmap"},
		{"51/tcp", "rfc1700", "iana-2015-01-09", "removed la-maint→"},
		{"2/tcp", "iana-2025-01-23", "iana-2025-02-13", "removed compressnet→"},
		{"44322/tcp", "iana-2025-09-22", "iana-2026-08-17", "renamed pmcdproxy→pmproxy; dated pmcdproxy→pmproxy"},
		{"5319/udp", "iana-2026-03-27", "iana-2026-03-27.2", "listed →roughtime"},
		{"22/tcp", "iana-2017-03-10", "iana-2017-03-13", ""},
	} {
		k := parseKey(t, c.key)
		var mine []Event
		for _, e := range Diff(k.Transport, mustSource(t, c.from), mustSource(t, c.to)) {
			if e.Span.Contains(k.Port) {
				mine = append(mine, e)
			}
		}
		if got := told(mine); got != c.want {
			t.Errorf("%s from %s to %s: %q, want %q", c.key, c.from, c.to, got, c.want)
		}
	}
}

func parseKey(t testing.TB, s string) portolan.Key {
	t.Helper()
	k, err := portolan.ParseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// names returns the names that a key has in an edition, in any case.
func namesIn(k portolan.Key, i int) []string {
	var all []string
	for r := range cellRows(k) {
		if r.ofEdition() && r.in(i) && Status(r.status()) == Assigned {
			all = append(all, nameOf(assignment(r)))
		}
	}
	slices.Sort(all)
	return all
}

func nameOf(a Assignment) string {
	if a.Service() == "" {
		return "\"" + plain(a.Description())
	}
	return strings.ToLower(a.Service())
}

// apply makes the events' changes to a list of names.
func apply(names []string, events []Event) []string {
	names = slices.Clone(names)
	for _, e := range events {
		switch e.Kind {
		case Listed:
			names = append(names, nameOf(e.To))
		case Removed, Renamed, Reassigned:
			i := slices.Index(names, nameOf(e.From))
			if i < 0 {
				return []string{"no " + nameOf(e.From)}
			}
			names = slices.Delete(names, i, i+1)
			if e.Kind != Removed {
				names = append(names, nameOf(e.To))
			}
		}
	}
	slices.Sort(names)
	return names
}

// Replaying a key's events from nothing gives, at each edition, the names that
// the edition has: histories have no gaps, no overlaps and run forward.
func TestEventsReplayEveryKey(t *testing.T) {
	for c, span := range cells(portolan.Span{Last: 1<<16 - 1}) {
		for tr := portolan.TCP; tr <= portolan.NCP; tr++ {
			k := portolan.Key{Port: span.First, Transport: tr}
			var x comparison
			if x.read(c, tr); len(x.held) == 0 {
				continue
			}
			replayKey(t, k)
		}
	}
}

func replayKey(t *testing.T, k portolan.Key) {
	t.Helper()
	var names []string
	events := Events(k)
	last := -1
	for len(events) > 0 && events[0].At.Series == source(edition).Series {
		at, _ := number(events[0].At)
		if at <= last {
			t.Fatalf("%s: events of %s after those of %s", k, events[0].At.ID, source(last).ID)
		}
		if b := events[0].Before; b.ID != "" && b.Date.earliest() > events[0].At.Date.latest() {
			t.Fatalf("%s: %s is before %s", k, b.ID, events[0].At.ID)
		}
		n := 0
		for n < len(events) && events[n].At.ID == events[0].At.ID {
			n++
		}
		names = apply(names, events[:n])
		if want := namesIn(k, at); !slices.Equal(names, want) {
			t.Fatalf("%s at %s: replayed %q, the edition has %q", k, events[0].At.ID, names, want)
		}
		events, last = events[n:], at
	}
	newest := edition
	if !source(newest).Covers(k.Transport) {
		newest = neighbourNumber(newest, k.Transport, -1)
	}
	if want := namesIn(k, newest); !slices.Equal(names, want) {
		t.Fatalf("%s today: replayed %q, the edition has %q", k, names, want)
	}
}

// What changed from a to b and from b to c makes what changed from a to c.
func TestDiffComposes(t *testing.T) {
	for _, ids := range [][3]string{
		{"rfc1340", "rfc1700", "iana-2026-08-17"}, {"rfc1700", "iana-2013-02-18", "iana-2017-03-10"},
		{"iana-2015-01-09", "iana-2020-01-16", "iana-2026-08-17"}, {"iana-2018-03-20", "iana-2022-08-03", "iana-2025-09-26.2"},
	} {
		for _, tr := range [...]portolan.Transport{portolan.TCP, portolan.UDP} {
			a, b, c := mustSource(t, ids[0]), mustSource(t, ids[1]), mustSource(t, ids[2])
			one, two, both := byPort(Diff(tr, a, b)), byPort(Diff(tr, b, c)), byPort(Diff(tr, a, c))
			from, _ := number(a)
			for p := range 1 << 16 {
				start := namesIn(portolan.Key{Port: uint16(p), Transport: tr}, from)
				if got, want := apply(apply(start, one[p]), two[p]), apply(start, both[p]); !slices.Equal(got, want) {
					t.Fatalf("%d/%s, %v: in two steps %q, in one %q", p, tr, ids, got, want)
				}
			}
		}
	}
}

func byPort(events []Event) map[int][]Event {
	all := map[int][]Event{}
	for _, e := range events {
		for p := int(e.Span.First); p <= int(e.Span.Last); p++ {
			all[p] = append(all[p], e)
		}
	}
	return all
}

// What is lost and what stands today are together all that was ever assigned,
// and nothing is both: every row is of one life, and every life is one of the two.
func TestLostAndCurrentAreAll(t *testing.T) {
	for _, tr := range portolan.Transports {
		lost := map[int][]Assignment{}
		for _, l := range Lost(tr) {
			for p := int(l.Span.First); p <= int(l.Span.Last); p++ {
				lost[p] = append(lost[p], l.Life.Assignment)
			}
			if l.Life.Gone.ID == "" || !slices.Contains(Words[:], l.Word) {
				t.Errorf("%v %s: gone from %q, word %q", l.Span, l.Life.Assignment.Service(), l.Life.Gone.ID, l.Word)
			}
		}
		for p := range 1 << 16 {
			k := portolan.Key{Port: uint16(p), Transport: tr}
			rows := map[Assignment]bool{}
			for r := range cellRows(k) {
				if Status(r.status()) == Assigned && r.ofEdition() {
					rows[assignment(r)] = true
				}
			}
			for _, life := range Lives(k) {
				now := life.Last.ID == source(edition).ID || source(edition).Date.earliest() < life.Last.Date.earliest()
				if gone := slices.Contains(lost[p], life.Assignment); now == gone {
					t.Errorf("%s %q: stands today %v, lost %v", k, nameOf(life.Assignment), now, gone)
				}
				for _, x := range life.Rows {
					delete(rows, x)
				}
			}
			if len(rows) > 0 {
				t.Errorf("%s: %d rows are of no life", k, len(rows))
			}
		}
	}
}

// Read in IANA's edition of 2026-08-17.
func TestWordsOfLoss(t *testing.T) {
	want := map[string]string{
		"2 compressnet":    "de-assigned De-assigned on 2025-02-13, previously compressnet by Bernie Volz",
		"47 ni-ftp":        "removed This entry has been removed on 2017-05-18.",
		"51 la-maint":      "removed This entry is being removed on 2013-05-24.",
		"63 via-ftp":       "nothing ",
		"114 audionews":    "deprecated Deprecated June 2004",
		"400 work-sol":     "formerly Formerly was Workstation Solutions",
		"786 concert":      "date-only modified 2002-05-08",
		"831 netconf-beep": "de-assigned Previously assigned to NETCONF over BEEP but released by RFC 9900",
	}
	for _, l := range Lost(portolan.TCP) {
		key := fmt.Sprint(l.Span, " ", l.Life.Assignment.Service())
		if w, ok := want[key]; ok {
			if got := string(l.Word) + " " + l.Quote; got != w {
				t.Errorf("%s: %q, want %q", key, got, w)
			}
			delete(want, key)
		}
	}
	if len(want) > 0 {
		t.Errorf("not lost: %v", want)
	}
}

// Read in the weekly editions: cfg-cloud was moved within a day, semi-grpc after
// one edition. In RFC 1340 nameserver left 53, and had 42 in RFC 1060 already.
func TestMovedTo(t *testing.T) {
	for key, want := range map[string]string{"8010/tcp": "8015", "8730/tcp": "8710", "53/tcp": "", "2/tcp": ""} {
		got := ""
		for _, e := range Events(parseKey(t, key)) {
			if to, ok := e.MovedTo(); ok {
				got += to.String()
			}
		}
		if got != want {
			t.Errorf("%s moved to %q, want %q", key, got, want)
		}
	}
}

func TestRestored(t *testing.T) {
	k := parseKey(t, "377/tcp")
	from, ok := Restored(k, Lookup(k).First())
	if !ok || from.Contact() != "Tomoo Fujita" || from.Cite().Source.ID != "iana-2005-12-22" || !from.ContactInherited() {
		t.Errorf("377: %v, %q of %s", ok, from.Contact(), from.Cite())
	}
	k = parseKey(t, "378/tcp")
	if from, ok := Restored(k, Lookup(k).First()); ok {
		t.Errorf("378 names its holder, and %q was restored", from.Contact())
	}
}

func BenchmarkDiff(b *testing.B) {
	from, to := mustSource(b, "rfc1700"), mustSource(b, "iana-2026-08-17")
	for b.Loop() {
		for _, t := range portolan.Transports {
			Diff(t, from, to)
		}
	}
}

func BenchmarkEvents(b *testing.B) {
	k := parseKey(b, "4420/tcp")
	for b.Loop() {
		Events(k)
	}
}

func BenchmarkLost(b *testing.B) {
	for b.Loop() {
		for _, t := range portolan.Transports {
			Lost(t)
		}
	}
}
