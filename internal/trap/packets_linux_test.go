package trap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/portolan/portolan/internal/netlab"
)

// ip4 and ip6 put an IP header before a transport's segment.
func ip4(from, to netip.Addr, protocol byte, fragment uint16, rest []byte) []byte {
	b := make([]byte, 20, 20+len(rest))
	b[0], b[8], b[9] = 0x45, 64, protocol
	binary.BigEndian.PutUint16(b[2:], uint16(20+len(rest)))
	binary.BigEndian.PutUint16(b[4:], 4711)
	binary.BigEndian.PutUint16(b[6:], fragment)
	copy(b[12:], from.AsSlice())
	copy(b[16:], to.AsSlice())
	binary.BigEndian.PutUint16(b[10:], checksum(0, b))
	return append(b, rest...)
}

func ip6(from, to netip.Addr, next byte, rest []byte) []byte {
	b := make([]byte, 40, 40+len(rest))
	b[0], b[6], b[7] = 0x60, next, 64
	binary.BigEndian.PutUint16(b[4:], uint16(len(rest)))
	copy(b[8:], from.AsSlice())
	copy(b[24:], to.AsSlice())
	return append(b, rest...)
}

func checksum(sum uint32, b []byte) uint16 {
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	if len(b)%2 == 1 {
		sum += uint32(b[len(b)-1]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// tcp is a segment with its right checksum.
func tcp(from, to netip.AddrPort, flags byte, payload []byte) []byte {
	b := make([]byte, 20, 20+len(payload))
	binary.BigEndian.PutUint16(b, from.Port())
	binary.BigEndian.PutUint16(b[2:], to.Port())
	binary.BigEndian.PutUint32(b[4:], 1000)
	b[12], b[13] = 5<<4, flags
	binary.BigEndian.PutUint16(b[14:], 1024)
	b = append(b, payload...)
	pseudo := append(append([]byte{}, from.Addr().AsSlice()...), to.Addr().AsSlice()...)
	pseudo = append(pseudo, 0, ProtocolTCP, byte(len(b)>>8), byte(len(b)))
	sum := checksum(uint32(^checksum(0, pseudo)), b)
	binary.BigEndian.PutUint16(b[16:], sum)
	return b
}

// segment is a whole packet of TCP.
func segment(from, to string, flags byte, payload []byte) []byte {
	f, d := netip.MustParseAddrPort(from), netip.MustParseAddrPort(to)
	if f.Addr().Is4() {
		return ip4(f.Addr(), d.Addr(), ProtocolTCP, 0, tcp(f, d, flags, payload))
	}
	return ip6(f.Addr(), d.Addr(), ProtocolTCP, tcp(f, d, flags, payload))
}

// raw sends packets from the far host as they are.
type raw struct {
	l    *lab
	fd   int
	to   unix.SockaddrLinklayer
	head [2][]byte // Ethernet headers for IPv4 and IPv6
}

func (l *lab) raw() *raw {
	l.t.Helper()
	r := &raw{l: l}
	var there, here *net.Interface
	l.host.Do(l.t, func() (err error) {
		there, err = net.InterfaceByName("h5k0")
		return err
	})
	l.far.Do(l.t, func() (err error) {
		if here, err = net.InterfaceByName("h5k0"); err == nil {
			r.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		}
		return err
	})
	l.t.Cleanup(func() { unix.Close(r.fd) })
	r.to = unix.SockaddrLinklayer{Ifindex: here.Index}
	for i, kind := range []uint16{unix.ETH_P_IP, unix.ETH_P_IPV6} {
		r.head[i] = binary.BigEndian.AppendUint16(append(append([]byte{}, there.HardwareAddr...), here.HardwareAddr...), kind)
	}
	return r
}

func (r *raw) send(packet []byte) {
	r.l.t.Helper()
	head := r.head[0]
	if packet[0]>>4 == 6 {
		head = r.head[1]
	}
	if err := unix.Sendto(r.fd, append(append([]byte{}, head...), packet...), 0, &r.to); err != nil {
		r.l.t.Fatal(err)
	}
}

// Every kind of packet that finds no socket is named for what it is.
func TestKinds(t *testing.T) {
	l := newLab(t)
	l.service(l.host, "tcp", hostV4+":6001", "service")
	s := l.trap(order{Mode: BPF, Answer: true})
	r := l.raw()
	for name, x := range map[string]struct {
		flags byte
		why   string
	}{
		"6010": {FlagSYN, "syn"}, "6011": {FlagFIN, "flags"}, "6012": {0, "flags"}, "6013": {FlagFIN | FlagPSH | FlagURG, "flags"},
		"6014": {FlagFIN | FlagACK, "flags"}, "6015": {FlagACK, "ack"}, "6016": {FlagACK | FlagPSH, "ack"}, "6017": {FlagRST, "backscatter"},
		"6018": {FlagSYN | FlagACK, "backscatter"}, "6019": {FlagRST | FlagACK, "backscatter"}, "6020": {FlagSYN | FlagFIN, "flags"},
	} {
		for _, ends := range [][2]string{{farV4 + ":40000", hostV4 + ":" + name}, {"[" + farV6 + "]:40000", "[" + hostV6 + "]:" + name}} {
			r.send(segment(ends[0], ends[1], x.flags, nil))
			s.hears(x.why, ends[1])
		}
		// To a service none of them is news.
		r.send(segment(farV4+":40000", hostV4+":6001", x.flags, nil))
	}
	time.Sleep(50 * time.Millisecond)
	for _, k := range s.heard().Knocks {
		if strings.HasSuffix(k.To, ":6001") {
			t.Errorf("a service's: %+v", k)
		}
	}
	l.wantService(l.far, hostV4+":6001", "service")
}

// An ICMP error about what we never sent is backscatter; one that answers a
// socket of ours is not.
func TestICMP(t *testing.T) {
	l := newLab(t)
	s := l.trap(order{Mode: BPF, Answer: true})
	r := l.raw()
	host, far := netip.MustParseAddr(hostV4), netip.MustParseAddr(farV4)
	quoted := segment(hostV4+":1234", farV4+":80", FlagSYN|FlagACK, nil)[:28]
	r.send(ip4(far, host, ProtocolICMP, 0, append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, quoted...)))
	host6, far6 := netip.MustParseAddr(hostV6), netip.MustParseAddr(farV6)
	quoted6 := segment("["+hostV6+"]:1234", "["+farV6+"]:80", FlagSYN|FlagACK, nil)[:48]
	r.send(ip6(far6, host6, ProtocolICMPv6, append([]byte{1, 4, 0, 0, 0, 0, 0, 0}, quoted6...)))
	l.eventually("both", func() bool { return len(s.heard().Knocks) == 2 })
	// The far host refuses our datagram, by ICMP.
	if _, err := l.dial(l.host, "udp", farV4+":9", "x"); err == nil {
		t.Error("no error came back")
	}
	if n := len(s.heard().Knocks); n != 2 {
		t.Errorf("%d events, want 2: %+v", n, s.heard().Knocks)
	}
}

// Behind IPv6 extension headers and IPv4 options lies the same packet.
func TestExtensionHeaders(t *testing.T) {
	l := newLab(t)
	s := l.trap(order{Mode: BPF, Answer: true})
	r := l.raw()
	from, to := netip.MustParseAddrPort("["+farV6+"]:40000"), func(port uint16) netip.AddrPort {
		return netip.AddrPortFrom(netip.MustParseAddr(hostV6), port)
	}
	pad := func(next byte) []byte { return []byte{next, 0, 1, 4, 0, 0, 0, 0} }
	chain := func(n int, first, last byte) []byte {
		var b []byte
		for i := range n {
			next := byte(60)
			if i == n-1 {
				next = last
			}
			b = append(b, pad(next)...)
		}
		return b
	}
	for i, x := range []struct {
		first byte
		chain []byte
	}{
		{0, pad(ProtocolTCP)}, {60, pad(ProtocolTCP)}, {0, append(pad(60), pad(ProtocolTCP)...)}, {60, chain(7, 60, ProtocolTCP)},
		{44, []byte{ProtocolTCP, 0, 0, 0, 0, 0, 0, 1}}, // a fragment that is the whole
	} {
		d := to(uint16(6100 + i))
		r.send(ip6(from.Addr(), d.Addr(), x.first, append(x.chain, tcp(from, d, FlagSYN, nil)...)))
		s.hears("syn", d.String())
	}
	d := to(6110)
	r.send(ip6(from.Addr(), d.Addr(), 60, append(chain(20, 60, ProtocolTCP), tcp(from, d, FlagSYN, nil)...)))
	s.hears("headers", netip.AddrPortFrom(d.Addr(), 0).String())

	options := segment(farV4+":40000", hostV4+":6111", FlagSYN, nil)
	options = append(append(append([]byte{}, options[:20]...), 1, 1, 1, 0), options[20:]...)
	options[0], options[3] = 0x46, byte(len(options))
	options[10], options[11] = 0, 0
	binary.BigEndian.PutUint16(options[10:], checksum(0, options[:24]))
	r.send(options)
	s.hears("syn", hostV4+":6111")
}

// The payload of a datagram may lie outside the linear part of its packet: what
// sendfile sends is in the pages of the file.
func TestPageFragments(t *testing.T) {
	l := newLab(t)
	s := l.trap(order{Mode: BPF, Answer: true})
	want := bytes.Repeat([]byte("portolan "), 150)
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(want); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{hostV4 + ":6200", "[" + hostV6 + "]:6200"} {
		l.far.Do(t, func() error {
			c, err := net.Dial("udp", to)
			if err != nil {
				return err
			}
			defer c.Close()
			raw, err := c.(*net.UDPConn).SyscallConn()
			if err != nil {
				return err
			}
			e := raw.Write(func(fd uintptr) bool {
				at := int64(0)
				_, err = unix.Sendfile(int(fd), int(f.Fd()), &at, len(want))
				return true
			})
			if e != nil {
				return e
			}
			return err
		})
		if k := s.hears("udp", to); k.Payload != string(want) {
			t.Errorf("%d bytes of %d heard", len(k.Payload), len(want))
		}
	}
}

// program runs one on the far host, for a bounded time, and lets it fail.
func (l *lab) program(limit time.Duration, name string, args ...string) {
	l.t.Helper()
	path := netlab.Program(l.t, name)
	var cmd *exec.Cmd
	l.far.Do(l.t, func() error {
		cmd = exec.Command(path, args...)
		return cmd.Start()
	})
	late := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	_ = cmd.Wait()
}

// Every port of every kind of scan is reported.
func TestNmap(t *testing.T) {
	netlab.Program(t, "nmap")
	for _, x := range []struct {
		flags, to, why string
		ports          int
	}{
		{"-sS", hostV4, "syn", 1000}, {"-sT", hostV4, "syn", 1000}, {"-sF", hostV4, "flags", 1000}, {"-sN", hostV4, "flags", 1000},
		{"-sX", hostV4, "flags", 1000}, {"-sM", hostV4, "flags", 1000}, {"-sA", hostV4, "ack", 1000}, {"-sU --min-rate 500", hostV4, "udp", 300},
		{"-6 -sS", hostV6, "syn", 1000}, {"-f -sS", hostV4, "fragment", 200},
	} {
		t.Run(strings.Fields(x.flags)[0]+" "+x.why, func(t *testing.T) {
			l := newLab(t)
			// The kernel's own limit of ICMP answers would make nmap wait for them.
			l.host.Output(t, netlab.Program(t, "sysctl"), "-qw", "net.ipv4.icmp_ratelimit=0")
			s := l.trap(order{Mode: BPF, Answer: true, Terse: true})
			args := append(strings.Fields(x.flags), "-Pn", "-n", "-T5", "--max-retries", "2", "-p", fmt.Sprint("10001-", 10000+x.ports), x.to)
			l.program(20*time.Second, "nmap", args...)
			l.eventually("all ports", func() bool { return s.heard().Ports[x.why] >= x.ports })
			if r := s.heard(); r.Ports[x.why] != x.ports {
				t.Errorf("%v", r.Ports)
			}
		})
	}
}

// Every one of 65,535 ports, at 50,000 a second, of one source.
func TestMasscan(t *testing.T) {
	netlab.Program(t, "masscan")
	l := newLab(t)
	s := l.trap(order{Mode: BPF, Answer: true, Terse: true})
	mac := l.raw().head[0][:6]
	// Its own end of waiting is not to be relied on.
	l.program(12*time.Second, "masscan", hostV4, "-p1-65535", "--rate", "50000", "--wait", "1", "-e", "h5k0", "--source-ip", "10.9.0.99",
		"--router-mac", net.HardwareAddr(mac).String(), "--seed", "1")
	r := s.heard()
	if r.Ports["syn"] != 65535 {
		t.Errorf("%d of 65,535 ports: %+v", r.Ports["syn"], r.Counters)
	}
	r.balanced(t)
}

func TestZmap(t *testing.T) {
	netlab.Program(t, "zmap")
	l := newLab(t)
	s := l.trap(order{Mode: BPF, Answer: true})
	mac := l.raw().head[0][:6]
	l.program(10*time.Second, "zmap", "-p", "378", "-i", "h5k0", "-G", net.HardwareAddr(mac).String(), "-S", farV4, "-c", "1", "-b", "/dev/null", hostV4+"/32")
	s.hears("syn", hostV4+":378")
}

// balanced fails the test if a packet was seen and not accounted for.
func (r *report) balanced(t *testing.T) {
	t.Helper()
	if c := r.Counters; c.Seen != c.Emitted+c.RingLost+c.Limited {
		t.Errorf("not accounted for: %+v", c)
	}
}

// A flood is accounted for to the last packet: within the limits of a source,
// beyond them, and when the reader can't keep up.
func TestFlood(t *testing.T) {
	const packets = 100_000
	for name, x := range map[string]struct {
		o    order
		kind byte
	}{
		"SYNs, all emitted":       {order{Burst: 1 << 20}, ProtocolTCP},
		"SYNs, limited":           {order{PerSource: 100, Burst: 100}, ProtocolTCP},
		"datagrams, all emitted":  {order{Burst: 1 << 20}, ProtocolUDP},
		"datagrams, limited":      {order{PerSource: 100, Burst: 100}, ProtocolUDP},
		"packets, limited":        {order{Mode: Packets, PerSource: 100, Burst: 100}, ProtocolTCP},
		"SYNs answered, limited":  {order{PerSource: 1000, Burst: 1000, Answer: true}, ProtocolTCP},
		"datagrams, a small ring": {order{Burst: 1 << 20, Ring: 1 << 16}, ProtocolUDP},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			x.o.Mode, x.o.Terse = max(x.o.Mode, BPF), true
			s := l.trap(x.o)
			begin := time.Now()
			l.flood(x.kind, packets)
			took := time.Since(begin)
			var r report
			l.eventually("all of them", func() bool { r = s.heard(); return r.Counters.Seen >= packets })
			r.balanced(t)
			if r.Counters.Seen != packets {
				t.Errorf("%d seen of %d", r.Counters.Seen, packets)
			}
			t.Logf("%.0f packets/s: %+v", packets/took.Seconds(), r.Counters)
		})
	}
}

// Datagrams that go the same way again and again are not an event each.
func TestSameDatagrams(t *testing.T) {
	for _, mode := range []Mode{BPF, Packets} {
		l := newLab(t)
		s := l.trap(order{Mode: mode})
		l.far.Do(t, func() error {
			c, err := net.Dial("udp", hostV4+":6300")
			if err != nil {
				return err
			}
			defer c.Close()
			for range 200 {
				_, _ = c.Write([]byte("again")) // or what the kernel says about the one before
			}
			return nil
		})
		s.hears("udp", hostV4+":6300")
		r := s.heard()
		r.balanced(t)
		if r.Counters.Emitted < same || r.Counters.Emitted > same+5 || r.Counters.Limited == 0 {
			t.Errorf("%s: %+v", mode, r.Counters)
		}
	}
}

// flood sends packets of one source to all ports as fast as one thread can.
func (l *lab) flood(kind byte, packets int) {
	l.t.Helper()
	r := l.raw()
	var messages [][]byte
	for i := range 10_000 {
		from, to := farV4+":"+strconv.Itoa(30000+i), netip.MustParseAddrPort(hostV4+":"+strconv.Itoa(1+i*6))
		b := segment(from, to.String(), FlagSYN, nil)
		if kind == ProtocolUDP {
			f := netip.MustParseAddrPort(from)
			u := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, f.Port()), to.Port())
			b = ip4(f.Addr(), to.Addr(), ProtocolUDP, 0, append(u, 0, 12, 0, 0, 'x', 'x', 'x', 'x'))
		}
		messages = append(messages, append(append([]byte{}, r.head[0]...), b...))
	}
	for i := range packets {
		err := unix.Sendto(r.fd, messages[i%len(messages)], 0, &r.to)
		for err == unix.ENOBUFS {
			time.Sleep(time.Millisecond)
			err = unix.Sendto(r.fd, messages[i%len(messages)], 0, &r.to)
		}
		if err != nil {
			l.t.Fatal(err)
		}
	}
}
