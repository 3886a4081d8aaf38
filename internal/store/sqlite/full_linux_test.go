package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/portolan/portolan/internal/netlab"
	"github.com/portolan/portolan/internal/store"
)

// A full disk is refused and said, nothing that was acknowledged is lost, and
// once there is room the store goes on.
func TestFullDisk(t *testing.T) {
	netlab.Root(t, "a small file system is the superuser's to mount")
	dir := t.TempDir()
	if err := unix.Mount("portolan-test", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no tmpfs can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	s := opened(t, filepath.Join(dir, "visits.db"))
	defer s.Close()
	kept := 0
	var err error
	for ; err == nil && kept < 100; kept++ {
		err = s.Put(t.Context(), []store.Visit{{ID: fmt.Sprintf("v%03d", kept), Revision: 1, Document: bytes.Repeat([]byte("x"), 30000)}})
	}
	kept--
	if !errors.Is(err, store.ErrFull) || kept < 3 {
		t.Fatalf("after %d: %v", kept, err)
	}
	count := func() (n int) {
		if err := s.Visits(t.Context(), store.Filter{}, func(store.Visit) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != kept {
		t.Errorf("%d of %d that were acknowledged", n, kept)
	}
	if err := unix.Mount("portolan-test", dir, "tmpfs", unix.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), []store.Visit{{ID: "w", Revision: 1, Document: []byte("{}")}}); err != nil || count() != kept+1 {
		t.Errorf("with room again: %v, %d", err, count())
	}
}
