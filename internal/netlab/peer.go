package netlab

import (
	"io"
	"net"
	"net/netip"
	"testing"
	"time"
)

const (
	mostTalks = 100 // connections that a peer takes in its life
	talkTime  = 10 * time.Second
)

// Peer listens on a loopback port and says script to everyone who connects: the
// first text at once, each further one after it has been sent something. Then it
// closes. It lives as long as the test.
func Peer(t testing.TB, script ...string) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for range mostTalks {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go talk(c, script)
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// talk speaks the script on one connection.
func talk(c net.Conn, script []string) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(talkTime))
	heard := make([]byte, 4096)
	for i, line := range script {
		if i > 0 {
			if _, err := c.Read(heard); err != nil {
				return
			}
		}
		if _, err := io.WriteString(c, line); err != nil {
			return
		}
	}
}
