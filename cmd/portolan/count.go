package main

import (
	"iter"
	"strconv"
)

// count writes "1 port", "2 ports", "no ports".
func count(n int, thing string) string {
	switch n {
	case 0:
		return "no " + thing + "s"
	case 1:
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// each yields the items of a list, for NDJSON.
func each[T any](list []T) iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, item := range list {
			if !yield(item) {
				return
			}
		}
	}
}
