package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

func pictureOf(t *testing.T, ports, service string, width int, transports ...portolan.Transport) picture {
	t.Helper()
	span, err := portolan.ParseSpan(ports)
	if err != nil {
		t.Fatal(err)
	}
	return draw(tracksOf(span, transports), service, width)
}

// signAt is what a line shows of a year, 0 where it has ended.
func (pic picture) signAt(line, year int) rune {
	signs := []rune(pic.lines[line].signs)
	if at := (year - pic.first) / pic.step; at < len(signs) {
		return signs[at]
	}
	return 0
}

// Read in the editions: what stood there at the end of a year.
func TestPicture(t *testing.T) {
	for _, c := range []struct {
		ports string
		years map[int]rune
	}{
		{"378", map[int]rune{1992: '·', 1993: '~', 1994: 'A', 1995: '~', 2004: '~', 2005: 'A', 2026: 'A'}},
		{"2", map[int]rune{1992: 'A', 2024: 'A', 2025: 'r', 2026: 'r'}},
		{"400", map[int]rune{1992: '·', 1994: 'A', 2000: '~', 2005: 'A', 2013: 'B', 2026: 'B'}},
		{"831", map[int]rune{1994: '·', 2013: 'A', 2025: 'r'}},
	} {
		pic := pictureOf(t, c.ports, "", 80, portolan.TCP, portolan.UDP)
		// RFC 758 speaks of tcp in 1979, and no list of udp before 1981: two lines.
		if len(pic.lines) != 2 || pic.lines[0].label != "tcp" || pic.signAt(0, 1979) != markFree || pic.signAt(1, 1979) != markSilent {
			t.Errorf("%s: %+v", c.ports, pic.lines)
			continue
		}
		for year, want := range c.years {
			for line := range pic.lines {
				if got := pic.signAt(line, year); got != want {
					t.Errorf("%s in %d: %q, want %q", c.ports, year, got, want)
				}
			}
		}
	}
}

func TestPictureOfAName(t *testing.T) {
	pic := pictureOf(t, "80", "http", 80, portolan.TCP)
	if pic.signAt(0, 1994) != markOther || pic.signAt(0, 2005) != 'A' || !slices.Contains(pic.legend, "A http") {
		t.Errorf("%+v", pic)
	}
}

// A transport that no source speaks of yet is blank, not unassigned.
func TestPictureOfSilence(t *testing.T) {
	pic := pictureOf(t, "9", "", 80, portolan.DCCP)
	if pic.signAt(0, 2005) != markSilent || pic.signAt(0, 2013) != 'A' {
		t.Errorf("%+v", pic)
	}
}

// Every picture fits, on any terminal, and explains each sign that it uses.
func TestPicturesFitAndExplainThemselves(t *testing.T) {
	for _, width := range []int{40, 60, 80, 100} {
		for _, ports := range []string{"0", "2", "9", "80", "144", "400", "2222", "6000", "60000"} {
			pic := pictureOf(t, ports, "", width, portolan.Transports[:]...)
			legend := strings.Join(pic.legend, "\n")
			for _, l := range pic.lines {
				if n := utf8.RuneCountInString(l.label) + 2 + utf8.RuneCountInString(l.signs); n > width {
					t.Errorf("%s at %d: %d wide", ports, width, n)
				}
				for _, sign := range l.signs {
					if sign == ' ' {
						sign = 'b' // lank
					}
					if !strings.HasPrefix(legend, string(sign)) && !strings.Contains(legend, "\n"+string(sign)) {
						t.Errorf("%s: %q is not explained in %q", ports, sign, legend)
					}
				}
			}
		}
	}
}

func TestAxis(t *testing.T) {
	for want, pic := range map[string]picture{
		"1972    1980      1990      2000      2010      2020  2026": {first: 1972, step: 1, columns: 55},
		"1972          2000         2026":                            {first: 1972, step: 2, columns: 28},
		"2026":                                                       {first: 2026, step: 1, columns: 1},
	} {
		if got := pic.axis(); got != want {
			t.Errorf("%+v:\n%q, want\n%q", pic, got, want)
		}
	}
}

func TestLongestHole(t *testing.T) {
	if from, to := longestHole(); from.ID != "rfc1700" || to.ID != "iana-2005-12-22" {
		t.Errorf("%s to %s", from.ID, to.ID)
	}
}

// A key's stretches follow each other, from the first edition that speaks of
// its transport to the newest, and no two neighbours say the same.
func TestStretchesCoverTheSpan(t *testing.T) {
	for _, port := range []uint16{0, 2, 22, 80, 143, 831, 5543, 49151, 65535} {
		for _, tr := range portolan.Transports {
			editions := registry.Editions(tr)
			s := trackOf(portolan.Span{First: port, Last: port}, tr).Stretches
			if s[0].First.Source != editions[0].ID || s[len(s)-1].Last.Source != editions[len(editions)-1].ID {
				t.Errorf("%d/%s: from %s to %s", port, tr, s[0].First.Source, s[len(s)-1].Last.Source)
			}
			for i := 1; i < len(s); i++ {
				at := slices.IndexFunc(editions, func(e registry.Source) bool { return e.ID == s[i].First.Source })
				if editions[at-1].ID != s[i-1].Last.Source || s[i].text() == s[i-1].text() {
					t.Errorf("%d/%s: %+v then %+v", port, tr, s[i-1], s[i])
				}
			}
		}
	}
}

func TestDisjointAndTouching(t *testing.T) {
	list := []portolan.Span{{First: 5, Last: 9}, {First: 1, Last: 2}, {First: 3, Last: 3}, {First: 7, Last: 12}}
	if got := fmt.Sprint(disjoint(slices.Clone(list))); got != "[1-2 3 5-12]" {
		t.Error(got)
	}
	if got := fmt.Sprint(touching(list)); got != "[1-3 5-12]" {
		t.Error(got)
	}
}

func TestAlikeIn(t *testing.T) {
	events := []registry.Event{{Span: portolan.Span{First: 3, Last: 5}}, {Span: portolan.Span{First: 5, Last: 8}}}
	if got := fmt.Sprint(alikeIn(portolan.Span{First: 1, Last: 9}, changesOf(events))); got != "[3-4 5 6-8]" {
		t.Error(got)
	}
}

// Events of several transports are one change only where they say the same.
func TestChangesOf(t *testing.T) {
	var lists [][]registry.Event
	for _, tr := range []portolan.Transport{portolan.TCP, portolan.UDP, portolan.SCTP} {
		lists = append(lists, registry.EventsIn(portolan.Span{First: 22, Last: 22}, tr))
	}
	n := 0
	for _, c := range changesOf(lists...) {
		n += 1 + len(c.also)
		for _, e := range c.also {
			if e.Kind != c.Kind || e.At.ID != c.At.ID || e.Before.ID != c.Before.ID || e.To.Service() != c.To.Service() || e.To.Description() != c.To.Description() {
				t.Errorf("%+v joined with %+v", e, c.Event)
			}
		}
	}
	if all := len(lists[0]) + len(lists[1]) + len(lists[2]); n != all {
		t.Errorf("%d of %d events told", n, all)
	}
}
