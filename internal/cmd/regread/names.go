package main

import (
	"encoding/json"
	"fmt"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/twin"
)

// readNames reads the list of names: a JSON object from "378/tcp" to [name, description],
// one name a key and no ranges.
func readNames(text []byte) ([]twin.Row, []Reject, error) {
	var f map[string][]string
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, nil, fmt.Errorf("list of names: %w", err)
	}
	var rows []twin.Row
	var left []Reject
	for k, v := range f {
		key, err := portolan.ParseKey(k)
		if err == nil && len(v) != 2 {
			err = fmt.Errorf("%d values, want name and description", len(v))
		}
		if err != nil {
			left = append(left, Reject{0, k, err.Error()})
			continue
		}
		row := twin.Row{Span: portolan.Span{First: key.Port, Last: key.Port}, Transport: key.Transport, Service: oneLine(v[0]), Description: oneLine(v[1])}
		row.Status, row.Remark = ianaStatus(row.Service, row.Description)
		if bareStatus(row.Description) {
			row.Description = ""
		}
		rows = append(rows, row)
	}
	return rows, left, nil
}
