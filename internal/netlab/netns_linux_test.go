package netlab

import (
	"net"
	"os"
	"testing"
)

// Two namespaces have the same ports free, a loopback that works, and leave the
// test's own threads where they were.
func TestNamespaces(t *testing.T) {
	before, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	a, b := NS(t), NS(t)
	if a.Inode(t) == b.Inode(t) {
		t.Fatal("two namespaces are one")
	}
	for _, s := range []*Space{a, b} {
		var l net.Listener
		s.Do(t, func() (err error) {
			l, err = net.Listen("tcp", "127.0.0.1:22")
			return err
		})
		defer l.Close()
		s.Do(t, func() error {
			c, err := net.Dial("tcp", "127.0.0.1:22")
			if err == nil {
				c.Close()
			}
			return err
		})
	}
	for range 20 {
		a.Do(t, func() error { return nil })
	}
	if after, err := os.Readlink("/proc/self/ns/net"); err != nil || after != before {
		t.Errorf("the test was in %s and is in %s, %v", before, after, err)
	}
}

func TestOutput(t *testing.T) {
	s := NS(t)
	if got := s.Output(t, Program(t, "cat"), "/proc/net/tcp"); len(got) < 50 {
		t.Errorf("%q", got)
	}
}
