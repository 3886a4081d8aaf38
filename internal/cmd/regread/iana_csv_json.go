package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/portolan/portolan/internal/ianacsv"
	"github.com/portolan/portolan/internal/twin"
)

// readIANACSV reads one edition of IANA's CSV, kept as a JSON array. It prints
// what the XML prints, with two losses: a person is a key without the list that
// gives the name, and an inline reference is a bracket like any other.
func readIANACSV(text []byte) ([]twin.Row, []Reject, error) {
	var records []ianacsv.Record
	if err := json.Unmarshal(text, &records); err != nil {
		return nil, nil, fmt.Errorf("IANA's CSV: %w", err)
	}
	var rows []twin.Row
	var left []Reject
	for i, rec := range records {
		got, err := rec.Rows()
		if err != nil {
			left = append(left, Reject{i + 1, strings.TrimSpace(rec.ServiceName + " " + rec.PortNumber + " " + rec.Description), err.Error()})
		}
		rows = append(rows, got...)
	}
	addAliases(rows)
	return rows, left, nil
}
