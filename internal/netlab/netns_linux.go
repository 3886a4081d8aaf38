package netlab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Space is a network namespace with nothing but a loopback, which is up.
// A nil Space is the namespace that the test runs in.
type Space struct{ file *os.File }

// NS makes a namespace for the test. Without the right to make one the test is
// skipped.
func NS(t testing.TB) *Space {
	t.Helper()
	s := &Space{}
	err := onThread(func() (err error) {
		if err = unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		if err = loopbackUp(); err == nil {
			s.file, err = os.Open("/proc/thread-self/ns/net")
		}
		return err
	})
	if errors.Is(err, unix.EPERM) {
		t.Skipf("user %d may not make a network namespace (unshare: %v): that needs CAP_SYS_ADMIN", os.Geteuid(), err)
	}
	if err != nil {
		t.Fatalf("make a network namespace: %v", err)
	}
	t.Cleanup(func() { s.file.Close() })
	return s
}

// Inode returns the namespace's number.
func (s *Space) Inode(t testing.TB) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Fstat(int(s.file.Fd()), &st); err != nil {
		t.Fatal(err)
	}
	return st.Ino
}

// File stands for the namespace, to hand to a child that mounts it somewhere.
func (s *Space) File() *os.File { return s.file }

// Do runs f on a thread inside the namespace. Only what that thread itself does
// happens inside: sockets it opens, processes it starts, but no goroutine.
func (s *Space) Do(t testing.TB, f func() error) {
	t.Helper()
	if err := s.do(f); err != nil {
		t.Fatal(err)
	}
}

func (s *Space) do(f func() error) error {
	if s == nil {
		return f()
	}
	return onThread(func() error {
		if err := unix.Setns(int(s.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter a network namespace: %w", err)
		}
		return f()
	})
}

// Output runs a program inside and returns what it prints.
func (s *Space) Output(t testing.TB, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.WaitDelay = 5 * time.Second
	var out []byte
	err := s.do(func() (err error) {
		out, err = cmd.Output()
		return err
	})
	if err != nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	return string(out)
}

// onThread runs f on a thread that is thrown away after, and so may be taken to
// another namespace.
func onThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() != unix.Getpid() {
			done <- f() // never unlocked: the thread ends with the goroutine
			return
		}
		// The main thread cannot end, and is what /proc/self shows. While it is
		// held here another one takes the work.
		done <- onThread(f)
		runtime.UnlockOSThread()
	}()
	return <-done
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}

// self is the running test binary, by a name that works for a user who may not
// look into the folder it was built in.
func self(testing.TB) string { return "/proc/self/exe" }

func attributes(o Order) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{}
	if o.UID != 0 {
		a.Credential = &syscall.Credential{Uid: uint32(o.UID), Gid: uint32(o.UID)}
	}
	if o.Mounts {
		a.Unshareflags = syscall.CLONE_NEWNS // syscall makes its mounts private
	}
	if o.PIDs {
		a.Cloneflags = syscall.CLONE_NEWPID
	}
	return a
}
