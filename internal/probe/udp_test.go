package probe

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/portolan/portolan"
)

// udpPeer answers datagrams on a loopback address, from another port where it is
// told to. The answer is given by the question; nil is none.
func udpPeer(t *testing.T, host string, otherPort bool, answer func([]byte) []byte) netip.AddrPort {
	t.Helper()
	open := func() *net.UDPConn {
		c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(host), 0)))
		if err != nil {
			t.Skipf("no UDP socket on %s: %v", host, err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	c := open()
	from := c
	if otherPort {
		from = open()
	}
	go func() {
		b := make([]byte, 2048)
		for {
			n, to, err := c.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			if a := answer(b[:n]); a != nil {
				_, _ = from.WriteToUDPAddrPort(a, to)
			}
		}
	}()
	return c.LocalAddr().(*net.UDPAddr).AddrPort()
}

// tftpRefusal answers a request to read with "File not found" (RFC 1350).
func tftpRefusal(b []byte) []byte {
	if len(b) < 2 || binary.BigEndian.Uint16(b) != 1 {
		return nil
	}
	return []byte("\x00\x05\x00\x01File not found\x00")
}

func TestAskUDP(t *testing.T) {
	quick := &Prober{Patience: 200 * time.Millisecond}
	for _, c := range []struct {
		name, host string
		other      bool
		answer     func([]byte) []byte
		want       string // the protocol; "" where nothing is known
		state      State
	}{
		{"from another port", "127.0.0.1", true, tftpRefusal, "tftp", Open},
		{"from another port over IPv6", "::1", true, tftpRefusal, "tftp", Open},
		{"silent", "127.0.0.1", false, func([]byte) []byte { return nil }, "", NoAnswer},
		{"echo", "127.0.0.1", false, func(b []byte) []byte { return b }, "", Open},
		{"prose", "127.0.0.1", false, func([]byte) []byte { return []byte("version 1.2.3 is here\n") }, "", Open},
	} {
		at := udpPeer(t, c.host, c.other, c.answer)
		r := quick.Ask(context.Background(), Target{Addr: at, Transport: portolan.UDP, Services: []string{"tftp"}})
		got := ""
		if r.Match != nil {
			got = r.Match.Protocol
		}
		if got != c.want || r.State != c.state {
			t.Errorf("%s: %s %q (%s), want %s %q", c.name, r.State, got, r.Conduct, c.state, c.want)
		}
	}
}

// A port where nobody listens is closed: the ICMP message says so.
func TestAskClosedUDP(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(host), 0)))
		if err != nil {
			t.Skipf("no UDP socket on %s: %v", host, err)
		}
		at := c.LocalAddr().(*net.UDPAddr).AddrPort()
		c.Close()
		if r := (&Prober{Patience: 200 * time.Millisecond}).Ask(context.Background(), Target{Addr: at, Transport: portolan.UDP}); r.State != Closed {
			t.Errorf("%s is %s: %s", at, r.State, r.Reason)
		}
	}
}

func TestAskOverIPv6(t *testing.T) {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6 loopback: %v", err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("SSH-2.0-OpenSSH_9.2p1\r\n"))
			c.Close()
		}
	}()
	r := new(Prober).Ask(context.Background(), tcpTarget(netip.MustParseAddrPort(l.Addr().String())))
	if r.Match == nil || r.Match.Protocol != "ssh" || r.Match.Version != "9.2p1" {
		t.Errorf("%+v", r)
	}
}
