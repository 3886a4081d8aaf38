package main

import (
	"errors"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// readServices reads a services(5) file: name, port/protocol, aliases, # comment.
func readServices(text []byte) ([]twin.Row, []Reject, error) {
	var rows []twin.Row
	var left []Reject
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		data, comment, _ := strings.Cut(line, "#")
		cells := strings.Fields(data)
		if len(cells) == 0 {
			continue
		}
		row, err := serviceRow(cells)
		if err != nil {
			left = append(left, Reject{n, oneLine(line), err.Error()})
			continue
		}
		row.Description, row.Line = oneLine(comment), n
		rows = append(rows, row)
	}
	return rows, left, nil
}

func serviceRow(cells []string) (twin.Row, error) {
	if len(cells) < 2 {
		return twin.Row{}, errors.New("no port/protocol after the name")
	}
	key, err := portolan.ParseKey(cells[1])
	return twin.Row{Span: portolan.Span{First: key.Port, Last: key.Port}, Transport: key.Transport, Status: "seen",
		Service: cells[0], Aliases: strings.Join(cells[2:], "; ")}, err
}
