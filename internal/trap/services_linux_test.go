package trap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/portolan/portolan/internal/netlab"
)

// services are the promises to those who really use a port.
var services = []struct {
	name string
	test func(*testing.T, Mode)
}{
	{"ServicesFromBefore", serveServicesFromBefore},
	{"LateServices", serveLateServices},
	{"ServiceAfterStranger", serveServiceAfterStranger},
	{"ListenWithoutBind", serveListenWithoutBind},
	{"LoopbackService", serveLoopbackService},
	{"LocalKnock", serveLocalKnock},
	{"TimeWait", serveTimeWait},
	{"Reuseport", serveReuseport},
	{"Outgoing", serveOutgoing},
	{"UDPClients", serveUDPClients},
	{"UDP", serveUDP},
	{"SessionFromBefore", serveSessionFromBefore},
	{"Translation", serveTranslation},
	{"Cookies", serveCookies},
	{"Firewall", serveFirewall},
	{"Guards", serveGuards},
	{"Hold", serveHold},
	{"BindWhileHeld", serveBindWhileHeld},
}

// The modes that answer keep all of them.
func TestServices(t *testing.T) {
	for _, mode := range []Mode{BPF, Nftables} {
		for _, s := range services {
			t.Run(mode.String()+"/"+s.name, func(t *testing.T) { s.test(t, mode) })
		}
	}
}

// Services that were there before the trap keep their connections.
func serveServicesFromBefore(t *testing.T, mode Mode) {
	l := newLab(t)
	for _, at := range []string{hostV4 + ":2001", "0.0.0.0:2002", net.JoinHostPort(hostV6, "2003"), "[::]:2004"} {
		l.service(l.host, "tcp", at, at)
	}
	l.trap(order{Mode: mode, Answer: true})
	l.wantService(l.far, hostV4+":2001", hostV4+":2001")
	l.wantService(l.far, hostV4+":2002", "0.0.0.0:2002")
	l.wantService(l.far, net.JoinHostPort(hostV6, "2003"), net.JoinHostPort(hostV6, "2003"))
	l.wantService(l.far, net.JoinHostPort(hostV6, "2004"), "[::]:2004")
	l.wantService(l.far, hostV4+":2004", "[::]:2004")
}

// 200 services that start later, each asked at once, keep all of theirs.
func serveLateServices(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true})
	for port := 3000; port < 3200; port++ {
		at := fmt.Sprint(hostV4, ":", port)
		l.service(l.host, "tcp", at, at)
		l.wantService(l.far, at, at)
	}
	if r := s.heard(); len(r.Talks) != 0 || r.Counters.Steered != 0 {
		t.Errorf("stolen: %d, %+v", len(r.Talks), r.Counters)
	}
}

// A port whose stranger left a witness is a service's as soon as one is there,
// for the very same ends too.
func serveServiceAfterStranger(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true})
	to := hostV4 + ":3300"
	from := &net.TCPAddr{IP: net.ParseIP(farV4), Port: 40001}
	talkFrom(l, from, to, "first")
	s.talks(to, "first")
	// With and without SO_REUSEADDR: nothing waits on the port.
	for _, reuse := range []int{0, 1} {
		var ln net.Listener
		l.host.Do(t, func() (err error) {
			ln, err = listenWith(unix.SO_REUSEADDR, reuse, to)
			return err
		})
		go answer(ln, "service")
		if got := talkFrom(l, from, to, "who?"); got != "service" {
			t.Errorf("%q answered", got)
		}
		ln.Close()
		time.Sleep(50 * time.Millisecond)
		if got := talkFrom(l, from, to, "who?"); got == "service" {
			t.Errorf("a closed service answered")
		}
	}
}

// talkFrom speaks from a port of its own, which is free again afterwards.
func talkFrom(l *lab, from *net.TCPAddr, to, text string) string {
	l.t.Helper()
	got := ""
	l.far.Do(l.t, func() error {
		d := net.Dialer{LocalAddr: from, Timeout: 3 * time.Second, Control: option(unix.SO_REUSEADDR, 1)}
		d.SetMultipathTCP(false)
		c, err := d.Dial("tcp", to)
		if err != nil {
			return err
		}
		defer reset(c)
		got, _ = exchange(c, text)
		return nil
	})
	return got
}

func option(name, value int) func(string, string, syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) (err error) {
		e := c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, name, value) })
		if e != nil {
			return e
		}
		return err
	}
}

func listenWith(name, value int, at string) (net.Listener, error) {
	c := net.ListenConfig{Control: option(name, value)}
	return c.Listen(context.Background(), "tcp", at)
}

// listen() without bind() takes a port of the kernel's choice.
func serveListenWithoutBind(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true})
	var fd int
	l.host.Do(t, func() (err error) {
		if fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err == nil {
			err = unix.Listen(fd, 8)
		}
		return err
	})
	defer unix.Close(fd)
	sa, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if c, _, err := unix.Accept(fd); err == nil {
			_, _ = unix.Write(c, []byte("unbound"))
			unix.Close(c)
		}
	}()
	l.wantService(l.far, fmt.Sprint(hostV4, ":", sa.(*unix.SockaddrInet4).Port), "unbound")
	if n := len(s.heard().Talks); n != 0 {
		t.Errorf("%d stolen", n)
	}
}

// A service of 127.0.0.1 alone does not answer on other addresses: the trap does.
func serveLoopbackService(t *testing.T, mode Mode) {
	l := newLab(t)
	l.service(l.host, "tcp", "127.0.0.1:3400", "inner")
	s := l.trap(order{Mode: mode, Answer: true})
	_, _ = l.dial(l.far, "tcp", hostV4+":3400", "outer")
	s.talks(hostV4+":3400", "outer")
	l.wantService(l.host, "127.0.0.1:3400", "inner")
}

// A local process that knocks is heard as well.
func serveLocalKnock(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true})
	for _, to := range []string{"127.0.0.1:378", "[::1]:378", "127.9.9.9:378", hostV4 + ":379"} {
		_, _ = l.dial(l.host, "tcp", to, "inside")
		s.talks(to, "inside")
		if k := s.hears("syn", to); k.Interface != "lo" {
			t.Errorf("%+v", k)
		}
	}
}

// The same client port reaches a service while the old connection waits out.
func serveTimeWait(t *testing.T, mode Mode) {
	l := newLab(t)
	var ln net.Listener
	to := hostV4 + ":3500"
	l.host.Do(t, func() (err error) {
		ln, err = net.Listen("tcp", to)
		return err
	})
	defer ln.Close()
	// The side that closes first waits.
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("bye"))
			c.Close()
		}
	}()
	l.trap(order{Mode: mode, Answer: true})
	from := &net.TCPAddr{IP: net.ParseIP(farV4), Port: 40002}
	for i := range 5 {
		got := ""
		l.far.Do(t, func() error {
			d := net.Dialer{LocalAddr: from, Timeout: 3 * time.Second, Control: option(unix.SO_REUSEADDR, 1)}
			c, err := d.Dial("tcp", to)
			if err != nil {
				return err
			}
			defer c.Close()
			b, _ := io.ReadAll(c)
			got = string(b)
			return nil
		})
		if got != "bye" {
			t.Errorf("connection %d: %q", i, got)
		}
	}
	if out := l.host.Output(t, netlab.Program(t, "ss"), "-Htan", "state", "time-wait"); !strings.Contains(out, "3500") {
		t.Errorf("nothing was in TIME_WAIT, so nothing was tested: %q", out)
	}
}

// Services that share a port by SO_REUSEPORT share all of its connections.
func serveReuseport(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true})
	to := hostV4 + ":3600"
	for range 4 {
		var ln net.Listener
		l.host.Do(t, func() (err error) {
			ln, err = listenWith(unix.SO_REUSEPORT, 1, to)
			return err
		})
		defer ln.Close()
		go answer(ln, "shared")
	}
	for range 40 {
		l.wantService(l.far, to, "shared")
	}
	if n := len(s.heard().Talks); n != 0 {
		t.Errorf("%d stolen", n)
	}
}

// A connection of our own lives, and a stranger who knocks on its port is heard.
func serveOutgoing(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true})
	l.service(l.far, "tcp", farV4+":3700", "far")
	var c net.Conn
	l.host.Do(t, func() (err error) {
		c, err = net.Dial("tcp", farV4+":3700")
		return err
	})
	defer c.Close()
	_, _ = l.dial(l.far, "tcp", c.LocalAddr().String(), "psst")
	s.talks(c.LocalAddr().String(), "psst")
	if got, err := exchange(c, "who?"); got != "far" {
		t.Errorf("%q %v", got, err)
	}
	if n := len(s.heard().Knocks); n != 1 {
		t.Errorf("%d events, want the one knock", n)
	}
}

// echoUDP answers every datagram with its text.
func (l *lab) echoUDP(s *netlab.Space, at string) net.PacketConn {
	l.t.Helper()
	var c net.PacketConn
	s.Do(l.t, func() (err error) {
		c, err = net.ListenPacket("udp", at)
		return err
	})
	l.t.Cleanup(func() { c.Close() })
	go func() {
		b := make([]byte, 2048)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = c.WriteTo(b[:n], from)
		}
	}()
	return c
}

// An unconnected client gets all of its answers, on a port of the kernel's
// choice and on its own.
func serveUDPClients(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true})
	l.echoUDP(l.far, farV4+":3800")
	for _, at := range []string{hostV4 + ":0", hostV4 + ":3801"} {
		var c net.PacketConn
		l.host.Do(t, func() (err error) {
			c, err = net.ListenPacket("udp", at)
			return err
		})
		defer c.Close()
		for i := range 5 {
			want := fmt.Sprint("question ", i)
			_, _ = c.WriteTo([]byte(want), net.UDPAddrFromAddrPort(netip.MustParseAddrPort(farV4+":3800")))
			_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
			b := make([]byte, 64)
			n, _, err := c.ReadFrom(b)
			if string(b[:n]) != want {
				t.Errorf("%q %v", b[:n], err)
			}
		}
	}
	if n := len(s.heard().Knocks); n != 0 {
		t.Errorf("%d events of our own questions", n)
	}
}

// UDP services keep their datagrams, those of before and those that start later;
// what is for nobody is heard with its payload, and the kernel says that nobody
// is there.
func serveUDP(t *testing.T, mode Mode) {
	l := newLab(t)
	l.echoUDP(l.host, hostV4+":3901")
	s := l.trap(order{Mode: mode, Answer: true})
	l.echoUDP(l.host, "0.0.0.0:3902")
	l.echoUDP(l.host, "[::]:3903")
	for _, to := range []string{hostV4 + ":3901", hostV4 + ":3902", hostV4 + ":3903", net.JoinHostPort(hostV6, "3903")} {
		if got, err := l.dial(l.far, "udp", to, "ping"); got != "ping" {
			t.Errorf("%s: %q %v", to, got, err)
		}
	}
	for _, to := range []string{hostV4 + ":377", net.JoinHostPort(hostV6, "377")} {
		if _, err := l.dial(l.far, "udp", to, "anybody?"); err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("%s ended with %v, want what the kernel says", to, err)
		}
		if k := s.hears("udp", to); k.Payload != "anybody?" || k.Answered {
			t.Errorf("%+v", k)
		}
	}
	if n := len(s.heard().Knocks); n != 2 {
		t.Errorf("%d events, want 2: %+v", n, s.heard().Knocks)
	}
}

// A connection from before goes on.
func serveSessionFromBefore(t *testing.T, mode Mode) {
	l := newLab(t)
	var ln net.Listener
	l.host.Do(t, func() (err error) {
		ln, err = net.Listen("tcp", hostV4+":4000")
		return err
	})
	defer ln.Close()
	go func() {
		if c, err := ln.Accept(); err == nil {
			_, _ = io.Copy(c, c)
			c.Close()
		}
	}()
	var c net.Conn
	l.far.Do(t, func() (err error) {
		c, err = net.Dial("tcp", hostV4+":4000")
		return err
	})
	defer c.Close()
	talk := func(when string) {
		if got, err := exchange(c, when); got != when {
			t.Errorf("%s: %q %v", when, got, err)
		}
	}
	talk("before")
	s := l.trap(order{Mode: mode, Answer: true})
	talk("during")
	s.child.Stop()
	talk("after")
}

// nft puts rules into the host's tables.
func (l *lab) nft(rules string) {
	l.t.Helper()
	l.host.Output(l.t, netlab.Program(l.t, "nft"), rules)
}

// Published ports (DNAT to another host, REDIRECT to another port) work on.
func serveTranslation(t *testing.T, mode Mode) {
	l := newLab(t)
	inner := netlab.NS(t)
	l.ip(l.host, fmt.Sprintf("link add h5k1 type veth peer name h5k1 netns /proc/%d/fd/%d", unix.Getpid(), inner.File().Fd()))
	l.ip(l.host, "addr add 10.8.0.1/24 dev h5k1")
	l.ip(l.host, "link set h5k1 up")
	l.ip(inner, "addr add 10.8.0.2/24 dev h5k1")
	l.ip(inner, "link set h5k1 up")
	l.ip(inner, "route add default via 10.8.0.1")
	l.host.Output(t, netlab.Program(t, "sysctl"), "-qw", "net.ipv4.ip_forward=1")
	l.nft("table ip published { chain pre { type nat hook prerouting priority -100; tcp dport 4101 dnat to 10.8.0.2:80; tcp dport 4102 redirect to :4103; }; }")
	l.service(inner, "tcp", "10.8.0.2:80", "inner")
	l.service(l.host, "tcp", "0.0.0.0:4103", "redirected")
	s := l.trap(order{Mode: mode, Answer: true})
	l.wantService(l.far, hostV4+":4101", "inner")
	l.wantService(l.far, hostV4+":4102", "redirected")
	// Each is heard once, and nobody came for its witness.
	if r := s.heard(); len(r.Talks) != 0 || r.Counters.Steered != 0 || len(r.Knocks) > 2 {
		t.Errorf("stolen: %+v", r)
	}
}

// With SYN cookies for every connection both sides work: the trap's and a service's.
func serveCookies(t *testing.T, mode Mode) {
	l := newLab(t)
	l.host.Output(t, netlab.Program(t, "sysctl"), "-qw", "net.ipv4.tcp_syncookies=2")
	l.service(l.host, "tcp", hostV4+":4200", "service")
	s := l.trap(order{Mode: mode, Answer: true})
	l.wantService(l.far, hostV4+":4200", "service")
	for _, to := range []string{hostV4 + ":4201", net.JoinHostPort(hostV6, "4201")} {
		_, _ = l.dial(l.far, "tcp", to, "cookie")
		s.talks(to, "cookie")
	}
	if n := len(s.heard().Knocks); n != 2 {
		t.Errorf("%d events: %+v", n, s.heard().Knocks)
	}
}

// What a firewall drops is seen and not answered.
func serveFirewall(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true})
	l.nft("table ip wall { chain in { type filter hook input priority 0; tcp dport 4300 drop; }; }")
	to := hostV4 + ":4300"
	l.far.Do(t, func() error {
		d := net.Dialer{Timeout: 300 * time.Millisecond}
		if c, err := d.Dial("tcp", to); err == nil {
			c.Close()
			t.Error("answered")
		}
		return nil
	})
	s.hears("syn", to)
	if r := s.heard(); r.Counters.Steered != 0 {
		t.Errorf("%+v", r.Counters)
	}
}

// What is not to be answered, or not to be watched, is refused as ever.
func serveGuards(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true, TCP: []uint16{4400, 4401}, Ignore: []Ignore{{netip.MustParsePrefix(farV4 + "/32"), 4401}, {netip.MustParsePrefix("10.9.1.0/24"), 0}}})
	for _, port := range []string{":4401", ":4402"} {
		if _, err := l.dial(l.far, "tcp", hostV4+port, "x"); err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("%s: %v", port, err)
		}
	}
	_, _ = l.dial(l.far, "tcp", hostV4+":4400", "x")
	s.talks(hostV4+":4400", "x")
	if r := s.heard(); len(r.Knocks) != 1 || r.Counters.Ignored != 1 {
		t.Errorf("%+v", r)
	}
}

// No more is held than the bounds say, and not for longer.
func serveHold(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true, Hold: Hold{For: 500 * time.Millisecond, PerPort: 3, PerSource: 5}})
	var open []net.Conn
	begin := time.Now()
	for _, port := range []string{"1", "1", "1", "1", "2", "2", "3"} {
		l.far.Do(t, func() error {
			c, err := net.Dial("tcp", hostV4+":"+port)
			if err == nil {
				open = append(open, c)
			}
			return nil
		})
	}
	var ends []time.Duration
	for _, c := range open {
		_ = c.SetReadDeadline(time.Now().Add(3 * time.Second))
		_, _ = c.Read(make([]byte, 1))
		ends = append(ends, time.Since(begin))
		c.Close()
	}
	if longest := slices.Max(ends); longest > 2*time.Second {
		t.Errorf("held for %v", longest)
	}
	if n := s.heard().Counters.Refused; n != 2 {
		t.Errorf("%d refused, want one of the fourth to a port and one of the sixth of a source", n)
	}
}

// A service that starts where a stranger is held can do so at once with
// SO_REUSEADDR, and without it as soon as the stranger's time is over.
func serveBindWhileHeld(t *testing.T, mode Mode) {
	l := newLab(t)
	s := l.trap(order{Mode: mode, Answer: true, Hold: Hold{For: time.Second}})
	to := hostV4 + ":4500"
	var c net.Conn
	l.far.Do(t, func() (err error) {
		c, err = net.Dial("tcp", to)
		return err
	})
	defer c.Close()
	s.hears("syn", to)
	bind := func(reuse int) (err error) {
		l.host.Do(t, func() error {
			ln, e := listenWith(unix.SO_REUSEADDR, reuse, to)
			if err = e; e == nil {
				ln.Close()
			}
			return nil
		})
		return err
	}
	if err := bind(1); err != nil {
		t.Errorf("with SO_REUSEADDR: %v", err)
	}
	if err := bind(0); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("without it: %v; if this is nil now, the package comment says too little", err)
	}
	l.eventually("without it, a second later", func() bool { return bind(0) == nil })
}
