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
