package pack

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

const registry = "../../registry"

// Packing the twins that are here gives the data that are here, byte for byte:
// what people review is what the binary embeds.
func TestRepackingLeavesNoDiff(t *testing.T) {
	editions, err := Load(filepath.Join(registry, "history"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Pack(editions)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Files {
		have, err := os.ReadFile(filepath.Join(registry, "data", f.Name))
		if err != nil || !bytes.Equal(have, f.Data) {
			t.Errorf("%s is not what the twins pack to: run make data (%v)", f.Name, err)
		}
	}
	table, err := p.Table()
	have, err2 := os.ReadFile(filepath.Join(registry, "table.go"))
	if err != nil || err2 != nil || !bytes.Equal(have, table) {
		t.Errorf("table.go is not what the twins pack to: run make data (%v, %v)", err, err2)
	}
}

func source(id, series, date string) twin.Source {
	return twin.Source{ID: id, Series: series, Date: date, Role: "assigns", Coverage: "whole", Transports: "tcp; udp", SHA256: "x"}
}

func row(port uint16, t portolan.Transport, service string, line int) twin.Row {
	return twin.Row{Span: portolan.Span{First: port, Last: port}, Transport: t, Status: "assigned", Service: service, Line: line}
}

func whole(id, series string, rows ...twin.Row) Edition {
	return Edition{Source: source(id, series, "1990"), Rows: rows}
}

// lives writes each interval as "service first last places".
func lives(editions []Edition) string {
	var got []string
	for _, iv := range intervals(editions) {
		got = append(got, fmt.Sprint(iv.row.Service, " ", editions[iv.first].ID, " ", editions[iv.last].ID, " ", len(iv.places)))
	}
	return strings.Join(got, "|")
}

// A row that stands in successive sources is one interval; one that comes back
// after a gap, or stands twice in one source, is two; so is one that loses its
// place.
func TestIntervals(t *testing.T) {
	got := lives([]Edition{
		whole("a", "x", row(1, portolan.TCP, "stays", 10), row(2, portolan.TCP, "returns", 11), row(3, portolan.TCP, "twice", 12), row(3, portolan.TCP, "twice", 13)),
		whole("b", "x", row(1, portolan.TCP, "stays", 20), row(3, portolan.TCP, "twice", 21)),
		whole("c", "x", row(1, portolan.TCP, "stays", 0), row(2, portolan.TCP, "returns", 31)),
		whole("d", "y", row(1, portolan.TCP, "stays", 40)),
	})
	if want := "stays a b 2|returns a a 1|twice a b 2|twice a a 1|stays c c 0|returns c c 1|stays d d 1"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Editions that are given by their changes make the same intervals as if each
// were given whole.
func TestIntervalsOfChanges(t *testing.T) {
	a, b, twice := row(1, portolan.TCP, "a", 0), row(2, portolan.TCP, "b", 0), row(3, portolan.TCP, "twice", 0)
	changed := func(id string, came, gone []twin.Row) Edition {
		return Edition{Source: source(id, "x", "1990"), Changes: true, Rows: came, Gone: gone}
	}
	first := whole("0", "x", a, twice, twice)
	got := lives([]Edition{first, changed("1", []twin.Row{b}, []twin.Row{a, twice}), changed("2", nil, nil), changed("3", []twin.Row{a, twice}, []twin.Row{b})})
	want := lives([]Edition{first, whole("1", "x", b, twice), whole("2", "x", b, twice), whole("3", "x", a, twice, twice)})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Rows that differ only in the transport are one, unless they have places.
func TestTransportsMerge(t *testing.T) {
	merged := intervals([]Edition{whole("a", "x", row(1, portolan.TCP, "s", 0), row(1, portolan.UDP, "s", 0), row(2, portolan.TCP, "s", 5), row(2, portolan.UDP, "s", 6))})
	if len(merged) != 3 || merged[0].mask != 0b11 {
		t.Errorf("%d intervals, mask %b", len(merged), merged[0].mask)
	}
}

// A row without a transport speaks of those that its source covers.
func TestCoverage(t *testing.T) {
	r := row(1, twin.Any, "s", 0)
	old, late := whole("a", "x", r), whole("b", "x", r)
	old.Transports = "ncp; tcp"
	got := intervals([]Edition{old, late})
	if len(got) != 2 || got[0].mask != anyBit|0b10001 || got[1].mask != anyBit|0b11 {
		t.Errorf("%d intervals, masks %b and %b", len(got), got[0].mask, got[len(got)-1].mask)
	}
}

func TestOrderIsChecked(t *testing.T) {
	for _, bad := range [][]twin.Source{
		{source("a", "x", "1991"), source("b", "x", "1990")},
		{source("a", "x", "1990"), source("b", "y", "1990"), source("c", "x", "1992")},
		{{ID: "a", Series: "x", Date: "1990", Transports: "tcp"}},
		{{ID: "a", Series: "x", Date: "1990", SHA256: "x", Transports: "tpc"}},
	} {
		if err := checkOrder(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
