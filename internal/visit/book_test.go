package visit

import (
	"encoding/hex"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/packet"
)

// dawn is when tests begin.
var dawn = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

// log is a Book whose visits are kept.
type log struct {
	*Book
	all []Visit
}

func newLog(o Options) *log {
	l := &log{}
	o.Emit = func(v Visit) { l.all = append(l.all, v) }
	l.Book = NewBook(o)
	return l
}

// last returns the newest revision of each visit, by when it began.
func (l *log) last() []Visit {
	byID := map[string]int{}
	var out []Visit
	for _, v := range l.all {
		if i, known := byID[v.ID]; known {
			out[i] = v
			continue
		}
		byID[v.ID] = len(out)
		out = append(out, v)
	}
	return out
}

// only returns the one visit that there was.
func (l *log) only(t testing.TB) Visit {
	t.Helper()
	l.Close()
	all := l.last()
	if len(all) != 1 {
		t.Fatalf("%d visits", len(all))
	}
	return all[0]
}

// captured returns the packets that package packet is tested with.
func captured(t testing.TB, name string) (all []packet.Packet) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "packet", "testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		b, err := hex.DecodeString(line)
		if err != nil {
			t.Fatal(err)
		}
		p, err := packet.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// syn is a SYN of a system's own TCP.
func syn(source, dest string, seq uint32) packet.Packet {
	return packet.Packet{
		Source: netip.MustParseAddrPort(source), Dest: netip.MustParseAddrPort(dest), Protocol: packet.TCP, Known: packet.Whole, TTL: 57, DF: true, ID: uint16(seq * 7),
		Flags: packet.SYN, HeaderSize: 24, Window: 64240, Seq: seq, Options: []byte{2, 4, 5, 180}, MSS: 1460, Has: packet.HasMSS,
	}
}

func with(p packet.Packet, f func(*packet.Packet)) packet.Packet {
	f(&p)
	return p
}

func port(p packet.Packet, n uint16) packet.Packet {
	p.Dest = netip.AddrPortFrom(p.Dest.Addr(), n)
	return p
}

const (
	stranger = "203.0.113.9:40000"
	ghost    = "198.51.100.7:378"
)

func TestRealScansAreOneVisitEach(t *testing.T) {
	for _, c := range []struct {
		file  string
		kind  Kind
		tool  string
		ports int
	}{
		{"nmap-sS", Scan, "nmap", 12}, {"nmap-sF", Scan, "nmap", 5}, {"nmap-sN", Scan, "nmap", 5}, {"nmap-sX", Scan, "nmap", 5}, {"nmap-sM", Scan, "nmap", 5},
		{"nmap-sA", Scan, "nmap", 5}, {"nmap-sT", Scan, "", 5}, {"nmap-sU", Scan, "", 5}, {"nmap-f", Scan, "", 4}, {"nmap-6", Scan, "nmap", 5},
		{"masscan", Scan, "masscan", 12}, {"zmap", Sweep, "zmap", 1}, {"linux-syn", Single, "", 1}, {"rst-reply", Backscatter, "", 1},
		{"icmp-reply", Backscatter, "", 1}, {"icmp6-reply", Backscatter, "", 1},
	} {
		l := newLog(Options{})
		for i, p := range captured(t, c.file) {
			l.Knock(Knock{At: dawn.Add(time.Duration(i) * time.Millisecond), Interface: "eth0", Packet: p, Why: "no-socket"})
		}
		v := l.only(t)
		tool := ""
		if len(v.Tools) > 0 {
			tool = v.Tools[0].Name
		}
		ports := 0
		for _, p := range v.Ports {
			ports += p.Count
		}
		if v.Kind != c.kind || tool != c.tool || ports != c.ports || len(v.Evidence) == 0 || v.Origin != FromOwn || v.State != Ended {
			t.Errorf("%s: %s by %q of %d ports: %+v", c.file, v.Kind, tool, ports, v)
		}
	}
}

func TestWholeScanIsOneVisit(t *testing.T) {
	l := newLog(Options{})
	at := dawn
	for _, n := range rand.Perm(65536) {
		at = at.Add(20 * time.Microsecond)
		l.Knock(Knock{At: at, Packet: port(syn(stranger, ghost, uint32(n)), uint16(n))})
		p := port(syn(stranger, ghost, 0), uint16(n))
		p.Protocol, p.Flags = packet.UDP, 0
		l.Knock(Knock{At: at, Packet: p})
		if n%5000 == 0 {
			l.Tick(at)
		}
	}
	if size := l.Bytes(); size > 32<<10 {
		t.Errorf("a scan of all ports takes %d bytes", size)
	}
	v := l.only(t)
	if len(v.Ports) != 2 || v.Ports[0].Count != 65536 || len(v.Ports[0].Ports) != 1 || v.Ports[1].Ports[0].String() != "0-65535" || v.Kind != Scan || v.Packets != 131072 {
		t.Errorf("%+v", v.Ports)
	}
	if n := len(l.all); n > 20 {
		t.Errorf("%d revisions", n)
	}
}

func TestSweepOfANetworkIsOneVisit(t *testing.T) {
	l := newLog(Options{})
	for i := range 256 {
		p := syn(stranger, ghost, uint32(i))
		p.Dest = netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), 378)
		l.Knock(Knock{At: dawn.Add(time.Duration(i) * time.Second), Packet: p})
	}
	v := l.only(t)
	if v.Kind != Sweep || len(v.Destinations.Addresses) != 256 || v.Destinations.More || v.Ports[0].Count != 1 {
		t.Errorf("%s %+v", v.Kind, v.Ports)
	}
}

func TestKinds(t *testing.T) {
	regular := func(every time.Duration, noise func(i int) time.Duration) func(*log) {
		return func(l *log) {
			for i := range 12 {
				at := dawn.Add(time.Duration(i)*every + noise(i))
				for at.Sub(l.clock.last) > 30*time.Second && i > 0 {
					l.Tick(l.clock.last.Add(30 * time.Second))
				}
				p := with(syn(stranger, ghost, uint32(1000+i)), func(p *packet.Packet) {
					p.Source = netip.AddrPortFrom(p.Source.Addr(), uint16(40000+i))
				})
				l.Knock(Knock{At: at, Packet: p})
				l.Knock(Knock{At: at.Add(time.Second), Packet: p}) // sent again
			}
		}
	}
	none := func(int) time.Duration { return 0 }
	irregular := func(source string) packet.Packet {
		return with(syn(source, ghost, 5), func(p *packet.Packet) { p.TTL, p.Options, p.Has, p.HeaderSize, p.MSS = 243, nil, 0, 20, 0 })
	}
	connect := func(l *log, source string, at time.Time) {
		l.Knock(Knock{At: at, Packet: syn(source, ghost, 77)})
		l.Words(Words{At: at.Add(time.Second), Source: netip.MustParseAddrPort(source), Dest: netip.MustParseAddrPort(ghost), Bytes: []byte("hello there\r\n")})
	}
	for _, c := range []struct {
		name     string
		play     func(l *log)
		kind     Kind
		verdict  Verdict
		severity Severity
		code     string
	}{
		{"one SYN", func(l *log) { l.Knock(Knock{At: dawn, Packet: syn(stranger, ghost, 1)}) }, Single, Unexpected, Notice, "few"},
		{"two ports", func(l *log) {
			l.Knock(Knock{At: dawn, Packet: syn(stranger, ghost, 1)})
			l.Knock(Knock{At: dawn, Packet: port(syn(stranger, ghost, 2), 377)})
		}, Single, Unexpected, Notice, "few"},
		{"words that nobody knows", func(l *log) { connect(l, stranger, dawn) }, Single, Spoken, Notice, "few"},
		{"a known protocol", func(l *log) {
			l.Words(Words{At: dawn, Source: netip.MustParseAddrPort(stranger), Dest: netip.MustParseAddrPort(ghost), Bytes: []byte("SSH-2.0-OpenSSH_9.2p1\r\n")})
		}, Single, Spoken, Warning, "few"},
		{"a scanner that says so", func(l *log) {
			l.Words(Words{At: dawn, Source: netip.MustParseAddrPort(stranger), Dest: netip.MustParseAddrPort(ghost), Bytes: []byte("GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0 zgrab/0.x\r\n\r\n")})
		}, Scan, Noise, Notice, "stated"},
		{"every minute", regular(time.Minute, none), Misconfiguration, Unexpected, Notice, "regular"},
		{"every hour", regular(time.Hour, none), Misconfiguration, Unexpected, Notice, "regular"},
		{"every minute, heard by a listener alone", func(l *log) {
			for i := range 8 {
				source := portOf(addrPort(stranger), uint16(40000+i))
				at := dawn.Add(time.Duration(i) * time.Minute)
				l.Words(Words{At: at, Source: source, Dest: addrPort(ghost)})
			}
		}, Misconfiguration, Unexpected, Notice, "regular"},
		{"now and then", regular(time.Minute, func(i int) time.Duration { return time.Duration(i*i%5) * 9 * time.Second }), Single, Unexpected, Notice, "few"},
		{"two phases", func(l *log) {
			l.Knock(Knock{At: dawn, Packet: irregular("203.0.113.9:61000")})
			connect(l, stranger, dawn.Add(20*time.Second))
		}, TwoPhase, Noise, Notice, "second-phase"},
		{"masscan with banners: both SYNs are irregular", func(l *log) {
			l.Knock(Knock{At: dawn, Packet: irregular("203.0.113.9:61000")})
			l.Words(Words{At: dawn.Add(time.Second), Source: netip.MustParseAddrPort("203.0.113.9:61000"), Dest: netip.MustParseAddrPort(ghost)})
		}, Single, Unexpected, Notice, "few"},
		{"RST without a socket", func(l *log) {
			l.Knock(Knock{At: dawn, Packet: with(syn(stranger, ghost, 1), func(p *packet.Packet) { p.Flags = packet.RST })})
		}, Backscatter, Noise, OK, "answers-only"},
		{"SYN-ACK without a socket", func(l *log) {
			l.Knock(Knock{At: dawn, Packet: with(syn(stranger, ghost, 1), func(p *packet.Packet) { p.Flags = packet.SYN | packet.ACK })})
		}, Backscatter, Noise, OK, "answers-only"},
		{"a process of this host", func(l *log) {
			l.Knock(Knock{At: dawn, Packet: syn("127.0.0.1:40000", "127.0.0.1:378", 1), Process: &Process{42, "/usr/bin/thing"}})
		}, Local, Inside, Warning, "own-address"},
		{"a listener of this host", func(l *log) {
			l.Listening(Listening{At: dawn, Local: netip.MustParseAddrPort("198.51.100.7:378"), Process: &Process{42, "/usr/bin/thing"}})
		}, Local, Inside, Warning, "own-address"},
		{"a neighbour's SYN", func(l *log) { l.Knock(Knock{At: dawn, Packet: syn("192.168.1.9:40000", ghost, 1)}) }, Single, Lateral, Warning, "few"},
		{"a neighbour's connection, once", func(l *log) {
			l.Words(Words{At: dawn, Source: netip.MustParseAddrPort("192.0.2.9:40000"), Dest: netip.MustParseAddrPort(ghost)})
		}, Single, Lateral, Urgent, "few"},
		{"a terminal of ETOS52", func(l *log) {
			l.Words(Words{At: dawn, Source: netip.MustParseAddrPort(stranger), Dest: netip.MustParseAddrPort("198.51.100.7:377"), Bytes: []byte("\xff\xfb\x18\xff\xfa\x18\x00ETOS52-CRT\xff\xf0")})
		}, Single, Spoken, Urgent, "few"},
	} {
		l := newLog(Options{
			Own:   []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
			Local: func(a netip.Addr) bool { return a == netip.MustParseAddr("198.51.100.7") },
		})
		c.play(l)
		v := l.only(t)
		if v.Kind != c.kind || v.Verdict != c.verdict || v.Severity != c.severity || v.Evidence[0].Code != c.code {
			t.Errorf("%s: %s, %s, %v, %+v, %+v", c.name, v.Kind, v.Verdict, v.Severity, v.Evidence, v.Reasons)
		}
	}
}

// ZMap's SYNs, and a connection behind them, as two-phase scanners make it.
func TestRealTwoPhases(t *testing.T) {
	l := newLog(Options{})
	for _, name := range []string{"zmap", "linux-syn"} {
		for _, p := range captured(t, name) {
			l.Knock(Knock{At: dawn, Packet: p})
		}
	}
	p := captured(t, "linux-syn")[0]
	l.Words(Words{At: dawn.Add(time.Second), Source: p.Source, Dest: p.Dest, Bytes: []byte("GET / HTTP/1.0\r\n\r\n")})
	if v := l.only(t); v.Kind != TwoPhase || v.Tools[0].Name != "zmap" {
		t.Errorf("%s %+v", v.Kind, v.Tools)
	}
}

// masscan says what it is, on a connection of its own stack.
func TestRealBanners(t *testing.T) {
	l := newLog(Options{})
	for _, p := range captured(t, "masscan-banners") {
		if len(p.Payload) == 0 {
			l.Knock(Knock{At: dawn, Packet: p})
			continue
		}
		l.Words(Words{At: dawn, Source: p.Source, Dest: p.Dest, Bytes: p.Payload})
	}
	v := l.only(t)
	if v.Kind != Scan || v.Evidence[0].Code != "stated" || v.Products[0].Scanner != "masscan" || v.Protocols[0].Name != "http" {
		t.Errorf("%s %+v %+v", v.Kind, v.Products, v.Protocols)
	}
}

// What a scanner goes on to send costs nothing new.
func TestKnocksAllocateNothing(t *testing.T) {
	b := NewBook(Options{Emit: func(Visit) {}})
	p := captured(t, "masscan")[0]
	for i := range 65536 {
		b.Knock(Knock{At: dawn, Packet: port(p, uint16(i))})
	}
	i := 0
	if n := testing.AllocsPerRun(1000, func() { i++; b.Knock(Knock{At: dawn, Packet: port(p, uint16(i))}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// One process does not hide another.
func TestProcessesApart(t *testing.T) {
	l := newLog(Options{})
	for pid := range 3 {
		for range 5 {
			l.Knock(Knock{At: dawn, Packet: syn("127.0.0.1:40000", "127.0.0.1:378", 1), Process: &Process{pid + 1, "p"}})
		}
	}
	l.Close()
	if all := l.last(); len(all) != 3 || all[0].Process.PID != 1 || all[2].Process.PID != 3 || all[1].Packets != 5 {
		t.Errorf("%+v", all)
	}
}

func TestSecondPhaseOfANeighbour(t *testing.T) {
	for _, c := range []struct {
		second string
		after  time.Duration
		want   Kind
	}{{"203.0.113.200:5000", time.Hour, TwoPhase}, {"203.0.114.200:5000", time.Hour, Single}, {"203.0.113.200:5000", 7 * time.Hour, Single}} {
		l := newLog(Options{})
		l.Knock(Knock{At: dawn, Packet: with(syn(stranger, ghost, 5), func(p *packet.Packet) { p.TTL = 243 })})
		for at := dawn; at.Before(dawn.Add(c.after)); at = at.Add(time.Minute) {
			l.Tick(at)
		}
		l.Knock(Knock{At: dawn.Add(c.after), Packet: syn(c.second, ghost, 6)})
		l.Words(Words{At: dawn.Add(c.after), Source: netip.MustParseAddrPort(c.second), Dest: netip.MustParseAddrPort(ghost), Bytes: []byte("x")})
		l.Close()
		if v := l.last()[1]; v.Kind != c.want {
			t.Errorf("%s after %s: %s", c.second, c.after, v.Kind)
		}
	}
}

func TestAnswersToOurAnswersAreNoBackscatter(t *testing.T) {
	rst := with(syn(stranger, ghost, 2), func(p *packet.Packet) { p.Flags = packet.RST })
	unreachable := packet.Packet{
		Source: netip.MustParseAddrPort("192.0.2.254:0"), Dest: netip.MustParseAddrPort("198.51.100.7:0"), Protocol: packet.ICMP, Known: packet.Whole, Type: 3, Code: 1,
		Quoted: packet.Quoted{Source: netip.MustParseAddrPort(ghost), Dest: netip.MustParseAddrPort(stranger), Protocol: packet.TCP, Known: packet.Sequence},
	}
	for _, p := range []packet.Packet{rst, unreachable} {
		l := newLog(Options{})
		l.Knock(Knock{At: dawn, Packet: syn(stranger, ghost, 1)})
		l.Knock(Knock{At: dawn, Packet: p})
		if v := l.only(t); v.Kind != Single || l.Counts().FollowUps != 1 {
			t.Errorf("behind a SYN: %s", v.Kind)
		}

		l = newLog(Options{})
		l.Answered(dawn, netip.MustParseAddrPort(stranger), netip.MustParseAddrPort(ghost))
		l.Knock(Knock{At: dawn.Add(time.Second), Packet: p})
		if l.Len() != 0 || l.Counts().FollowUps != 1 {
			t.Errorf("behind an answer: %d visits", l.Len())
		}

		l = newLog(Options{})
		l.Knock(Knock{At: dawn, Packet: p})
		if v := l.only(t); v.Kind != Backscatter {
			t.Errorf("alone: %s", v.Kind)
		}
	}
}

func TestRevisions(t *testing.T) {
	l := newLog(Options{Idle: time.Minute})
	l.Knock(Knock{At: dawn, Packet: syn(stranger, ghost, 1)})
	l.Tick(dawn)
	l.Tick(dawn.Add(100 * time.Millisecond))
	if len(l.all) != 1 || l.all[0].State != Open || l.all[0].Revision != 1 {
		t.Fatalf("%+v", l.all)
	}
	l.Knock(Knock{At: dawn.Add(200 * time.Millisecond), Packet: syn(stranger, ghost, 2)})
	if l.Tick(dawn.Add(300 * time.Millisecond)); len(l.all) != 1 {
		t.Fatal("what grows is handed out at once")
	}
	l.Words(Words{At: dawn.Add(400 * time.Millisecond), Source: netip.MustParseAddrPort(stranger), Dest: netip.MustParseAddrPort(ghost)})
	if l.Tick(dawn.Add(500 * time.Millisecond)); len(l.all) != 2 {
		t.Fatal("a first connection is not handed out at once")
	}
	l.Tick(dawn.Add(62 * time.Second)) // a step of a minute at most
	l.Tick(dawn.Add(64 * time.Second))
	last := l.all[len(l.all)-1]
	if last.State != Ended || last.Revision != uint32(len(l.all)) || l.Len() != 0 {
		t.Fatalf("%+v", last)
	}
	if l.Knock(Knock{At: dawn.Add(65 * time.Second), Packet: syn(stranger, ghost, 3)}); l.Len() != 1 {
		t.Fatal("no new visit")
	}
	l.Close()
	if v := l.last(); len(v) != 2 || v[0].ID >= v[1].ID {
		t.Errorf("%+v", v)
	}
}

// A clock that is set back or forward, by hours or years, neither ends a visit
// nor makes a second one, and time within it never runs backwards.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-3 * time.Hour, 5 * time.Hour, -30 * 365 * 24 * time.Hour, 30 * 365 * 24 * time.Hour} {
		l := newLog(Options{Idle: 30 * time.Minute})
		at := dawn
		for i := range 100 {
			if i == 50 {
				at = at.Add(jump)
			}
			at = at.Add(10 * time.Second)
			l.Knock(Knock{At: at, Packet: syn(stranger, ghost, uint32(i))})
			l.Tick(at)
		}
		var before Visit
		for i, v := range l.all {
			if v.Last.Before(v.First) || v.Last.Before(before.Last) || v.Revision != uint32(i+1) {
				t.Errorf("%s: revision %d from %s to %s", jump, v.Revision, v.First, v.Last)
			}
			before = v
		}
		if v := l.only(t); v.Packets != 100 {
			t.Errorf("%s: %d packets", jump, v.Packets)
		}
		l = newLog(Options{Idle: 30 * time.Minute})
		l.Knock(Knock{At: dawn, Packet: syn(stranger, ghost, 1)})
		for i := range 40 {
			l.Tick(dawn.Add(jump).Add(time.Duration(i) * time.Minute))
		}
		if l.Len() != 0 {
			t.Errorf("%s: a visit never ends", jump)
		}
	}
}

// hostile makes traffic that takes as much memory as it can.
func hostile(b *Book, sources int, r *rand.Rand) {
	for i := range sources {
		source := netip.AddrPortFrom(netip.AddrFrom4([4]byte{100, byte(i >> 16), byte(i >> 8), byte(i)}), uint16(r.Uint32()))
		at := dawn.Add(time.Duration(i) * time.Millisecond)
		for range 12 {
			words := make([]byte, 4096)
			for j := range words {
				words[j] = byte(r.Uint32())
			}
			if r.IntN(2) == 0 {
				copy(words, "\xff\xfb\x18\xff\xfa\x18\x00ETOS52-CRT\xff\xf0\xff\xfb\x01")
			}
			dest := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(r.Uint32()), byte(r.Uint32())}), uint16(r.Uint32()))
			b.Words(Words{At: at, Source: source, Dest: dest, Bytes: words, Interface: strings.Repeat("x", r.IntN(300)), Process: &Process{1, strings.Repeat("p", 4000)}})
		}
		for range 400 {
			p := syn(stranger, ghost, r.Uint32())
			p.Source, p.Dest = source, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(r.Uint32()), byte(r.Uint32())}), uint16(r.Uint32()))
			p.TTL, p.Window = uint8(r.Uint32()), uint16(r.Uint32())
			b.Knock(Knock{At: at, Packet: p, Why: strings.Repeat("y", r.IntN(300))})
		}
	}
}

// The bytes that the Book counts are held to its bound, and are what the process
// takes, give or take a quarter.
func TestBytesAreBounded(t *testing.T) {
	const most = 8 << 20
	heap := func() int {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	r := rand.New(rand.NewPCG(1, 2))
	before := heap()
	b := NewBook(Options{Emit: func(Visit) {}, MostBytes: most})
	hostile(b, 300, r)
	if b.Bytes() > most || b.Bytes() < most/2 || b.Counts().Evicted == 0 {
		t.Errorf("%d bytes, %+v", b.Bytes(), b.Counts())
	}
	if taken := heap() - before; taken > most+most/4+(1<<20) {
		t.Errorf("%d bytes are counted, %d taken", b.Bytes(), taken)
	}
	sum := 0
	for _, v := range b.open {
		sum += v.bytes()
	}
	if sum != b.Bytes() {
		t.Errorf("%d bytes are counted, the visits have %d", b.Bytes(), sum)
	}
	b.Close()
	if b.Bytes() != 0 || b.Len() != 0 {
		t.Errorf("%d bytes behind the end", b.Bytes())
	}
	runtime.KeepAlive(b)
}

// Many sources of one SYN each, as a forged flood has.
func TestForgedFlood(t *testing.T) {
	const most = 2048
	var emitted, evicted uint64
	b := NewBook(Options{Most: most, Emit: func(v Visit) {
		emitted++
		if v.State == Evicted {
			evicted++
		}
	}})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const packets = 100000
	for i := range packets {
		p := syn(stranger, ghost, uint32(i))
		p.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte{100, byte(i >> 16), byte(i >> 8), byte(i)}), 4000)
		b.Knock(Knock{At: dawn.Add(time.Duration(i) * time.Microsecond), Packet: p})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	c := b.Counts()
	if b.Len() != most || c.Evicted != packets-most || evicted != c.Evicted || c.Started != packets || emitted != c.Emitted {
		t.Errorf("%d open, %+v", b.Len(), c)
	}
	if taken := int(after.HeapAlloc) - int(before.HeapAlloc); taken > b.Bytes()+(2<<20) {
		t.Errorf("%d bytes are counted, %d taken", b.Bytes(), taken)
	}
	b.Close()
	if c = b.Counts(); c.Started != c.Ended+c.Evicted {
		t.Errorf("%+v", c)
	}
	runtime.KeepAlive(b)
}

func TestPayloads(t *testing.T) {
	l := newLog(Options{})
	said := func(text string) {
		l.Words(Words{At: dawn, Source: netip.MustParseAddrPort(stranger), Dest: netip.MustParseAddrPort(ghost), Bytes: []byte(text), Size: len(text) + 10, Truncated: true})
	}
	for i := range 100 {
		said("junk " + strings.Repeat("x", i))
	}
	said("junk ")
	v := l.last()
	_ = v
	l.Tick(dawn)
	if v := l.all[0]; len(v.Payloads) != mostSamples || v.Payloads[0].Times != 2 || v.PayloadsMore != 92 || !v.Payloads[0].Truncated || v.Payloads[0].Length != 15 {
		t.Errorf("%d kept, %d not, %+v", len(v.Payloads), v.PayloadsMore, v.Payloads[0])
	}

	// What says something takes the place of what says nothing.
	l = newLog(Options{})
	for i := range 20 {
		said("junk " + strings.Repeat("x", i))
	}
	said("SSH-2.0-OpenSSH_9.2p1\r\n")
	v1 := l.only(t)
	if !slices.ContainsFunc(v1.Payloads, func(p Payload) bool { return p.Protocol == "ssh" }) || len(v1.Protocols) != 1 {
		t.Errorf("%+v", v1.Protocols)
	}
}

func TestDatagramsAreHeard(t *testing.T) {
	l := newLog(Options{})
	for _, p := range captured(t, "nmap-sU") {
		l.Knock(Knock{At: dawn, Packet: p})
	}
	v := l.only(t)
	var names []string
	for _, p := range v.Protocols {
		names = append(names, p.Name)
	}
	if !slices.Contains(names, "ntp") || !slices.Contains(names, "snmp") {
		t.Errorf("%q", names)
	}
}

func TestHellosAreKept(t *testing.T) {
	l := newLog(Options{})
	for _, name := range []string{"curl-tls", "openssl-tls"} {
		for _, p := range captured(t, name) {
			if len(p.Payload) > 0 {
				l.Words(Words{At: dawn, Source: p.Source, Dest: p.Dest, Transport: portolan.TCP, Bytes: p.Payload})
			}
		}
	}
	v := l.only(t)
	if len(v.Fingerprints.JA3) != 2 || v.Fingerprints.JA4[0] != "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6" || v.Protocols[0].Name != "tls" {
		t.Errorf("%+v %+v", v.Fingerprints, v.Protocols)
	}
}

func TestIDs(t *testing.T) {
	s := ids{seed: [16]byte{1}}
	seen := map[string]bool{}
	before := ""
	for i := range 10000 {
		id := s.next(dawn.Add(time.Duration(i/100) * time.Millisecond))
		if seen[id] || len(id) != 36 || id[14] != '7' || i%100 == 0 && id <= before {
			t.Fatalf("%q behind %q", id, before)
		}
		seen[id], before = true, id
	}
	if other := (&ids{seed: [16]byte{2}}).next(dawn); seen[other] {
		t.Error("two seeds, one id")
	}
}

func TestRegistryIsAsked(t *testing.T) {
	l := newLog(Options{Registry: func(t portolan.Transport, n uint16) (string, string) { return "assigned", "dsETOS" }})
	for i := range 40 {
		l.Knock(Knock{At: dawn, Packet: port(syn(stranger, ghost, uint32(i)), uint16(378+i))})
	}
	v := l.only(t)
	if len(v.Assigned) != mostAssigned || v.Assigned[0].Service != "dsETOS" || v.Assigned[0].Port != 378 {
		t.Errorf("%+v", v.Assigned)
	}
}

func BenchmarkKnock(b *testing.B) {
	b.Run("one scanner", func(b *testing.B) {
		book := NewBook(Options{Emit: func(Visit) {}})
		p := captured(b, "masscan")[0]
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			i++
			book.Knock(Knock{At: dawn, Packet: port(p, uint16(i))})
		}
	})
	b.Run("forged sources", func(b *testing.B) {
		book := NewBook(Options{Emit: func(Visit) {}})
		p := captured(b, "masscan")[0]
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			i++
			p.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte{100, byte(i >> 16), byte(i >> 8), byte(i)}), 4000)
			book.Knock(Knock{At: dawn, Packet: p})
		}
	})
	b.Run("datagrams", func(b *testing.B) {
		book := NewBook(Options{Emit: func(Visit) {}})
		p := captured(b, "nmap-sU")[0]
		b.ReportAllocs()
		for b.Loop() {
			book.Knock(Knock{At: dawn, Packet: p})
		}
	})
}

func BenchmarkWords(b *testing.B) {
	book := NewBook(Options{Emit: func(Visit) {}})
	words := captured(b, "curl-http")
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		source := netip.AddrPortFrom(netip.AddrFrom4([4]byte{100, byte(i >> 16), byte(i >> 8), byte(i)}), 4000)
		book.Words(Words{At: dawn, Source: source, Dest: netip.MustParseAddrPort(ghost), Bytes: words[2].Payload})
	}
}

func BenchmarkTick(b *testing.B) {
	book := NewBook(Options{Emit: func(Visit) {}})
	for i := range 10000 {
		p := syn(stranger, ghost, uint32(i))
		p.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte{100, byte(i >> 16), byte(i >> 8), byte(i)}), 4000)
		book.Knock(Knock{At: dawn, Packet: p})
	}
	book.Tick(dawn)
	for _, v := range book.open {
		book.touch(v, dawn, 0)
	}
	b.ReportAllocs()
	for b.Loop() {
		book.Tick(dawn)
	}
}
