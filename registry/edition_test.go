package registry

import (
	"fmt"
	"slices"
	"testing"

	"github.com/portolan/portolan"
)

func TestEditionAt(t *testing.T) {
	for day, want := range map[string]string{
		"1066": " rfc1340", "1992-07": "rfc1340 rfc1700", "1994-09-30": "rfc1340 rfc1700", "2005-12-21": "rfc1700 iana-2005-12-22", "9999": "iana-2026-08-17 ",
	} {
		d, err := ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		// Sources of before RFC 1340 may be added: then only the later days are the same.
		at, next := EditionAt(d)
		if got := at.ID + " " + next.ID; got != want && source(firstEdition).ID == "rfc1340" {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}

// In answers as At does on the day of the edition, and not for witnesses.
func TestIn(t *testing.T) {
	for _, k := range []string{"2/tcp", "22/udp", "80/sctp", "378/tcp", "50000/tcp", "831/tcp"} {
		k := parseKey(t, k)
		for _, e := range Editions(k.Transport) {
			a, ok := In(k, e)
			b, ok2 := At(k, e.Date)
			if b.Edition().ID != e.ID {
				continue // two editions of one day
			}
			if ok != ok2 || a.Status() != b.Status() || a.Service() != b.Service() {
				t.Errorf("%s in %s: %v %q, at its date %v %q", k, e.ID, a.Status(), a.Service(), b.Status(), b.Service())
			}
		}
	}
	if _, ok := In(parseKey(t, "22/tcp"), mustSource(t, "wireshark-4.0.17")); ok {
		t.Error("a witness is no edition")
	}
	if _, ok := In(parseKey(t, "22/sctp"), mustSource(t, "rfc1700")); ok {
		t.Error("RFC 1700 says nothing of sctp")
	}
}

func TestCount(t *testing.T) {
	for _, id := range []string{"rfc1700", "iana-2026-08-17"} {
		s := mustSource(t, id)
		var want [4]int
		for p := range 1 << 16 {
			a, _ := In(portolan.Key{Port: uint16(p)}, s)
			want[a.Status()]++
		}
		if got := Count(portolan.TCP, s); got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}

// 378 stands in RFC 1700 on page 30, lines 1650 (tcp) and 1651.
func TestCiteIn(t *testing.T) {
	x := Lookup(parseKey(t, "378/tcp")).First()
	for _, h := range History(parseKey(t, "378/tcp")) {
		if h.Assignment.Status() == Assigned && h.First.ID == "rfc1700" {
			x = h.Assignment
		}
	}
	if c, ok := x.CiteIn(mustSource(t, "rfc1700")); !ok || c.Page != 30 || c.Line != 1650 {
		t.Errorf("%v %+v", ok, c)
	}
	if _, ok := x.CiteIn(mustSource(t, "rfc1340")); ok {
		t.Error("RFC 1340 has no 378")
	}
}

// The events of a span are those of its ports, those of neighbours joined.
func TestEventsIn(t *testing.T) {
	for _, tr := range []portolan.Transport{portolan.TCP, portolan.UDP} {
		span := portolan.Span{First: 5990, Last: 6080}
		got := byPort(EventsIn(span, tr))
		for p := int(span.First); p <= int(span.Last); p++ {
			want := Events(portolan.Key{Port: uint16(p), Transport: tr})
			if !slices.EqualFunc(got[p], want, func(a, b Event) bool {
				return a.Kind == b.Kind && a.At.ID == b.At.ID && a.Before.ID == b.Before.ID && a.From == b.From && a.To == b.To
			}) {
				t.Errorf("%d/%s: %s, alone %s", p, tr, told(got[p]), told(want))
			}
		}
		x11 := EventsIn(portolan.Span{First: 6000, Last: 6063}, tr)
		if x11[0].Span != (portolan.Span{First: 6000, Last: 6063}) {
			t.Errorf("x11 is told for %s", x11[0].Span)
		}
	}
}

func TestLostIn(t *testing.T) {
	tell := func(p int, l Loss) string { return fmt.Sprint(p, " ", nameOf(l.Life.Assignment), " ", l.Word) }
	var want, got []string
	for _, l := range Lost(portolan.TCP) {
		for p := int(l.Span.First); p <= int(l.Span.Last) && p < 1024; p++ {
			want = append(want, tell(p, l))
		}
	}
	for p := range 1024 {
		for _, l := range LostIn(portolan.Span{First: uint16(p), Last: uint16(p)}, portolan.TCP) {
			got = append(got, tell(p, l))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 30 || !slices.Equal(got, want) {
		t.Errorf("one by one %q, together %q", got, want)
	}
}

func TestNamed(t *testing.T) {
	var got []string
	for x := range Named("LA-MAINT") {
		if s := x.Span().String() + " " + x.Service(); !slices.Contains(got, s) {
			got = append(got, s)
		}
	}
	if !slices.Equal(got, []string{"51 la-maint", "51 LA-MAINT"}) {
		t.Errorf("%q", got)
	}
}

func TestSearchIn(t *testing.T) {
	ports := func(id string) (all []string) {
		for _, h := range SearchIn("nec corporation", mustSource(t, id)) {
			all = append(all, h.Assignment.Span().String())
		}
		return all
	}
	if got := ports("rfc1700"); !slices.Equal(got, []string{"377", "378"}) {
		t.Errorf("%q", got)
	}
	if got := ports("rfc1340"); got != nil {
		t.Errorf("%q", got)
	}
}

// Ports from one on at which a cell begins, whatever the block of the bitmap.
func TestStarts(t *testing.T) {
	for _, from := range []int{0, 1, 63, 64, 65, 6000, 65472, 65535} {
		var want, got []int
		for p := max(from, 1); p < 1<<16; p++ {
			if cellOf(uint16(p)) != cellOf(uint16(p-1)) {
				want = append(want, p)
			}
		}
		for p := range starts(max(from, 1)) {
			got = append(got, p)
		}
		if !slices.Equal(got, append(want, 1<<16)) {
			t.Errorf("from %d: %d starts, want %d", from, len(got), len(want)+1)
		}
	}
}

// Between two turns of a key every edition says the same of it.
func TestTurns(t *testing.T) {
	for _, key := range []string{"7/tcp", "23/ncp", "51/udp", "378/tcp", "4646/tcp", "5319/udp", "50000/tcp", "6010/tcp"} {
		k := parseKey(t, key)
		turns := Turns(k)
		var before said
		for i, e := range Editions(k.Transport) {
			a, ok := In(k, e)
			if !ok {
				t.Fatalf("%s: no answer of %s", key, e.ID)
			}
			turn := len(turns) > 0 && turns[0].ID == e.ID
			if turn {
				turns = turns[1:]
			}
			if now := saidOf(a); i > 0 && now != before && !turn {
				t.Errorf("%s: %s says %+v, the edition before %+v, and it is no turn", key, e.ID, now, before)
			}
			before = saidOf(a)
		}
		if len(turns) > 0 {
			t.Errorf("%s: %s is no edition of %s", key, turns[0].ID, k.Transport)
		}
	}
}
