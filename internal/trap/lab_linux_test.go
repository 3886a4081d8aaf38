package trap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"github.com/portolan/portolan/internal/netlab"
)

func TestMain(m *testing.M) {
	code := netlab.Main(m, map[string]netlab.Role{"trap": trapRole, "open": openRole, "doctor": doctorRole, "knock": knockRole})
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

// built is the folder of what withoutCgo built.
var built string

// withoutCgo returns the tests built as the product is built, "" if they are: the
// calls that reach every thread refuse to work beside C.
func withoutCgo(t testing.TB) string {
	t.Helper()
	info, _ := debug.ReadBuildInfo()
	if slices.Contains(info.Settings, debug.BuildSetting{Key: "CGO_ENABLED", Value: "0"}) {
		return ""
	}
	if built == "" {
		dir, err := os.MkdirTemp("", "trap")
		if err != nil {
			t.Fatal(err)
		}
		built = dir
		cmd := exec.CommandContext(t.Context(), netlab.Program(t, "go"), "test", "-c", "-o", dir, ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return filepath.Join(built, "trap.test")
}

// order is what a child that stands as a trap is told.
type order struct {
	Mode      Mode
	Answer    bool
	PerSource int
	Burst     int
	Ring      int
	Hold      Hold
	Ignore    []Ignore
	TCP       []uint16 // nil: all
	Ports     []uint16
	Least     uint64 // capabilities before Open; 0: as they are
	Drop      bool   // all privileges, after Open
	Collect   bool   // garbage, after Open
	Stats     bool   // of the programs
	Terse     bool   // keep no events, count them
}

// report is what it says when it is asked.
type report struct {
	Mode       Mode
	Counters   Counters
	Read       uint64 // events
	Knocks     []knock
	Talks      []talk
	Ports      map[string]int // events by why: how many different ports
	Interfaces []Interface
	Setup      time.Duration
	Caps       string
	CPU        time.Duration // of the trap's process
	RSS        string        // at its highest
	Cost       time.Duration // of the watch's programs, where Stats is asked for
	Packets    uint64        // that they saw
	Err        string
}

type knock struct {
	Why, From, To, Interface, Payload string
	Answered                          bool
}

type talk struct{ From, To, Text string }

// trapRole stands as a trap, and says what it has heard whenever it gets SIGUSR1.
func trapRole(s *netlab.Stage) error {
	var o order
	if err := json.Unmarshal([]byte(s.Args[0]), &o); err != nil {
		return err
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	if o.Least != 0 {
		if err := capabilities(o.Least); err != nil {
			return err
		}
	}
	begin := time.Now()
	options := Options{Mode: o.Mode, Answer: o.Answer, PerSource: o.PerSource, Burst: o.Burst, Ring: o.Ring, Hold: o.Hold, Ignore: o.Ignore, Ports: o.Ports}
	if o.TCP != nil {
		options.TCP = Ports(o.TCP...)
	}
	t, err := Open(testContext, options)
	if err != nil {
		return s.Say(report{Err: err.Error()})
	}
	h := &hearer{terse: o.Terse, ports: map[string]map[uint16]bool{}}
	h.r.Mode = t.Mode()
	h.r.Setup = time.Since(begin)
	if o.Drop {
		if err := DropPrivileges(); err != nil {
			return err
		}
	}
	if o.Stats {
		stats, err := ebpf.EnableStats(unix.BPF_STATS_RUN_TIME)
		if err != nil {
			return err
		}
		defer stats.Close()
	}
	if o.Collect {
		for range 5 {
			runtime.GC()
			time.Sleep(10 * time.Millisecond)
		}
	}
	go h.read(t)
	go func() { _ = t.Serve(h.serve) }()
	if err := s.Say(h.report(t)); err != nil {
		return err
	}
	go func() {
		for range asked {
			_ = s.Say(h.report(t))
		}
	}()
	s.Wait()
	return t.Close()
}

type hearer struct {
	terse bool
	mu    sync.Mutex
	r     report
	ports map[string]map[uint16]bool
}

func (h *hearer) read(t *Trap) {
	var e Event
	for t.Read(&e) == nil {
		p, _ := DecodePacket(e.Packet)
		h.mu.Lock()
		h.r.Read++
		why := e.Why.String()
		if h.ports[why] == nil {
			h.ports[why] = map[uint16]bool{}
		}
		h.ports[why][p.Destination.Port()] = true
		if !h.terse {
			h.r.Knocks = append(h.r.Knocks, knock{why, p.Source.String(), p.Destination.String(), e.Interface, string(p.Payload), e.Answered})
		}
		h.mu.Unlock()
	}
}

func (h *hearer) serve(c net.Conn) {
	b := make([]byte, 4096)
	n, _ := c.Read(b)
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.terse {
		h.r.Talks = append(h.r.Talks, talk{c.RemoteAddr().String(), c.LocalAddr().String(), string(b[:n])})
	}
}

func (h *hearer) report(t *Trap) report {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.r
	r.Knocks, r.Talks = slices.Clone(r.Knocks), slices.Clone(r.Talks)
	r.Counters = t.Counters()
	r.Interfaces = t.Interfaces()
	r.Ports = map[string]int{}
	for why, ports := range h.ports {
		r.Ports[why] = len(ports)
	}
	if w, ok := t.source.(*watcher); ok {
		if stats, err := w.Ethernet.Stats(); err == nil {
			r.Cost, r.Packets = stats.Runtime, stats.RunCount
		}
	}
	status, _ := os.ReadFile("/proc/self/status")
	var u unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
	r.CPU = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM") {
			r.RSS = strings.Join(strings.Fields(line[6:]), " ")
		}
		if strings.HasPrefix(line, "CapPrm") || strings.HasPrefix(line, "CapEff") {
			r.Caps += strings.TrimSpace(line[7:])
		}
	}
	return r
}

// openRole opens a trap, says what came of it and ends.
func openRole(s *netlab.Stage) error {
	t, err := Open(testContext, Options{Answer: true})
	if err != nil {
		return s.Say(err.Error())
	}
	defer t.Close()
	return s.Say("")
}

// doctorRole says what the doctor finds with certain capabilities, 0 for all.
func doctorRole(s *netlab.Stage) error {
	caps, err := strconv.ParseUint(s.Args[0], 10, 64)
	if err == nil && caps != 0 {
		err = capabilities(caps)
	}
	if err != nil {
		return err
	}
	return s.Say(Doctor(testContext, Options{}))
}

// knockRole makes connections to many ports of a host, says a text on each and
// waits for its end. It says how long that took and how many were refused.
func knockRole(s *netlab.Stage) error {
	var many, at int
	if _, err := fmt.Sscan(s.Args[1], &many); err != nil {
		return err
	}
	if _, err := fmt.Sscan(s.Args[2], &at); err != nil { // 0: every port
		return err
	}
	var next, failed atomic.Int64
	begin := time.Now()
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			var d net.Dialer
			d.SetMultipathTCP(false)
			for i := next.Add(1); i <= int64(many); i = next.Add(1) {
				port := at
				if at == 0 {
					port = int(1 + i%60000)
				}
				c, err := d.Dial("tcp", fmt.Sprint(s.Args[0], ":", port))
				if err != nil {
					failed.Add(1)
					continue
				}
				_, _ = c.Write(bytes.Repeat([]byte("x"), 67))
				_, _ = c.Read(make([]byte, 1))
				_ = c.Close()
			}
		})
	}
	wg.Wait()
	return s.Say([2]int64{int64(time.Since(begin)), failed.Load()})
}

// lab is two hosts on one wire: the trap's and a stranger's.
type lab struct {
	t         testing.TB
	host, far *netlab.Space
	binary    string // of the child, "" for this one
}

const (
	hostV4, farV4 = "10.9.0.1", "10.9.0.2"
	hostV6, farV6 = "fd09::1", "fd09::2"
)

func newLab(t testing.TB) *lab {
	t.Helper()
	netlab.Kernel(t, 6, 6, "tcx")
	l := &lab{t: t, host: netlab.NS(t), far: netlab.NS(t)}
	l.ip(l.host, fmt.Sprintf("link add h5k0 type veth peer name h5k0 netns /proc/%d/fd/%d", os.Getpid(), l.far.File().Fd()))
	for _, end := range []struct {
		s      *netlab.Space
		v4, v6 string
	}{{l.host, hostV4, hostV6}, {l.far, farV4, farV6}} {
		l.ip(end.s, "addr add "+end.v4+"/24 dev h5k0")
		l.ip(end.s, "-6 addr add "+end.v6+"/64 dev h5k0 nodad")
		l.ip(end.s, "link set h5k0 up")
	}
	// The link is up when its carrier is, and IPv6 after that.
	l.eventually("the two hosts see each other", func() bool {
		_, err := l.dial(l.far, "tcp", net.JoinHostPort(hostV6, "1"), "")
		return err != nil && strings.Contains(err.Error(), "refused")
	})
	return l
}

func (l *lab) ip(s *netlab.Space, args string) string {
	l.t.Helper()
	return s.Output(l.t, netlab.Program(l.t, "ip"), strings.Fields(args)...)
}

// eventually waits for something, and fails the test if it does not come.
func (l *lab) eventually(what string, ok func() bool) {
	l.t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	l.t.Fatalf("not within 5 s: %s", what)
}

// trap stands one up in a child on the host.
func (l *lab) trap(o order) *standing {
	l.t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		l.t.Fatal(err)
	}
	s := &standing{l: l, child: netlab.Start(l.t, netlab.Order{Role: "trap", Args: []string{string(b)}, Space: l.host, Binary: l.binary})}
	s.child.Hear(&s.first)
	if s.first.Err != "" {
		l.t.Fatal(s.first.Err)
	}
	return s
}

type standing struct {
	l     *lab
	child *netlab.Child
	first report
}

// heard asks for a report, of a moment when all that was emitted has been read.
func (s *standing) heard() report {
	s.l.t.Helper()
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if err := syscall.Kill(s.child.PID, syscall.SIGUSR1); err != nil {
			s.l.t.Fatal(err)
		}
		var r report
		s.child.Hear(&r)
		if r.Read >= r.Counters.Emitted || time.Now().After(end) {
			return r
		}
	}
}

// hears waits for an event of a kind to an address.
func (s *standing) hears(why, to string) knock {
	s.l.t.Helper()
	var found knock
	s.l.eventually(why+" to "+to, func() bool {
		for _, k := range s.heard().Knocks {
			if k.Why == why && k.To == to {
				found = k
				return true
			}
		}
		return false
	})
	return found
}

// talks waits for a connection that meant to go somewhere, and said something.
func (s *standing) talks(to, text string) {
	s.l.t.Helper()
	s.l.eventually("a connection to "+to+" that says "+text, func() bool {
		return slices.ContainsFunc(s.heard().Talks, func(x talk) bool { return x.To == to && x.Text == text })
	})
}

// dial connects from a space, says a text and reads what comes back until the
// connection ends. It says how it ended.
func (l *lab) dial(s *netlab.Space, network, to, text string) (answer string, err error) {
	var c net.Conn
	l.t.Helper()
	s.Do(l.t, func() error {
		d := net.Dialer{Timeout: 3 * time.Second}
		d.SetMultipathTCP(false)
		c, err = d.Dial(network, to)
		return nil
	})
	if err != nil {
		return "", err
	}
	defer c.Close()
	return exchange(c, text)
}

// tell sends a datagram from the far host and waits for nothing.
func (l *lab) tell(to, text string) {
	l.t.Helper()
	l.far.Do(l.t, func() error {
		c, err := net.Dial("udp", to)
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Write([]byte(text))
		return err
	})
}

func exchange(c net.Conn, text string) (string, error) {
	_ = c.SetDeadline(time.Now().Add(3 * time.Second))
	if _, err := c.Write([]byte(text)); err != nil {
		return "", err
	}
	b := make([]byte, 4096)
	n, err := c.Read(b)
	return string(b[:n]), err
}

// service answers everyone with its name, and lives as long as the test.
func (l *lab) service(s *netlab.Space, network, at, name string) net.Listener {
	l.t.Helper()
	var ln net.Listener
	s.Do(l.t, func() (err error) {
		ln, err = net.Listen(network, at)
		return err
	})
	l.t.Cleanup(func() { ln.Close() })
	go answer(ln, name)
	return ln
}

func answer(ln net.Listener, name string) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(5 * time.Second))
			if _, err := c.Read(make([]byte, 512)); err == nil {
				_, _ = c.Write([]byte(name))
			}
		}()
	}
}

// wantService fails the test if a service does not answer under its name.
func (l *lab) wantService(s *netlab.Space, to, name string) {
	l.t.Helper()
	if got, err := l.dial(s, "tcp", to, "who?"); got != name {
		l.t.Errorf("%s answered %q, %v; want %q", to, got, err, name)
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
