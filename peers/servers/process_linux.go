package servers

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// nobody is the user and group that servers run as where they allow it.
const nobody = 65534

// grace is how long a server has to end by itself.
const grace = 3 * time.Second

// attributes: a process group of its own, so that all of it can be ended, and
// death with us, whatever ends us.
func attributes(root bool) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() == 0 && !root {
		a.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return a
}

// process is a program that was started.
type process struct {
	cmd   *exec.Cmd
	visit bool          // it serves one connection
	ended chan struct{} // closed when it has been waited for
	err   error         // how it ended; read after ended
}

func start(c *exec.Cmd) (*process, error) {
	if err := c.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: c, ended: make(chan struct{})}
	go func() {
		// Its group goes with it, and before it has been waited for: until then
		// nobody else can have the number.
		untilEnd(c.Process.Pid)
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		p.err = c.Wait()
		close(p.ended)
	}()
	return p, nil
}

// untilEnd waits for the end of a child and leaves its pid taken.
func untilEnd(pid int) {
	const (
		byPid   = 1         // P_PID
		ended   = 4         // WEXITED
		noReap  = 0x1000000 // WNOWAIT
		nothing = 0
	)
	for {
		var info [128]byte // siginfo_t
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, byPid, uintptr(pid), uintptr(unsafe.Pointer(&info)), ended|noReap, nothing, nothing)
		if errno != syscall.EINTR {
			return
		}
	}
}

// stop asks a program to end, then ends it with all that it started. It returns
// an error for what is still there.
func (p *process) stop() error {
	select {
	case <-p.ended:
		return nil // its number may be another's by now
	default:
	}
	pid := p.cmd.Process.Pid
	family := descendants(pid)
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(grace):
		family = append(family, descendants(pid)...)
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	for _, k := range family {
		k.kill()
	}
	for range 100 {
		family = slices.DeleteFunc(family, func(k kin) bool { return !k.alive() })
		if len(family) == 0 {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("%s: process %d of it is still there", p.cmd.Path, family[0].pid)
}

// kin is a process that another started: a pid and when it began, so that a
// pid that has been given anew is not taken for it.
type kin struct {
	pid   int
	began string
}

func (k kin) alive() bool {
	s := statOf(k.pid)
	return s.began == k.began && s.state != "Z"
}

func (k kin) kill() {
	if k.alive() {
		_ = syscall.Kill(k.pid, syscall.SIGKILL)
	}
}

// descendants are what a process started and what those did, also in sessions
// and groups of their own.
func descendants(pid int) []kin {
	parents := map[int][]int{}
	began := map[int]string{}
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, name := range names {
		child, err := strconv.Atoi(filepath.Base(name))
		if err != nil {
			continue
		}
		s := statOf(child)
		parents[s.parent] = append(parents[s.parent], child)
		began[child] = s.began
	}
	var all []kin
	for next := parents[pid]; len(next) > 0; next = next[1:] {
		all = append(all, kin{next[0], began[next[0]]})
		next = append(next, parents[next[0]]...)
	}
	return all
}

type stat struct {
	state, began string
	parent       int
}

// statOf reads /proc/PID/stat; what is gone has no state and no beginning.
func statOf(pid int) (s stat) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s
	}
	// The name in parentheses may hold anything, also parentheses.
	f := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(f) < 20 {
		return s
	}
	s.state, s.began = string(f[0]), string(f[19])
	s.parent, _ = strconv.Atoi(string(f[1]))
	return s
}
