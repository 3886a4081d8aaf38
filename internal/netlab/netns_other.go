//go:build !linux

package netlab

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// Space is a network namespace, which only Linux has.
type Space struct{}

// NS skips the test: there are no network namespaces here.
func NS(t testing.TB) *Space {
	t.Helper()
	t.Skipf("%s has no network namespaces", runtime.GOOS)
	return nil
}

// Inode returns 0.
func (s *Space) Inode(testing.TB) uint64 { return 0 }

// File returns nil.
func (s *Space) File() *os.File { return nil }

// Do runs f.
func (s *Space) Do(t testing.TB, f func() error) {
	t.Helper()
	if err := f(); err != nil {
		t.Fatal(err)
	}
}

// Output skips the test, as NS does.
func (s *Space) Output(t testing.TB, name string, _ ...string) string {
	t.Helper()
	t.Skipf("%s has no network namespaces to run %s in", runtime.GOOS, name)
	return ""
}

func (s *Space) do(f func() error) error { return f() }

func self(t testing.TB) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func attributes(Order) *syscall.SysProcAttr { return nil }
