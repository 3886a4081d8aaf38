package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/portolan/portolan/sockets"
)

// outcome is what a run left behind.
type outcome struct {
	code        int
	out, errors string
}

// testEnv is a world without a terminal, in which nothing has a socket.
func testEnv(args ...string) *env {
	return &env{Args: args, Stdin: strings.NewReader(""), Getenv: func(string) string { return "" }, Root: "/",
		Size:  func() (int, int) { return 80, 24 },
		Now:   func() time.Time { return time.Unix(1795435200, 0) },
		Build: func() (*debug.BuildInfo, bool) { return nil, false },
		ReadFile: func(name string) ([]byte, error) {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		},
		Open: func(name string) (io.ReadCloser, error) {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		},
		Sockets: func(context.Context, sockets.Options) (*sockets.Table, error) {
			return &sockets.Table{Visibility: sockets.Visibility{Full: true}}, nil
		}}
}

func (e *env) run() outcome {
	var out, errs bytes.Buffer
	if e.Stdout == nil {
		e.Stdout = &out
	}
	e.Stderr = &errs
	code := run(context.Background(), e)
	return outcome{code, out.String(), errs.String()}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestWriteErrors(t *testing.T) {
	for _, args := range []string{"version", "version --json", "--help", "man", "completion bash", "explain 22"} {
		e := testEnv(strings.Fields(args)...)
		e.Stdout = failing{fmt.Errorf("write /dev/stdout: %w", syscall.EPIPE)}
		if got := e.run(); got.code != exitOK || got.errors != "" {
			t.Errorf("%s into a closed pipe: %d %q", args, got.code, got.errors)
		}
		e = testEnv(strings.Fields(args)...)
		e.Stdout = failing{syscall.ENOSPC}
		if got := e.run(); got.code != exitFailure || !strings.Contains(got.errors, syscall.ENOSPC.Error()) {
			t.Errorf("%s onto a full disk: %d %q", args, got.code, got.errors)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	e := testEnv("listeners")
	e.Stdout, e.Stderr = io.Discard, io.Discard
	e.Sockets = func(ctx context.Context, _ sockets.Options) (*sockets.Table, error) {
		cancel()
		return nil, fmt.Errorf("read sockets: %w", ctx.Err())
	}
	if code := run(ctx, e); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
}

func TestVersionOfABuild(t *testing.T) {
	e := testEnv("version", "--json")
	e.Build = func() (*debug.BuildInfo, bool) {
		return &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"},
			{Key: "vcs.time", Value: "2026-11-23T12:00:00Z"}, {Key: "vcs.modified", Value: "true"}}}, true
	}
	got := e.run()
	if want := `"version":"v1.2.3","commit":"abc","date":"2026-11-23T12:00:00Z","modified":true`; got.code != 0 || !strings.Contains(got.out, want) {
		t.Errorf("%+v, want %s", got, want)
	}
	e.Args, e.Stdout = []string{"version"}, nil
	if got := e.run(); !strings.Contains(got.out, "abc, modified") {
		t.Errorf("%+v", got)
	}
}

func TestDispatch(t *testing.T) {
	for in, want := range map[string]string{
		"378":                    "explain 378",
		"--json 378":             "explain --json 378",
		"--format json 378":      "explain --format json 378",
		"378 --json ssh":         "explain 378 --json ssh",
		"-- ssh":                 "explain -- ssh",
		"listeners 22":           "listeners 22",
		"--json listeners":       "--json listeners",
		"--format csv listeners": "--format csv listeners",
		"help listeners":         "help listeners",
		"":                       "",
		"--help":                 "--help",
		"__complete 22 --j":      "__complete explain 22 --j",
		"__complete 22":          "__complete 22",
		"__complete listeners 2": "__complete listeners 2",
	} {
		a := &app{env: testEnv(), out: &latch{w: io.Discard}}
		a.root = a.rootCommand()
		got := a.dispatch(strings.Fields(in))
		if strings.Join(got, " ") != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if bare := strings.Contains(want, "explain"); a.bare != bare {
			t.Errorf("%q: bare is %v", in, a.bare)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"check", "check", 0}, {"chekc", "check", 1}, {"verson", "version", 1}, {"", "ssh", 3}, {"ssh", "", 3}, {"abc", "xyz", 3}, {"listners", "listeners", 1},
		{strings.Repeat("x", 41), "x", 40}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// Command words win over service names, so none may hide a port that people
// know by that word.
func TestCommandWordsAreNoWellKnownServices(t *testing.T) {
	a := &app{env: testEnv(), out: &latch{w: io.Discard}}
	for _, c := range a.rootCommand().Commands() {
		for _, m := range holders(c.Name()) {
			if m.Current && m.Span.First < 1024 {
				t.Errorf("command %s hides the service on port %s", c.Name(), m.Span)
			}
		}
	}
}

func TestHolders(t *testing.T) {
	for name, want := range map[string][]string{
		"ssh":      {"22"},
		"SSH":      {"22"},
		"http":     {"80"},
		"la-maint": {"51"}, // former
		"nosuch":   nil,
	} {
		var got []string
		for _, m := range holders(name) {
			if s := m.Span.String(); !slices.Contains(got, s) {
				got = append(got, s)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("holders(%s) = %v, want %v", name, got, want)
		}
	}
}

func TestRoff(t *testing.T) {
	if got := roff("a-b \\n\n.TH x\n'y"); got != "a\\-b \\en\n\\&.TH x\n\\&'y" {
		t.Errorf("%q", got)
	}
}

func TestTerminalSizeWithoutTerminal(t *testing.T) {
	for _, c := range []struct {
		columns, lines string
		w, h           int
	}{{"", "", 80, 24}, {"132", "50", 132, 50}, {"-3", "x", 80, 24}} {
		env := map[string]string{"COLUMNS": c.columns, "LINES": c.lines}
		if w, h := terminalSize(-1, func(k string) string { return env[k] }); w != c.w || h != c.h {
			t.Errorf("%+v: %d x %d", c, w, h)
		}
	}
}

func TestFailureWithoutText(t *testing.T) {
	f := &failure{code: exitNo}
	if f.Error() != "exit status 1" || errors.Unwrap(f) != nil {
		t.Errorf("%v", f)
	}
}
