package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

const registry = "../../../registry"

// Packing the twins that are here gives the data that are here, byte for byte:
// what people review is what the binary embeds.
func TestRepackingLeavesNoDiff(t *testing.T) {
	sources, rows, err := load(filepath.Join(registry, "history"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := pack(sources, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.files {
		have, err := os.ReadFile(filepath.Join(registry, "data", f.name))
		if err != nil || !bytes.Equal(have, f.data) {
			t.Errorf("%s is not what the twins pack to: run make data (%v)", f.name, err)
		}
	}
	table, err := p.table()
	have, err2 := os.ReadFile(filepath.Join(registry, "table.go"))
	if err != nil || err2 != nil || !bytes.Equal(have, table) {
		t.Errorf("table.go is not what the twins pack to: run make data (%v, %v)", err, err2)
	}
}

func source(id, series, date string) twin.Source {
	return twin.Source{ID: id, Series: series, Date: date, Role: "assigns", Coverage: "whole", SHA256: "x"}
}

func row(port uint16, t portolan.Transport, service string, line int) twin.Row {
	return twin.Row{Span: portolan.Span{First: port, Last: port}, Transport: t, Status: "assigned", Service: service, Line: line}
}

// A row that stands in successive sources is one interval; one that comes back
// after a gap, or stands twice in one source, is two.
func TestIntervals(t *testing.T) {
	sources := []twin.Source{source("a", "x", "1990"), source("b", "x", "1991"), source("c", "x", "1992"), source("d", "y", "1992")}
	rows := [][]twin.Row{
		{row(1, portolan.TCP, "stays", 10), row(2, portolan.TCP, "returns", 11), row(3, portolan.TCP, "twice", 12), row(3, portolan.TCP, "twice", 13)},
		{row(1, portolan.TCP, "stays", 20), row(3, portolan.TCP, "twice", 21)},
		{row(1, portolan.TCP, "stays", 30), row(2, portolan.TCP, "returns", 31)},
		{row(1, portolan.TCP, "stays", 40)},
	}
	var got []string
	for _, iv := range intervals(sources, rows) {
		var lines []int
		for _, p := range iv.places {
			lines = append(lines, p.line)
		}
		got = append(got, strings.TrimSpace(strings.Join([]string{iv.row.Service, sources[iv.first].ID, sources[iv.last].ID}, " ")))
		if len(lines) != iv.last-iv.first+1 {
			t.Errorf("%s has %d places for sources %d to %d", iv.row.Service, len(lines), iv.first, iv.last)
		}
	}
	if want := "stays a c|returns a a|twice a b|twice a a|returns c c|stays d d"; strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

// Rows that differ only in the transport are one, unless they have places.
func TestTransportsMerge(t *testing.T) {
	sources := []twin.Source{source("a", "x", "1990")}
	merged := intervals(sources, [][]twin.Row{{row(1, portolan.TCP, "s", 0), row(1, portolan.UDP, "s", 0), row(2, portolan.TCP, "s", 5), row(2, portolan.UDP, "s", 6)}})
	if len(merged) != 3 || merged[0].mask != 0b11 {
		t.Errorf("%d intervals, mask %b", len(merged), merged[0].mask)
	}
}

func TestOrderIsChecked(t *testing.T) {
	for _, bad := range [][]twin.Source{
		{source("a", "x", "1991"), source("b", "x", "1990")},
		{source("a", "x", "1990"), source("b", "y", "1990"), source("c", "x", "1992")},
		{{ID: "a", Series: "x", Date: "1990"}},
	} {
		if err := checkOrder(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
