package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/figures"
	"github.com/portolan/portolan/registry"
)

// assigned draws the ports that are assigned on any transport, by year: the last
// edition of each. A year of which no edition is held has no bar.
func assigned() string {
	editions := figures.Editions()
	first, last := editions[0].Date, editions[len(editions)-1].Date
	slot := float64(plotWidth) / float64(last.Year-first.Year+1)
	at := func(d registry.Date) float64 {
		return left + slot*(float64(d.Year-first.Year)+float64(max(d.Month, 1)-1)/12)
	}
	c := &chart{title: "Assigned ports by year, on any transport", xLabel: "year, at its last edition", yLabel: "ports",
		series: []series{{"system ports, 0-1023", "#0072b2"}, {"user ports, 1024-49151", "#a6d5f2"}, {"no edition held", "url(#hole)"}},
		notes: []string{"A year without a bar has no edition. What came and went in the hatched years is not known from these sources." + sockets(first, editions[0]),
			fmt.Sprintf("Sources: %s; %s;", rfcs(editions), firstIANA(editions)),
			fmt.Sprintf("%d more editions of IANA's registry, to %s. Data: portolan %s. Drawn by internal/cmd/plots.", len(editions)-len(rfcList(editions))-1, last, registry.Version())}}
	var before registry.Source
	for i, s := range editions {
		if years, ok := figures.Hole(before, s); ok {
			// Bars stand in the middle of their years' slots; the hole lies between.
			c.holes = append(c.holes, hole{slotStart(at, before, 1), slotStart(at, s, 0), fmt.Sprintf("no edition\nfor %d years\n%s …\n%s", years, month(before.Date), month(s.Date))})
		}
		before = s
		if i+1 < len(editions) && editions[i+1].Date.Year == s.Date.Year {
			continue
		}
		counts := registry.CountsAt(s)
		c.bars = append(c.bars, bar{label: fmt.Sprint(s.Date.Year), parts: []int{counts.Ports[0], counts.Ports[1]}, x: slotStart(at, s, 0) + slot*0.12, w: slot * 0.76})
	}
	showSome(c.bars)
	c.describe()
	return c.draw()
}

// sockets tells that the ARPANET's sockets are counted too, where they are.
func sockets(from registry.Date, first registry.Source) string {
	if !first.Covers(portolan.NCP) {
		return ""
	}
	return fmt.Sprintf(" From %d on: the ARPANET's sockets.", from.Year)
}

// month leaves the day out, for which a label has no room.
func month(d registry.Date) string { return registry.Date{Year: d.Year, Month: d.Month}.String() }

// slotStart is where the slot of an edition's year begins, or one of the next.
func slotStart(at func(registry.Date) float64, s registry.Source, later int16) float64 {
	return at(registry.Date{Year: s.Date.Year + later, Month: 1})
}

// showSome prints the labels of the bars that have room for them.
func showSome(bars []bar) {
	room := -1e9
	for i := range bars {
		// The newest is always shown, and so nothing that would touch it.
		last := bars[len(bars)-1]
		if i == len(bars)-1 || bars[i].x >= room && bars[i].x+34 <= last.x {
			bars[i].show = true
			room = bars[i].x + 34
		}
	}
}

func rfcList(editions []registry.Source) []string {
	var all []string
	for _, s := range editions {
		if name, _, ok := strings.Cut(s.Title, ","); ok && strings.HasPrefix(name, "RFC ") {
			all = append(all, name)
		}
	}
	return all
}

// rfcs names few RFCs, and of many the first and the last.
func rfcs(editions []registry.Source) string {
	all := rfcList(editions)
	if len(all) <= 4 {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%d RFCs from %s to %s", len(all), all[0], all[len(all)-1])
}

// firstIANA names the oldest edition that is no RFC.
func firstIANA(editions []registry.Source) string {
	for _, s := range editions {
		if !strings.HasPrefix(s.Title, "RFC ") {
			return s.Title + " of " + s.Date.String()
		}
	}
	return ""
}

// fills are of the words of loss, in their order.
var fills = map[registry.Word]string{registry.DeAssigned: "#0072b2", registry.WasRemoved: "url(#lines)", registry.Formerly: "url(#back)",
	registry.Deprecated: "url(#grid)", registry.Tombstone: "url(#dots)", registry.Silent: "#ffffff"}

// lost draws what was lost, by when and by the word that is left.
func lost() string {
	losses := slices.DeleteFunc(figures.Lost(), func(l figures.Loss) bool { return l.Fate == figures.Renamed })
	c := &chart{title: "Lost assignments, by year and by what today's registry says of them", yLabel: "keys (port × transport)",
		xLabel: "year of the first edition without it; on grey: only the years of two editions are known, it went between them",
		notes: []string{"Assigned in an edition, and under no such name in today's. What reads as the same service under another name is left out.",
			"Sources: " + oldest() + " and all editions of IANA's series after it. Data: portolan " + registry.Version() + ".",
			"Drawn by internal/cmd/plots."}}
	for _, w := range registry.Words {
		c.series = append(c.series, series{legendWords[w], fills[w]})
	}
	var whens []string
	for _, l := range losses {
		if !slices.Contains(whens, l.When()) {
			whens = append(whens, l.When())
		}
	}
	slices.SortFunc(whens, func(a, b string) int { return strings.Compare(sortKey(a), sortKey(b)) })
	slot := float64(plotWidth) / float64(len(whens))
	for i, when := range whens {
		b := bar{label: when, parts: make([]int, len(registry.Words)), x: left + slot*(float64(i)+0.15), w: slot * 0.7, show: true}
		for _, l := range losses {
			if l.When() == when {
				b.parts[slices.Index(registry.Words[:], l.Word)] += l.Keys()
			}
		}
		if strings.Contains(when, "–") {
			c.bands = append(c.bands, band{left + slot*float64(i), left + slot*float64(i+1)})
		}
		c.bars = append(c.bars, b)
	}
	c.describe()
	return c.draw()
}

// sortKey puts "1994–2005" by its end, before "2005" itself.
func sortKey(when string) string {
	if from, to, ok := strings.Cut(when, "–"); ok {
		return to + " " + from
	}
	return when + "~"
}

func oldest() string {
	s := figures.Editions()[0]
	return strings.Split(s.Title, ",")[0] + " of " + s.Date.String()
}

var legendWords = map[registry.Word]string{registry.DeAssigned: "de-assigned", registry.WasRemoved: "removed", registry.Formerly: "formerly …",
	registry.Deprecated: "deprecated", registry.Tombstone: "a date, no word", registry.Silent: "nothing"}

// describe puts all figures into words.
func (c *chart) describe() {
	var all []string
	for _, b := range c.bars {
		s := b.label + ":"
		for i, n := range b.parts {
			if n > 0 {
				s += fmt.Sprintf(" %d %s,", n, c.series[i].name)
			}
		}
		all = append(all, strings.TrimSuffix(s, ","))
	}
	c.description = strings.Join(all, "; ") + "."
}
