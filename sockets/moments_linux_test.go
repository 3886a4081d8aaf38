package sockets

import (
	"context"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"

	"github.com/portolan/portolan/internal/netlab"
)

// Every user sees their own sockets, on the machine as it is.
func TestHere(t *testing.T) {
	l, err := plainListener("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	table, err := List(t.Context(), Options{Established: true})
	if err != nil {
		t.Fatal(err)
	}
	heldBy(t, the(t, table, "tcp "+c.LocalAddr().String()), os.Getpid())
	for _, s := range at(table, "tcp "+l.Addr().String()) {
		switch s.State {
		case Listen:
			heldBy(t, s, os.Getpid())
			if p := s.Owners[0]; p.PPID != os.Getppid() || !slices.Equal(p.Cmdline, os.Args) || p.UID != uint32(os.Geteuid()) {
				t.Errorf("%+v", p)
			}
		case Established:
			if s.Direction != Inbound || s.Remote != netip.MustParseAddrPort(c.LocalAddr().String()) {
				t.Errorf("%+v", s)
			}
		}
	}
}

// begun is a look whose pass over the descriptors is over and which has not read
// the sockets yet.
func begun(t *testing.T) (*look, *pass) {
	t.Helper()
	netlab.Root(t, "only who may see all looks again")
	l := &look{table: &Table{}, reasons: map[string]bool{}}
	p, err := l.startPass(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.done.Wait()
	t.Cleanup(p.finish)
	return l, p
}

// A socket that was made after its process had been looked at has an owner.
func TestMadeMeanwhile(t *testing.T) {
	l, p := begun(t)
	made, err := plainListener("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	if err := l.read(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := p.owners(context.Background()); err != nil {
		t.Fatal(err)
	}
	heldBy(t, the(t, l.table, "tcp "+made.Addr().String()), os.Getpid())
}

// A socket that was closed meanwhile is not said to be a hidden process's.
func TestGoneMeanwhile(t *testing.T) {
	l, p := begun(t)
	gone, err := plainListener("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.read(context.Background()); err != nil {
		t.Fatal(err)
	}
	the(t, l.table, "tcp "+gone.Addr().String())
	gone.Close()
	if err := p.owners(context.Background()); err != nil {
		t.Fatal(err)
	}
	if list := at(l.table, "tcp "+gone.Addr().String()); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// A descriptor of a whole look is closed again.
func TestNothingLeaks(t *testing.T) {
	count := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	look := func() {
		if _, err := List(t.Context(), Options{All: true, AllNamespaces: true}); err != nil {
			t.Fatal(err)
		}
	}
	look() // the runtime opens its poller once
	before := count()
	for range 10 {
		look()
	}
	if after := count(); after > before {
		t.Errorf("%d descriptors, and %d after ten looks", before, after)
	}
}

// A whole look at the machine as it is.
func BenchmarkList(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := List(b.Context(), Options{Established: true}); err != nil {
			b.Fatal(err)
		}
	}
}
