package sockets

import (
	"os"
	"testing"

	"github.com/portolan/portolan/internal/netlab"
	"golang.org/x/sys/unix"
)

// adrift opens a socket, sends it through a Unix socket pair that nobody reads,
// and closes it: from then on it lives in the queue only.
func adrift(t *testing.T, ns *netlab.Space, spec string) (end func()) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ns.Do(t, func() error {
		fd, err := openSocket(spec)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return unix.Sendmsg(pair[0], []byte("x"), unix.UnixRights(fd), nil, 0)
	})
	return func() { unix.Close(pair[0]); unix.Close(pair[1]) }
}

func fileOf(s *netlab.Space) []*os.File { return []*os.File{s.File()} }

// enough skips a test that needs more descriptors in a process than are allowed.
func enough(t *testing.T, n uint64) {
	t.Helper()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Max < n { // the Go runtime raises the soft limit to the hard one
		t.Skipf("a process may have %d descriptors here (RLIMIT_NOFILE), %d are needed", limit.Max, n)
	}
}
