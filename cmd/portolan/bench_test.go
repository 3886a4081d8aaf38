package main

import (
	"io"
	"strings"
	"testing"
)

// The goals: any comparison in 50 ms, any history in 10 ms, as whole processes.
// A process adds two or three milliseconds to what stands here.
func BenchmarkCommands(b *testing.B) {
	for _, args := range []string{"diff 1994-10 2026-08-17", "diff 1994-10 2026-08-17 --json", "diff 1994-10 2026-08-17 --kind all", "history 80", "history http", "history 6000-6063", "at 1994 0-1023", "lost"} {
		b.Run(strings.ReplaceAll(args, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				e := testEnv(strings.Fields(args)...)
				e.Stdout = io.Discard
				e.run()
			}
		})
	}
}
