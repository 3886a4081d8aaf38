package netlab

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Root skips a test that needs the superuser; why says for what.
func Root(t testing.TB, why string) {
	t.Helper()
	if uid := os.Geteuid(); uid != 0 {
		t.Skipf("runs as user %d, not root: %s", uid, why)
	}
}

// Program returns the path of a program, or skips the test where there is none.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("this machine has no %s in PATH", name)
	}
	return path
}

// Kernel skips a test on kernels older than major.minor; why says what came with it.
func Kernel(t testing.TB, major, minor int, why string) {
	t.Helper()
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	var a, b int
	if _, scan := fmt.Sscanf(string(release), "%d.%d", &a, &b); err != nil || scan != nil {
		t.Skipf("no Linux kernel release to compare with %d.%d: %s", major, minor, why)
	}
	if a < major || a == major && b < minor {
		t.Skipf("kernel %d.%d is older than %d.%d: %s", a, b, major, minor, why)
	}
}
