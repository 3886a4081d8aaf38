package netlab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// patience bounds every wait for a child, and every child's life.
const patience = 60 * time.Second

// roleVariable tells a copy of the test binary that it is a child, and which.
const roleVariable = "PORTOLAN_NETLAB_ROLE"

// reportFD is where a child speaks to its test; files of the order follow it.
const reportFD = 3

// Role is what a child does. Its error fails the test that hears it.
type Role func(*Stage) error

// Stage is a child's own side of the talk with its test.
type Stage struct {
	Args   []string
	Files  []*os.File // as in the order
	report *json.Encoder
}

// message is what goes over descriptor 3.
type message struct {
	Value json.RawMessage `json:",omitempty"`
	Error string          `json:",omitempty"`
}

// Say hands the test one value, for [Child.Hear].
func (s *Stage) Say(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.report.Encode(message{Value: b})
}

// Wait returns when the test lets go, or its patience ends.
func (s *Stage) Wait() {
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(patience):
	}
}

// Main runs a role in a child and the tests elsewhere, and returns the exit code.
func Main(m *testing.M, roles map[string]Role) int {
	name := os.Getenv(roleVariable)
	if name == "" {
		return m.Run()
	}
	s := &Stage{Args: os.Args[2:], report: json.NewEncoder(os.NewFile(reportFD, "report"))}
	for i := range atoi(os.Args[1]) {
		s.Files = append(s.Files, os.NewFile(uintptr(reportFD+1+i), "passed"))
	}
	err := errors.New("this test binary has no role " + name)
	if role := roles[name]; role != nil {
		err = role(s)
	}
	if err == nil {
		return 0
	}
	_ = s.report.Encode(message{Error: name + ": " + err.Error()})
	return 1
}

// atoi reads the one digit by which Start counts the files.
func atoi(s string) int {
	n := 0
	_, _ = fmt.Sscanf(s, "%d", &n)
	return n
}

// Order says what child to start.
type Order struct {
	Role   string
	Args   []string
	Space  *Space     // nil: where the test is
	UID    int        // user and group to become; 0 stays
	Mounts bool       // in a mount namespace of its own
	PIDs   bool       // as PID 1 of a PID namespace of its own
	Binary string     // a copy of the test binary to run, "" for itself
	Files  []*os.File // to inherit
}

// Child is a running copy of the test binary.
type Child struct {
	PID    int
	t      testing.TB
	cmd    *exec.Cmd
	hold   io.Closer
	heard  chan message
	stderr bytes.Buffer
	done   bool
}

// Start starts a child, which ends with the test at the latest.
func Start(t testing.TB, o Order) *Child {
	t.Helper()
	binary := o.Binary
	if binary == "" {
		binary = self(t)
	}
	report, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := &Child{t: t, heard: make(chan message, 1)}
	c.cmd = exec.Command(binary, append([]string{fmt.Sprint(len(o.Files))}, o.Args...)...)
	// The race detector would keep every child for a second after its end.
	c.cmd.Env = append(os.Environ(), roleVariable+"="+o.Role, "GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0")
	c.cmd.ExtraFiles = append([]*os.File{theirs}, o.Files...)
	c.cmd.Stderr = &c.stderr
	c.cmd.SysProcAttr = attributes(o)
	if c.hold, err = c.cmd.StdinPipe(); err == nil {
		err = o.Space.do(c.cmd.Start)
	}
	theirs.Close()
	if err != nil {
		report.Close()
		t.Fatalf("start a child as %s: %v", o.Role, err)
	}
	c.PID = c.cmd.Process.Pid
	go c.listen(report)
	t.Cleanup(c.Stop)
	return c
}

func (c *Child) listen(report *os.File) {
	defer report.Close()
	defer close(c.heard)
	for d := json.NewDecoder(report); ; {
		var m message
		if d.Decode(&m) != nil {
			return
		}
		c.heard <- m
	}
}

// Hear waits for the next value that the child says and puts it into v, which
// may be nil. It fails the test when the child says an error, or nothing.
func (c *Child) Hear(v any) {
	c.t.Helper()
	select {
	case m, ok := <-c.heard:
		switch {
		case !ok:
			c.Stop() // then nobody writes to stderr any more
			c.t.Fatalf("child %d ended without a word: %s", c.PID, strings.TrimSpace(c.stderr.String()))
		case m.Error != "":
			c.t.Fatalf("child %d: %s", c.PID, m.Error)
		case v != nil:
			if err := json.Unmarshal(m.Value, v); err != nil {
				c.t.Fatalf("child %d said %.200s: %v", c.PID, m.Value, err)
			}
		}
	case <-time.After(patience):
		c.t.Fatalf("child %d said nothing in %v", c.PID, patience)
	}
}

// LetGo ends the child's [Stage.Wait]. It may still say something.
func (c *Child) LetGo() { _ = c.hold.Close() }

// Stop lets the child go and waits for its end. One that does not go is killed,
// by its pid, which stays its own until it has been waited for.
func (c *Child) Stop() {
	if c.done {
		return
	}
	c.done = true
	c.hold.Close()
	late := time.AfterFunc(10*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	go func() {
		for range c.heard { // so that it can't block on what nobody hears
		}
	}()
	_ = c.cmd.Wait()
}
