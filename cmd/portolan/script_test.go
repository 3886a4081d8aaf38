package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/portolan/portolan/internal/report"
)

// readPort waits for a server's file and sets $PORT: port FILE.
func readPort(ts *testscript.TestScript, _ bool, args []string) {
	file := ts.MkAbs(args[0])
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if port, err := os.ReadFile(file); err == nil {
			ts.Setenv("PORT", string(port))
			return
		}
	}
	ts.Fatalf("no server wrote %s within ten seconds", args[0])
}

// exits runs a program and demands its exit code: exits CODE PROGRAM ARGS...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%s: %v", args[1], err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// widest demands that no line of a file is wider: widest FILE COLUMNS. Colour
// takes no room.
func widest(ts *testscript.TestScript, _ bool, args []string) {
	limit, err := strconv.Atoi(args[1])
	ts.Check(err)
	for i, l := range strings.Split(ts.ReadFile(args[0]), "\n") {
		if w := report.Width(l); w > limit {
			ts.Fatalf("line %d of %s is %d wide, more than %d: %q", i+1, args[0], w, limit, l)
		}
	}
}
