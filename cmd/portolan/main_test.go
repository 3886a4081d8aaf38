package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary stand in for the programs that the scripts
// call: portolan itself, and a server to be found by it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"portolan": func() { os.Exit(run(context.Background(), scriptEnv())) },
		"server":   server,
	})
}

// scriptEnv is the real environment, with a terminal where the script wants
// one: FAKE_TERMINAL=80x24.
func scriptEnv() *env {
	e := systemEnv()
	var width, height int
	if n, err := fmt.Sscanf(os.Getenv("FAKE_TERMINAL"), "%dx%d", &width, &height); n == 2 && err == nil {
		e.OutTerminal = true
		e.Size = func() (int, int) { return width, height }
	}
	return e
}

// server listens on a free loopback port, calls itself as its second argument
// says, writes the port into the file that its first names, and waits to be ended.
func server() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if len(os.Args) > 2 {
		if err := os.WriteFile("/proc/self/comm", []byte(os.Args[2]), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	port := []byte(fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	if err = os.WriteFile(os.Args[1]+".new", port, 0o644); err == nil {
		err = os.Rename(os.Args[1]+".new", os.Args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
	}
}

// scans is where the files of real scanners are; scripts run elsewhere.
var scans, _ = filepath.Abs(filepath.Join("..", "..", "internal", "scanfile", "testdata"))

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			// What the person who runs the tests has set must not count.
			for _, name := range []string{"NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "PAGER", "PORTOLAN_PAGER", "COLUMNS", "LINES"} {
				e.Setenv(name, "")
			}
			e.Setenv("TERM", "xterm")
			e.Setenv("SCANS", scans)
			e.Setenv("ESC", "\x1b")
			// The race detector would wait a second at the end of every program.
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"port":     readPort,
			"exits":    exits,
			"widest":   widest,
			"newercsv": newerCSV,
			"matches":  matches,
		},
	})
}
