package trap

import (
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/portolan/portolan/internal/netlab"
)

// refused reports whether a port refuses connections.
func (l *lab) refused(to string) bool {
	l.t.Helper()
	_, err := l.dial(l.far, "tcp", to, "x")
	return err != nil && strings.Contains(err.Error(), "refused")
}

// However the trap ends, services live, unused ports refuse and nothing is left.
func TestEnds(t *testing.T) {
	l := newLab(t)
	l.service(l.host, "tcp", hostV4+":5000", "service")
	ends := map[string]func(*standing){
		"close":   func(s *standing) { s.child.Stop() },
		"kill -9": func(s *standing) { _ = syscall.Kill(s.child.PID, syscall.SIGKILL); s.child.Stop() },
	}
	for _, mode := range []Mode{BPF, Nftables, Packets} {
		for _, name := range sorted(ends) {
			s := l.trap(order{Mode: mode, Answer: true})
			_, _ = l.dial(l.far, "tcp", hostV4+":5001", "held")
			ends[name](s)
			l.eventually(name+": an unused port refuses", func() bool { return l.refused(hostV4 + ":5001") })
			l.wantService(l.far, hostV4+":5000", "service")
			l.nothingLeft(mode.String() + ", " + name)
		}
	}
}

// nothingLeft looks for programs at interfaces and at the look-up, and for rules.
func (l *lab) nothingLeft(when string) {
	l.t.Helper()
	out := l.host.Output(l.t, netlab.Program(l.t, "bpftool"), "net", "show")
	for _, name := range []string{"watch_ethernet", "watch_ip", "h5k0", "steer"} {
		if strings.Contains(out, name) {
			l.t.Errorf("%s: left at an interface: %s", when, out)
		}
	}
	if out := l.host.Output(l.t, netlab.Program(l.t, "nft"), "list", "ruleset"); strings.Contains(out, "portolan") {
		l.t.Errorf("%s: left in the tables: %s", when, out)
	}
}

// A trap that is killed while it is being set up leaves nothing either.
func TestKilledDuringSetup(t *testing.T) {
	l := newLab(t)
	l.service(l.host, "tcp", hostV4+":5100", "service")
	for i, wait := range []int{2, 5, 10, 20, 30, 40, 60, 80, 2, 4, 6, 8, 10, 12, 15, 20} {
		o := fmt.Sprintf(`{"Mode":%d,"Answer":true}`, 1+i/8)
		c := netlab.Start(t, netlab.Order{Role: "trap", Args: []string{o}, Space: l.host})
		time.Sleep(time.Duration(wait) * time.Millisecond)
		_ = syscall.Kill(c.PID, syscall.SIGKILL)
		c.Stop()
		l.eventually("an unused port refuses", func() bool { return l.refused(hostV4 + ":5101") })
		l.wantService(l.far, hostV4+":5100", "service")
		l.nothingLeft(fmt.Sprint("killed after ", wait, " ms"))
	}
}

// The collector takes nothing that holds the trap up.
func TestCollector(t *testing.T) {
	for _, mode := range []Mode{BPF, Nftables} {
		l := newLab(t)
		s := l.trap(order{Mode: mode, Answer: true, Collect: true})
		_, _ = l.dial(l.far, "tcp", hostV4+":5200", "still there?")
		s.talks(hostV4+":5200", "still there?")
	}
}

// A second one says who stands here.
func TestSecond(t *testing.T) {
	l := newLab(t)
	s := l.trap(order{Mode: BPF, Answer: true})
	c := netlab.Start(t, netlab.Order{Role: "open", Space: l.host})
	var said string
	c.Hear(&said)
	if want := fmt.Sprint("process ", s.child.PID); !strings.Contains(said, ErrTaken.Error()) || !strings.Contains(said, want) {
		t.Errorf("%q does not say %q", said, want)
	}
}

// Without any capability left it goes on, and covers what comes later.
func TestNoCapabilities(t *testing.T) {
	for _, mode := range []Mode{BPF, Nftables} {
		t.Run(mode.String(), func(t *testing.T) { noCapabilities(t, mode) })
	}
}

func noCapabilities(t *testing.T, mode Mode) {
	l := newLab(t)
	l.binary = withoutCgo(t)
	s := l.trap(order{Mode: mode, Answer: true, Drop: true, Collect: true})
	if caps := strings.Trim(s.heard().Caps, "0"); caps != "" {
		t.Fatalf("capabilities left: %s", s.heard().Caps)
	}
	for i := range 2 {
		to := fmt.Sprint(hostV4, ":", 5300+i)
		_, _ = l.dial(l.far, "tcp", to, "hello")
		s.talks(to, "hello")
	}
	l.later(s)
}

// CAP_BPF and CAP_NET_ADMIN are enough to begin with.
func TestLeastCapabilities(t *testing.T) {
	l := newLab(t)
	l.binary = withoutCgo(t)
	s := l.trap(order{Mode: BPF, Answer: true, Least: 1<<unix.CAP_BPF | 1<<unix.CAP_NET_ADMIN})
	_, _ = l.dial(l.far, "tcp", hostV4+":378", "hello")
	s.talks(hostV4+":378", "hello")
}

// later adds an address and an interface and knocks on both.
func (l *lab) later(s *standing) {
	l.t.Helper()
	l.ip(l.host, "addr add 10.9.0.77/24 dev h5k0")
	l.ip(l.host, "-6 addr add fd09::77/64 dev h5k0 nodad")
	l.ip(l.host, fmt.Sprintf("link add h5k2 type veth peer name h5k2 netns /proc/%d/fd/%d", unix.Getpid(), l.far.File().Fd()))
	l.ip(l.host, "addr add 10.7.0.1/24 dev h5k2")
	l.ip(l.host, "link set h5k2 up")
	l.ip(l.far, "addr add 10.7.0.2/24 dev h5k2")
	l.ip(l.far, "link set h5k2 up")
	l.eventually("the new interface is watched", func() bool {
		for _, i := range s.heard().Interfaces {
			if i.Name == "h5k2" {
				return i.Watched
			}
		}
		return false
	})
	for _, to := range []string{"10.9.0.77:378", "[fd09::77]:378", "10.7.0.1:378"} {
		_, _ = l.dial(l.far, "tcp", to, "later")
		s.talks(to, "later")
		s.hears("syn", to)
	}
}

func TestLater(t *testing.T) {
	l := newLab(t)
	s := l.trap(order{Mode: BPF, Answer: true})
	l.later(s)
	// What goes is not watched any more, and what comes back is.
	l.ip(l.host, "link del h5k2")
	l.ip(l.host, "addr del 10.9.0.77/24 dev h5k0")
	l.ip(l.host, "link set h5k0 down")
	l.ip(l.host, "link set h5k0 up")
	l.eventually("the wire is up again", func() bool {
		_, err := l.dial(l.far, "tcp", hostV4+":379", "again")
		return err != nil && strings.Contains(err.Error(), "reset")
	})
	s.talks(hostV4+":379", "again")
}

// A device without a link layer: its packets begin with the IP header.
func TestTun(t *testing.T) {
	l := newLab(t)
	tun := l.tun(l.host, "h5kt")
	l.ip(l.host, "addr add 10.6.0.1/24 dev h5kt")
	l.ip(l.host, "link set h5kt up")
	s := l.trap(order{Mode: BPF, Answer: true})
	if _, err := tun.Write(segment("10.6.0.2:40000", "10.6.0.1:378", FlagSYN, nil)); err != nil {
		t.Fatal(err)
	}
	if k := s.hears("syn", "10.6.0.1:378"); k.Interface != "h5kt" {
		t.Errorf("%+v", k)
	}
	b := make([]byte, 2048)
	for range 20 { // among what IPv6 says by itself
		n, err := tun.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := DecodePacket(b[:n]); err == nil && p.Protocol == ProtocolTCP {
			if p.Flags != FlagSYN|FlagACK || p.Source.String() != "10.6.0.1:378" {
				t.Errorf("answered %+v", p)
			}
			return
		}
	}
	t.Error("not answered")
}

// tun makes a device whose other end is a file.
func (l *lab) tun(s *netlab.Space, name string) *os.File {
	l.t.Helper()
	var f *os.File
	s.Do(l.t, func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			l.t.Skipf("no tun device: %v", err)
		}
		r, err := unix.NewIfreq(name)
		if err != nil {
			return err
		}
		r.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, r); err != nil {
			return err
		}
		f = os.NewFile(uintptr(fd), "tun")
		return f.SetReadDeadline(time.Now().Add(5 * time.Second))
	})
	l.t.Cleanup(func() { f.Close() })
	return f
}

// The ports of a bridge are not watched, or all would be seen twice.
func TestBridge(t *testing.T) {
	l := newLab(t)
	l.ip(l.host, "addr del "+hostV4+"/24 dev h5k0")
	l.ip(l.host, "link add h5kb type bridge")
	l.ip(l.host, "link set h5k0 master h5kb")
	l.ip(l.host, "addr add "+hostV4+"/24 dev h5kb")
	l.ip(l.host, "link set h5kb up")
	s := l.trap(order{Mode: BPF, Answer: true})
	l.eventually("the bridge forwards", func() bool {
		var c net.Conn
		var err error
		l.far.Do(t, func() error {
			c, err = net.DialTimeout("tcp", hostV4+":378", 200*time.Millisecond)
			return nil
		})
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	if r := s.heard(); len(r.Knocks) != 1 || r.Knocks[0].Interface != "h5kb" {
		t.Errorf("%+v", r)
	}
}
