package registry

import (
	"iter"
	"strings"
)

// records yields the lines of an embedded table below its header, without
// their ends. They are slices of the binary.
func records(table string) iter.Seq[string] {
	return func(yield func(string) bool) {
		header := true
		for line := range strings.Lines(table) {
			if !header && !yield(strings.TrimSuffix(line, "\n")) {
				return
			}
			header = false
		}
	}
}

// collect reads every line of an embedded table that a filter lets through; nil
// lets all. A test reads every line, so that none is lost here.
func collect[T any](table string, parse func(string) (T, error), filter func(line string) bool) []T {
	var all []T
	for line := range records(table) {
		if filter != nil && !filter(line) {
			continue
		}
		if x, err := parse(line); err == nil {
			all = append(all, x)
		}
	}
	return all
}
