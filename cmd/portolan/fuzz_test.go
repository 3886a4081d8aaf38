package main

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/portolan/portolan"
)

// Whatever is typed, the program ends with a code that it documents and sends
// nothing to the terminal that could do harm there.
func FuzzArguments(f *testing.F) {
	for _, s := range []string{"378", "70000", "5-", "-5", "ssh/tcp", "chekc", "--jsn", "--format=\x1b", "\x1b[2J", "\u202e", "-", "--", "--=", "99999999999999999999", "1-2-3", "80/tpc", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if q, err := portolan.ParseQuery(s); err == nil && q.Service == "" && q.Span.Len() > 20 {
			t.Skip("a long range is slow to print and proves no more")
		}
		for _, args := range [][]string{{s}, {"listeners", s}, {"judge", s}, {"at", s}, {"diff", s, "rfc1700", "22"}, {"__complete", s}} {
			got := testEnv(args...).run()
			if !slices.Contains([]int{exitOK, exitNo, exitUsage, exitNotFound}, got.code) {
				t.Errorf("%q: exit code %d, %q", args, got.code, got.errors)
			}
			if got.code != exitOK && got.errors == "" && got.out == "" {
				t.Errorf("%q: exit code %d without a word", args, got.code)
			}
			if args[0] == "__complete" {
				continue // shells read it, and cobra repeats what was typed
			}
			for _, r := range got.out + got.errors {
				if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
					t.Fatalf("%q lets %U through: %q %q", args, r, got.out, got.errors)
				}
			}
		}
	})
}

func FuzzRoff(f *testing.F) {
	f.Add(".TH\n'x\\-")
	f.Fuzz(func(t *testing.T, s string) {
		for l := range strings.Lines(roff(s)) {
			if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
				t.Errorf("%q begins a request: %q", s, l)
			}
		}
	})
}
