package main

import (
	"errors"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// readWitness reads a table of port, transport and name with one header line:
// what firewalld's profiles open, and where Wireshark registers a dissector.
func readWitness(text []byte) ([]twin.Row, []Reject, error) {
	var rows []twin.Row
	var left []Reject
	n := 0
	for line := range strings.Lines(string(text)) {
		if n++; n == 1 {
			continue
		}
		line = strings.TrimRight(line, "\r\n")
		row, err := witnessRow(strings.Split(line, "\t"))
		if err != nil {
			left = append(left, Reject{n, oneLine(line), err.Error()})
			continue
		}
		row.Line = n
		rows = append(rows, row)
	}
	return rows, left, nil
}

func witnessRow(cells []string) (row twin.Row, err error) {
	if len(cells) != 3 || cells[2] == "" {
		return row, errors.New("not port, transport and name")
	}
	row = twin.Row{Status: "seen", Service: oneLine(cells[2])}
	if row.Span, err = portolan.ParseSpan(cells[0]); err != nil {
		return row, err
	}
	row.Transport, err = portolan.ParseTransport(cells[1])
	return row, err
}
