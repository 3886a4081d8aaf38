package main

import (
	"bytes"
	"encoding/csv"
	"maps"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/internal/twin"
	"github.com/portolan/portolan/internal/unpack"
	"github.com/portolan/portolan/registry"
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

// newerCSV writes IANA's CSV of today's edition, with a port more and, if asked,
// without the last LINES: newercsv FILE [LINES].
func newerCSV(ts *testscript.TestScript, _ bool, args []string) {
	book, err := unpack.Open(maps.Collect(registry.Files()))
	ts.Check(err)
	all := editionsOf(book)
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	head := []string{"Service Name", "Port Number", "Transport Protocol", "Description", "Assignee", "Contact", "Registration Date", "Modification Date",
		"Reference", "Service Code", "Unauthorized Use Reported", "Assignment Notes"}
	ts.Check(w.Write(head))
	keys := func(names string) (cell string) {
		for name := range strings.SplitSeq(names, "; ") {
			if name != "" {
				cell += "[" + strings.ReplaceAll(name, " ", "_") + "]"
			}
		}
		return cell
	}
	rows := all[newestOf(all)].Rows
	if len(args) > 1 {
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		rows = rows[:len(rows)-n]
	}
	for _, r := range rows {
		transport, description := r.Transport.String(), r.Description
		if r.Transport == twin.Any {
			transport = ""
		}
		if description == "" && r.Status != "assigned" {
			description = map[string]string{"reserved": "Reserved", "unassigned": "Unassigned"}[r.Status]
		}
		ts.Check(w.Write([]string{r.Service, r.Span.String(), transport, description, keys(r.Assignee), keys(r.Contact), r.Registered, r.Modified,
			strings.ReplaceAll(keys(r.References), "RFC_", "RFC"), r.ServiceCode, r.Unauthorized, r.Note}))
	}
	ts.Check(w.Write([]string{"newthing", "4905", "tcp", "A new thing", "[Ann_Lee]", "[Ann_Lee]", "2026-10-02", "", "", "", "", ""}))
	w.Flush()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o644))
}
