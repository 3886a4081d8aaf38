package registry

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portolan/portolan"
)

// Correction is a common belief that the sources contradict, with the places
// that do. It says what the sources held say, and nothing of who believes it.
type Correction struct {
	ID      string          // a short name that stays: "gre-port-47"
	Ports   []portolan.Span // that it speaks of; none where it speaks of the registry as a whole
	Belief  string          // one sentence
	Finding string          // one or two sentences: what the sources say
	Cites   []Citation      // where; of a source that is not held only ID and Title, which is the same
	Checks  []Check         // what must hold in the registry for the finding to be right
}

// Check is a fact of one source: of its rows that cover the key one has this
// value in this field, or with the field "absent" none covers it. The fields
// are the columns of the text twins.
type Check struct {
	Source string // its ID
	Key    portolan.Key
	Field  string // "service"
	Value  string // "" where the source leaves the field empty
}

// String returns what a check looks like in the table: "rfc1700 47/tcp service ni-ftp".
func (c Check) String() string {
	return strings.TrimSuffix(c.Source+" "+c.Key.String()+" "+c.Field+" "+c.Value, " ")
}

// Touches reports whether the correction speaks of the port.
func (c Correction) Touches(port uint16) bool { return contains(c.Ports, port) }

func contains(spans []portolan.Span, port uint16) bool {
	return slices.ContainsFunc(spans, func(s portolan.Span) bool { return s.Contains(port) })
}

//go:embed data/corrections.tsv
var dataCorrections string

// Corrections returns the corrections that speak of the port. Those that speak
// of the registry as a whole are in [AllCorrections] only.
func Corrections(port uint16) []Correction {
	return collect(dataCorrections, parseCorrection, func(line string) bool {
		_, rest, _ := strings.Cut(line, "\t")
		cell, _, _ := strings.Cut(rest, "\t")
		ports, err := parseSpans(cell)
		return err == nil && contains(ports, port)
	})
}

// AllCorrections returns the whole table: what speaks of no port first, then
// by port.
func AllCorrections() []Correction { return collect(dataCorrections, parseCorrection, nil) }

// parseCorrection reads one line of corrections.tsv.
func parseCorrection(line string) (c Correction, err error) {
	cells := strings.Split(line, "\t")
	if len(cells) != 6 {
		return c, fmt.Errorf("%d cells, want id, ports, belief, finding, cite and checked_by", len(cells))
	}
	c = Correction{ID: cells[0], Belief: cells[2], Finding: cells[3]}
	if c.ID == "" || c.Belief == "" || c.Finding == "" || cells[4] == "" || cells[5] == "" {
		return c, errors.New("nothing but ports may be empty")
	}
	if c.Ports, err = parseSpans(cells[1]); err != nil {
		return c, err
	}
	for _, s := range list(cells[4]) {
		cite, err := parseCite(s)
		if err != nil {
			return c, err
		}
		c.Cites = append(c.Cites, cite)
	}
	for _, s := range list(cells[5]) {
		check, err := parseCheck(s)
		if err != nil {
			return c, err
		}
		c.Checks = append(c.Checks, check)
	}
	return c, nil
}

// parseSpans reads "51; 1030-1032". Fuzzed by FuzzCorrection.
func parseSpans(s string) ([]portolan.Span, error) {
	var all []portolan.Span
	for _, part := range list(s) {
		span, err := portolan.ParseSpan(part)
		if err != nil {
			return nil, err
		}
		all = append(all, span)
	}
	return all, nil
}

// parseCite reads "rfc1700:30:1650", "debian-netbase-6.6::318" (a text without
// pages) or "iana-2026-08-17" (one without lines). Fuzzed by FuzzCorrection.
func parseCite(s string) (c Citation, err error) {
	id, place, hasPlace := strings.Cut(s, ":")
	if id == "" {
		return c, fmt.Errorf("%q names no source", s)
	}
	c.Source = Source{ID: id, Title: id}
	if held, ok := SourceByID(id); ok {
		c.Source = held
	}
	if !hasPlace {
		return c, nil
	}
	page, line, _ := strings.Cut(place, ":")
	if page != "" {
		if c.Page, err = parsePlace(page); err != nil {
			return c, err
		}
	}
	c.Line, err = parsePlace(line)
	return c, err
}

// parsePlace reads the number of a page or a line. Fuzzed by FuzzCorrection.
func parsePlace(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 31)
	if err == nil && n == 0 {
		err = errors.New("pages and lines count from 1")
	}
	return int(n), err
}

// parseCheck reads "rfc1700 47/tcp service ni-ftp". Fuzzed by FuzzCorrection.
func parseCheck(s string) (c Check, err error) {
	parts := strings.SplitN(s, " ", 4)
	if len(parts) < 3 || parts[0] == "" || parts[2] == "" {
		return c, fmt.Errorf("%q: write it as source, key, field and value", s)
	}
	c = Check{Source: parts[0], Field: parts[2]}
	if len(parts) == 4 {
		c.Value = parts[3]
	}
	c.Key, err = portolan.ParseKey(parts[1])
	return c, err
}
