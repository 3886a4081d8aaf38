package sweep

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/portolan/portolan/internal/netlab"
)

func TestMain(m *testing.M) {
	os.Exit(netlab.Main(m, map[string]netlab.Role{"host": hostRole, "sweep": sweepRole}))
}

// hostRole listens on the ports of its arguments, where "SETTING=VALUE" is a
// sysctl below net to set first.
func hostRole(s *netlab.Stage) error {
	for _, a := range s.Args {
		if name, value, ok := strings.Cut(a, "="); ok {
			if err := os.WriteFile("/proc/sys/net/"+name, []byte(value), 0); err != nil {
				return err
			}
			continue
		}
		l, err := net.Listen("tcp", ":"+a)
		if err != nil {
			return err
		}
		go drain(l)
	}
	if err := s.Say("ready"); err != nil {
		return err
	}
	s.Wait()
	return nil
}

func drain(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		c.Close()
	}
}

// job is a sweep for a child to make.
type job struct {
	How         string // connect or syn
	Host        string
	First, Last uint16
	Files       uint64 // RLIMIT_NOFILE
	Sysctl      string
	Cancel      time.Duration // after which the context ends
	Times       int
}

// outcome is what came of it.
type outcome struct {
	Open   []uint16
	Few    map[uint16]string // state and reason of the first ports
	Counts map[string]int    // by state and reason
	Err    string
	Took   time.Duration
	Leaked int // descriptors
}

// sweepRole makes the sweeps of its argument in the namespace that it is in.
func sweepRole(s *netlab.Stage) error {
	var j job
	if err := json.Unmarshal([]byte(s.Args[0]), &j); err != nil {
		return err
	}
	if name, value, ok := strings.Cut(j.Sysctl, "="); ok {
		if err := os.WriteFile("/proc/sys/net/"+name, []byte(value), 0); err != nil {
			return err
		}
	}
	if j.Files > 0 {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: j.Files, Max: j.Files}); err != nil {
			return err
		}
	}
	for range max(1, j.Times) {
		if err := s.Say(j.do()); err != nil {
			return err
		}
	}
	s.Wait()
	return nil
}

func (j job) do() *outcome {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if j.Cancel > 0 {
		time.AfterFunc(j.Cancel, cancel)
	}
	out := &outcome{Counts: map[string]int{}, Few: map[uint16]string{}}
	find := Connect
	if j.How == "syn" {
		find = SYN
	}
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close() // the runtime's poller is open now
	}
	files, begin := openFiles(), time.Now()
	err := find(ctx, Options{Retries: 1}, portsOf(netip.MustParseAddr(j.Host), j.First, j.Last), func(r Result) {
		what := string(r.State) + " " + r.Reason
		if out.Counts[what]++; r.State == Open {
			out.Open = append(out.Open, r.Addr.Port())
		}
		if len(out.Few) < 100 {
			out.Few[r.Addr.Port()] = what
		}
	})
	out.Took, out.Leaked = time.Since(begin), openFiles()-files
	if err != nil {
		out.Err = err.Error()
	}
	slices.Sort(out.Open)
	return out
}

// portsOf are some ports of a host, out of their order.
func portsOf(host netip.Addr, first, last uint16) iter.Seq[netip.AddrPort] {
	total := uint64(last-first) + 1
	order := Order(total, rand.Uint64())
	return func(yield func(netip.AddrPort) bool) {
		for i := range total {
			if !yield(netip.AddrPortFrom(host, first+uint16(order(i)))) {
				return
			}
		}
	}
}

func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(entries)
}

// link is two namespaces with a veth pair between them: 10.77.0.1 and
// 2001:db8::1 sweep, 10.77.0.2 and 2001:db8::2 is the host.
type link struct {
	t          *testing.T
	near, host *netlab.Space
}

// newLink makes a host that listens on ports. Settings are sysctls below net.
func newLink(t *testing.T, ports []uint16, settings ...string) link {
	t.Helper()
	netlab.Root(t, "a veth pair between two namespaces needs CAP_NET_ADMIN")
	ip := netlab.Program(t, "ip")
	l := link{t, netlab.NS(t), netlab.NS(t)}
	args := settings
	for _, p := range ports {
		args = append(args, strconv.Itoa(int(p)))
	}
	host := netlab.Start(t, netlab.Order{Role: "host", Args: args, Space: l.host})
	host.Hear(nil)
	l.near.Output(t, ip, "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", strconv.Itoa(host.PID))
	for _, side := range []struct {
		space     *netlab.Space
		dev, last string
	}{{l.near, "near", "1"}, {l.host, "far", "2"}} {
		side.space.Output(t, ip, "addr", "add", "10.77.0."+side.last+"/24", "dev", side.dev)
		side.space.Output(t, ip, "addr", "add", "2001:db8::"+side.last+"/64", "dev", side.dev, "nodad")
		side.space.Output(t, ip, "link", "set", side.dev, "up")
	}
	return l
}

// rules loads rules of nft into a chain of a namespace.
func rules(t *testing.T, s *netlab.Space, hook string, lines ...string) {
	t.Helper()
	nft := netlab.Program(t, "nft")
	s.Output(t, nft, "add", "table", "inet", "t")
	s.Output(t, nft, "add", "chain", "inet", "t", "c", "{ type filter hook "+hook+" priority 0; }")
	for _, line := range lines {
		s.Output(t, nft, append([]string{"add", "rule", "inet", "t", "c"}, strings.Fields(line)...)...)
	}
}

func start(t *testing.T, s *netlab.Space, uid int, j job) *netlab.Child {
	t.Helper()
	b, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	return netlab.Start(t, netlab.Order{Role: "sweep", Args: []string{string(b)}, Space: s, UID: uid})
}

func (l link) sweep(j job) outcome {
	l.t.Helper()
	return heard(start(l.t, l.near, 0, j))
}

func heard(c *netlab.Child) (o outcome) {
	c.Hear(&o)
	return o
}

var hows = []string{"connect", "syn"}

// Of all 65,535 ports every open one is found and nothing else, each time.
func TestAllPorts(t *testing.T) {
	for _, n := range []int{5, 2000} {
		var ports []uint16
		for _, p := range rand.Perm(32000)[:n] {
			ports = append(ports, uint16(p+1))
		}
		slices.Sort(ports)
		l := newLink(t, ports)
		for _, how := range hows {
			for _, host := range []string{"10.77.0.2", "2001:db8::2"} {
				t.Run(fmt.Sprintf("%s %s %d open", how, host, n), func(t *testing.T) {
					c := start(t, l.near, 0, job{How: how, Host: host, First: 1, Last: 65535, Times: 2})
					for range 2 {
						o := heard(c)
						if o.Err != "" || !slices.Equal(o.Open, ports) || o.Counts["closed reset"] != 65535-n || o.Leaked != 0 {
							t.Errorf("%d of %d open, %v, %d files left open, %s", len(o.Open), n, o.Counts, o.Leaked, o.Err)
						}
						t.Log(o.Took.Round(time.Millisecond))
					}
				})
			}
		}
		// Nothing is left at the host: no port in TIME_WAIT, nothing half open. A
		// reset can be lost like any packet, and is not sent again: a few of the
		// thousands of connections may still wait for it.
		left := strings.Fields(l.host.Output(t, netlab.Program(t, "ss"), "-Htan", "state", "connected"))
		if len(left) > 10*5 || slices.Contains(left, "TIME-WAIT") || slices.Contains(left, "SYN-RECV") {
			t.Errorf("left at the host: %.300s", left)
		}
	}
}

// A firewall that drops does not hide what it lets through.
func TestFirewalled(t *testing.T) {
	ports := []uint16{22, 80, 443, 5000, 9999}
	l := newLink(t, ports)
	rules(t, l.host, "input", "tcp dport != {22,80,443,5000,9999} tcp flags syn drop")
	for _, how := range hows {
		t.Run(how, func(t *testing.T) {
			o := l.sweep(job{How: how, Host: "10.77.0.2", First: 1, Last: 12000})
			if o.Err != "" || !slices.Equal(o.Open, ports) || o.Counts["filtered time-out"] != 12000-len(ports) {
				t.Errorf("%v open, %v, %s", o.Open, o.Counts, o.Err)
			}
			t.Log(o.Took.Round(time.Millisecond))
		})
	}
}

// ICMP messages are named by their codes; connects know the kernel's word for them.
func TestRejected(t *testing.T) {
	l := newLink(t, []uint16{1005}, "ipv4/icmp_ratelimit=0", "ipv6/icmp/ratelimit=0")
	rules(t, l.host, "input", "tcp dport 1001 reject with icmpx type admin-prohibited", "tcp dport 1002 reject with icmpx type host-unreachable",
		"tcp dport 1003 reject with icmpx type port-unreachable", "tcp dport 1004 reject with tcp reset")
	want := map[uint16]string{1004: "closed reset", 1005: "open syn-ack", 1006: "closed reset"}
	for host, reasons := range map[string][]string{
		"10.77.0.2":   {"admin-prohibited", "host-unreachable", "port-unreachable"},
		"2001:db8::2": {"admin-prohibited", "address-unreachable", "port-unreachable"},
	} {
		all := maps.Clone(want)
		for i, r := range reasons {
			all[uint16(1001+i)] = "filtered icmp " + r
		}
		if o := l.sweep(job{How: "syn", Host: host, First: 1001, Last: 1006}); o.Err != "" || !maps.Equal(o.Few, all) {
			t.Errorf("syn %s: %v %s", host, o.Few, o.Err)
		}
		o := l.sweep(job{How: "connect", Host: host, First: 1001, Last: 1006})
		for port, what := range o.Few {
			exact := want[port] != "" && what != want[port]
			if exact || want[port] == "" && (!strings.HasPrefix(what, "filtered ") && what != "closed reset") {
				t.Errorf("connect %s: port %d is %s", host, port, what)
			}
		}
	}
}

// No route is this host's trouble, and no answer of the target's.
func TestNoRoute(t *testing.T) {
	l := newLink(t, nil)
	for _, how := range hows {
		for _, host := range []string{"198.51.100.1", "2001:db8:1::1"} {
			o := l.sweep(job{How: how, Host: host, First: 1, Last: 3})
			for what := range o.Counts {
				if !strings.HasPrefix(what, string(Failed)) {
					t.Errorf("%s %s: %v", how, host, o.Counts)
				}
			}
		}
	}
}

// On loopback the kernel gives a connection the port that it asks for sooner or
// later: with four to choose from, soon.
func TestReachesItself(t *testing.T) {
	netlab.Root(t, "the range of ephemeral ports is the superuser's to set")
	for _, host := range []string{"127.0.0.1", "::1"} {
		c := start(t, netlab.NS(t), 0, job{How: "connect", Host: host, First: 40000, Last: 40003, Sysctl: "ipv4/ip_local_port_range=40000 40003", Times: 30})
		self := 0
		for range 30 {
			o := heard(c)
			if o.Err != "" || len(o.Open) > 0 {
				t.Fatalf("%v %v %s", o.Open, o.Counts, o.Err)
			}
			self += o.Counts["closed "+reachedItself] + o.Counts["closed "+reachedOurs]
		}
		if self == 0 {
			t.Error("no connection reached itself in 30 sweeps: the test proves nothing")
		}
	}
}

// With few descriptors the sweep goes on with fewer connections and misses nothing.
func TestFewDescriptors(t *testing.T) {
	l := newLink(t, []uint16{10, 20, 30})
	rules(t, l.host, "input", "tcp dport > 100 drop")
	o := l.sweep(job{How: "connect", Host: "10.77.0.2", First: 1, Last: 400, Files: 50})
	if o.Err != "" || !slices.Equal(o.Open, []uint16{10, 20, 30}) || o.Counts["filtered time-out"] != 300 {
		t.Errorf("%v %v %s", o.Open, o.Counts, o.Err)
	}
}

// The end of the context ends a sweep soon, with nothing left open.
func TestCancelled(t *testing.T) {
	l := newLink(t, nil)
	rules(t, l.host, "input", "tcp flags syn drop")
	for _, how := range hows {
		o := l.sweep(job{How: how, Host: "10.77.0.2", First: 1, Last: 65535, Cancel: 300 * time.Millisecond})
		if o.Err != context.Canceled.Error() || o.Leaked != 0 {
			t.Errorf("%s: %s, %d left open", how, o.Err, o.Leaked)
		}
	}
}

// Without the capability the error names it, and the way out.
func TestNoRawSockets(t *testing.T) {
	netlab.Root(t, "only the superuser can become somebody else")
	o := heard(start(t, netlab.NS(t), 65534, job{How: "syn", Host: "198.51.100.1", First: 1, Last: 2}))
	if !strings.Contains(o.Err, "CAP_NET_RAW") || !strings.Contains(o.Err, "connect") || o.Leaked != 0 {
		t.Errorf("%q, %d left open", o.Err, o.Leaked)
	}
	o = heard(start(t, netlab.NS(t), 0, job{How: "syn", Host: "127.0.0.1", First: 1, Last: 2}))
	if o.Err == "" || len(o.Counts) > 0 {
		t.Errorf("loopback: %v %s", o.Counts, o.Err)
	}
}
