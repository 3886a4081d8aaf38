package judge

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

var testHost = Host{Ephemeral: portolan.Span{First: 32768, Last: 60999}, UnprivilegedStart: 1024}

// process is a program as root runs it from where packages put it.
func process(name string, more ...func(*Process)) Process {
	p := Process{PID: 42, Program: name, Exe: "/usr/sbin/" + name, User: "root"}
	for _, m := range more {
		m(&p)
	}
	return p
}

func exe(path string) func(*Process)       { return func(p *Process) { p.Exe = path } }
func arguments(a ...string) func(*Process) { return func(p *Process) { p.Cmdline = a } }
func user(name string, uid uint32) func(*Process) {
	return func(p *Process) { p.User, p.UID = name, uid }
}

// listen is an observation of a listener by its address and port.
func listen(t *testing.T, at, transport string, holders ...Process) Observation {
	t.Helper()
	local := netip.MustParseAddrPort(at)
	tr, err := portolan.ParseTransport(transport)
	if err != nil {
		t.Fatal(err)
	}
	return Observation{Key: portolan.Key{Port: local.Port(), Transport: tr}, Local: local, Processes: holders, OwnersVisible: true}
}

func (f Finding) codes() string {
	var all []string
	for _, r := range f.Reasons {
		all = append(all, r.Code)
	}
	return strings.Join(all, " ")
}

func TestVerdicts(t *testing.T) {
	python := process("python3", exe("/usr/bin/python3.11"), arguments("python3", "/srv/app.py"))
	for _, c := range []struct {
		name, at, transport string
		holders             []Process
		verdict             Verdict
		severity            Severity
		codes               string
	}{
		{"python on 378", "0.0.0.0:378", "tcp", []Process{python}, GhostSquatter, Alert, "ghost interpreter"},
		{"python on 378, loopback", "127.0.0.1:378", "tcp", []Process{python}, GhostSquatter, Warning, "ghost interpreter"},
		{"nginx on 378", "0.0.0.0:378", "tcp", []Process{process("nginx")}, GhostSquatter, Warning, "ghost"},
		{"sshd on 22", "[::]:22", "tcp", []Process{process("sshd")}, AsAssigned, OK, "as-assigned"},
		{"systemd and sshd on 22", "[::]:22", "tcp", []Process{{PID: 1, Program: "systemd", Exe: "/usr/lib/systemd/systemd"}, process("sshd")}, AsAssigned, OK, "as-assigned"},
		{"redis on 6379, everywhere", "0.0.0.0:6379", "tcp", []Process{process("redis-server")}, AsAssigned, Warning, "as-assigned exposed"},
		{"redis on 6379, private", "10.0.0.1:6379", "tcp", []Process{process("redis-server")}, AsAssigned, Notice, "as-assigned exposed"},
		{"redis on 6379, loopback", "127.0.0.1:6379", "tcp", []Process{process("redis-server")}, AsAssigned, OK, "as-assigned"},
		{"nginx on 443", "0.0.0.0:443", "tcp", []Process{process("nginx")}, AsAssigned, OK, "as-assigned"},
		{"sshd on 80", "0.0.0.0:80", "tcp", []Process{process("sshd")}, Foreign, Warning, "other-service"},
		{"sshd on 8080, loopback", "127.0.0.1:8080", "tcp", []Process{process("sshd")}, Foreign, Notice, "other-service"},
		{"python on 8080", "0.0.0.0:8080", "tcp", []Process{python}, Unknown, Notice, "program-not-known interpreter"},
		{"somebody on 5432", "0.0.0.0:5432", "tcp", []Process{process("mydaemon")}, Unknown, Notice, "program-not-known"},
		{"somebody on a reserved system port", "0.0.0.0:2", "tcp", []Process{process("mydaemon")}, Reserved, Alert, "reserved"},
		{"somebody on an unassigned system port", "0.0.0.0:4", "tcp", []Process{process("mydaemon")}, Unassigned, Alert, "unassigned"},
		{"the same on loopback", "127.0.0.1:4", "tcp", []Process{process("mydaemon")}, Unassigned, Notice, "unassigned"},
		{"somebody on an unassigned user port", "0.0.0.0:4905", "tcp", []Process{process("mydaemon")}, Unassigned, Notice, "unassigned"},
		{"a client's UDP socket", "0.0.0.0:40000", "udp", []Process{process("mydaemon")}, Ephemeral, OK, "client-socket"},
		{"a listener among ephemeral ports", "0.0.0.0:50001", "tcp", []Process{process("mydaemon")}, Ephemeral, Notice, "unassigned-by-rule in-ephemeral-range"},
		{"a listener above them", "0.0.0.0:61001", "tcp", []Process{process("mydaemon")}, Ephemeral, OK, "unassigned-by-rule"},
		{"no owner though all are seen", "0.0.0.0:5432", "tcp", nil, Unknown, Warning, "program-not-known no-owner"},
		{"the kernel's NFS server", "0.0.0.0:2049", "tcp", nil, Unknown, Notice, "program-not-known kernel"},
		{"sshd run by nobody", "0.0.0.0:22", "tcp", []Process{process("sshd", user("nobody", 65534))}, AsAssigned, OK, "as-assigned unprivileged-holder"},
		{"somebody's program on a system port", "127.0.0.1:80", "tcp", []Process{process("mydaemon", user("www", 33))}, Unknown, Notice, "program-not-known unprivileged-holder"},
		{"a known port of many, with a program that isn't", "0.0.0.0:8686", "tcp", []Process{process("mydaemon")}, GhostSquatter, Warning, "ghost known-default"},
		{"a second PostgreSQL", "127.0.0.1:5433", "tcp", []Process{process("postgres")}, Alternative, OK, "own-default"},
		{"an argument makes nothing milder", "0.0.0.0:378", "tcp", []Process{process("python3", exe("/usr/bin/python3.11"), arguments("python3", "x.py", "jupyter"))}, GhostSquatter, Alert, "ghost exposed"},
		{"a ghost whose tcp is alive", "0.0.0.0:515", "udp", []Process{process("mydaemon")}, GhostSquatter, Warning, "ghost"},
		{"a ghost that a report names", "0.0.0.0:447", "tcp", []Process{process("mydaemon")}, GhostSquatter, Alert, "ghost reported-threat"},
		{"an unassigned port that a report names", "0.0.0.0:8637", "tcp", []Process{process("mydaemon")}, Unassigned, Notice, "unassigned reported-threat"},
		{"a report of scans only", "0.0.0.0:40", "tcp", []Process{process("mydaemon")}, Unassigned, Alert, "unassigned"},
		{"a ghost among ephemeral ports", "0.0.0.0:45000", "tcp", []Process{process("mydaemon")}, GhostSquatter, Notice, "ghost in-ephemeral-range"},
		{"systemd for a unit", "[::]:631", "tcp", []Process{process("systemd")}, Unknown, Notice, "program-not-known socket-activated"},
		{"a container's proxy", "0.0.0.0:6379", "tcp", []Process{process("docker-proxy")}, Unknown, Notice, "program-not-known proxy"},
		{"netcat", "0.0.0.0:5432", "tcp", []Process{process("nc")}, Unknown, Warning, "program-not-known relay"},
		{"netcat, loopback", "127.0.0.1:5432", "tcp", []Process{process("nc")}, Unknown, Notice, "program-not-known relay"},
		{"a browser's UDP socket", "0.0.0.0:5000", "udp", []Process{process("chromium")}, Ephemeral, OK, "client-socket"},
		{"no client below 1024", "0.0.0.0:378", "udp", []Process{process("chromium")}, GhostSquatter, Warning, "ghost"},
		{"a sensitive server that asks", "0.0.0.0:40000", "udp", []Process{process("rpcbind")}, Ephemeral, OK, "client-socket"},
		{"a known program on an unassigned system port", "0.0.0.0:4", "tcp", []Process{process("nginx")}, Unassigned, Warning, "unassigned"},
		{"the last system port", "0.0.0.0:1023", "tcp", []Process{process("mydaemon")}, Reserved, Alert, "reserved"},
		{"the first ephemeral port", "0.0.0.0:32768", "udp", []Process{process("mydaemon")}, Ephemeral, OK, "client-socket"},
		{"the last one", "0.0.0.0:60999", "tcp", []Process{process("mydaemon")}, Ephemeral, Notice, "unassigned-by-rule in-ephemeral-range"},
		{"the first above them", "0.0.0.0:61000", "tcp", []Process{process("mydaemon")}, Ephemeral, OK, "unassigned-by-rule"},
		{"a deleted program", "0.0.0.0:22", "tcp", []Process{process("sshd", func(p *Process) { p.ExeDeleted = true })}, AsAssigned, Warning, "as-assigned exe-deleted"},
	} {
		o := listen(t, c.at, c.transport, c.holders...)
		f := Judge(o, AssignedOf(o.Key), testHost, nil)
		if f.Verdict != c.verdict || f.Severity != c.severity || f.codes() != c.codes {
			t.Errorf("%s: %s %s (%s), want %s %s (%s)", c.name, f.Verdict, f.Severity, f.codes(), c.verdict, c.severity, c.codes)
		}
		if (f.Severity > OK) != (len(f.Next) > 0) {
			t.Errorf("%s: %s, and what to do next is %q", c.name, f.Severity, f.Next)
		}
	}
}

// A program that only calls itself sshd is never as assigned.
func TestImpostors(t *testing.T) {
	inTmp := func(p *Process) { p.Exe, p.ExeWorldWritable = "/tmp/sshd", true }
	o := listen(t, "0.0.0.0:22", "tcp", process("sshd", inTmp))
	if f := Judge(o, AssignedOf(o.Key), testHost, nil); f.Verdict == AsAssigned || f.Severity != Alert || !strings.Contains(f.codes(), "exe-world-writable") {
		t.Errorf("sshd in /tmp: %s %s (%s)", f.Verdict, f.Severity, f.codes())
	}
	o = listen(t, "0.0.0.0:22", "tcp", process("sshd", exe("/opt/x/miner")))
	if f := Judge(o, AssignedOf(o.Key), testHost, nil); f.Verdict == AsAssigned || f.Severity < Warning || !strings.Contains(f.codes(), "masquerade") {
		t.Errorf("miner called sshd: %s %s (%s)", f.Verdict, f.Severity, f.codes())
	}
	// An interpreter that takes the name of a daemon, and a program that takes a kernel thread's.
	o = listen(t, "0.0.0.0:22", "tcp", process("sshd", exe("/usr/bin/python3.11"), arguments("sshd: listener")))
	if f := Judge(o, AssignedOf(o.Key), testHost, nil); f.Verdict == AsAssigned || f.codes() != "program-not-known interpreter masquerade" {
		t.Errorf("python called sshd: %s %s (%s)", f.Verdict, f.Severity, f.codes())
	}
	o = listen(t, "0.0.0.0:22", "tcp", process("kworker/0:1", exe("/usr/sbin/sshd")))
	if f := Judge(o, AssignedOf(o.Key), testHost, nil); f.Verdict == AsAssigned || f.Severity < Warning || !strings.Contains(f.codes(), "masquerade") {
		t.Errorf("sshd called kworker: %s %s (%s)", f.Verdict, f.Severity, f.codes())
	}
	// Without the right to see its file only the name is left: said as a hint.
	o = listen(t, "0.0.0.0:22", "tcp", process("sshd", exe("")))
	if f := Judge(o, AssignedOf(o.Key), testHost, nil); f.Verdict != AsAssigned || f.Identity.Strength != Hint {
		t.Errorf("sshd whose file can't be seen: %s %s", f.Verdict, f.Identity.Strength)
	}
}

func TestOutgoing(t *testing.T) {
	for _, c := range []struct {
		remote   string
		verdict  Verdict
		severity Severity
	}{
		{"198.51.100.7:378", GhostSquatter, Warning},
		{"127.0.0.1:378", GhostSquatter, Notice},
		{"198.51.100.7:2", Reserved, Warning},
		{"198.51.100.7:4", Unassigned, Warning},
		{"198.51.100.7:443", Unknown, OK},
		{"198.51.100.7:4905", Unknown, OK},
		{"198.51.100.7:55555", Ephemeral, OK},
		{"198.51.100.7:8686", Unknown, OK},           // a ghost, and the default of Lidarr
		{"198.51.100.7:2222", GhostSquatter, Notice}, // a ghost above the system range
		{"198.51.100.7:783", Unassigned, Notice},     // spamd's
		{"[fe80::1]:378", GhostSquatter, Warning},    // no further than the link is no excuse
		{"[::ffff:127.0.0.1]:4", Unassigned, Notice}, // loopback in other clothes
	} {
		remote := netip.MustParseAddrPort(c.remote)
		o := Observation{Key: portolan.Key{Port: remote.Port()}, Direction: Outgoing, Local: netip.MustParseAddrPort("192.0.2.1:40000"), Remote: remote,
			Processes: []Process{process("mydaemon", user("www", 33))}, OwnersVisible: true}
		f := Judge(o, AssignedOf(o.Key), testHost, nil)
		if f.Verdict != c.verdict || f.Severity != c.severity {
			t.Errorf("to %s: %s %s, want %s %s", c.remote, f.Verdict, f.Severity, c.verdict, c.severity)
		}
		if strings.Contains(f.codes(), "unprivileged") { // the port is the other side's: nobody holds it here
			t.Errorf("to %s: %s", c.remote, f.codes())
		}
	}
}

func TestHiddenOwner(t *testing.T) {
	o := listen(t, "0.0.0.0:5432", "tcp")
	o.OwnersVisible = false
	f := Judge(o, AssignedOf(o.Key), testHost, nil)
	if f.codes() != "program-not-known owner-hidden" || f.Severity != Notice || !slices.ContainsFunc(f.Next, func(s string) bool { return strings.HasPrefix(s, "sudo portolan check 5432") }) {
		t.Errorf("%s %s %q", f.codes(), f.Severity, f.Next)
	}
}

// A port kept out of the ephemeral range is not in it.
func TestReservedPort(t *testing.T) {
	h := testHost
	h.Reserved = []portolan.Span{{First: 50000, Last: 50010}}
	o := listen(t, "0.0.0.0:50010", "tcp", process("mydaemon"))
	if f := Judge(o, AssignedOf(o.Key), h, nil); f.codes() != "unassigned-by-rule" || f.Severity != OK {
		t.Errorf("kept out: %s %s", f.Severity, f.codes())
	}
	o = listen(t, "0.0.0.0:50011", "tcp", process("mydaemon"))
	f := Judge(o, AssignedOf(o.Key), h, nil)
	if !slices.ContainsFunc(f.Next, func(s string) bool { return strings.Contains(s, "ip_local_reserved_ports=50000-50010,50011 ") }) {
		t.Errorf("the next one: %s %q", f.codes(), f.Next)
	}
}

// A ghost is never named without the sources that were searched.
func TestGhostNamesItsSources(t *testing.T) {
	o := listen(t, "0.0.0.0:378", "tcp", process("mydaemon"))
	text := Judge(o, AssignedOf(o.Key), testHost, nil).Reasons[0].Text
	for _, s := range registry.SourcesSearched() {
		if !strings.Contains(text, s.ID) {
			t.Errorf("%q does not name %s", text, s.ID)
		}
	}
}

func TestExposure(t *testing.T) {
	for addr, want := range map[string]Exposure{
		"239.255.255.250": Private, "ff05::1:3": Private, "ff08::1": Private, "ff0e::1": Public, "224.0.1.1": Public, "ff01::1": Link,
		"127.0.0.1": Loopback, "127.8.9.1": Loopback, "::1": Loopback, "::ffff:127.0.0.1": Loopback,
		"169.254.1.1": Link, "fe80::1": Link, "ff02::fb": Link, "224.0.0.251": Link,
		"10.0.0.1": Private, "192.168.1.1": Private, "172.31.0.1": Private, "fd00::1": Private, "100.64.0.1": Private,
		"172.32.0.1": Public, "100.128.0.1": Public, "203.0.113.1": Public, "2001:db8::1": Public,
		"0.0.0.0": All, "::": All,
	} {
		if got := ExposureOf(netip.MustParseAddr(addr), ""); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
	if got := ExposureOf(netip.MustParseAddr("0.0.0.0"), "lo"); got != Loopback {
		t.Errorf("bound to lo: %s", got)
	}
}

// A policy that allows programs can't be held against an owner that can't be
// seen; where all can be seen, nobody is another than the allowed.
func TestPolicyWithoutOwner(t *testing.T) {
	chart := &Policy{Ports: []Declaration{{Span: portolan.Span{First: 378, Last: 378}, Transports: []portolan.Transport{portolan.TCP}, Programs: []string{"/opt/*/ledger"}, Place: "portolan.toml:1"}}}
	o := listen(t, "127.0.0.1:378", "tcp")
	if f := Judge(o, AssignedOf(o.Key), testHost, chart); f.Severity != Warning || f.codes() != "policy-program no-owner" {
		t.Errorf("nobody: %s %s", f.Severity, f.codes())
	}
	o.OwnersVisible = false
	if f := Judge(o, AssignedOf(o.Key), testHost, chart); f.Verdict != Declared || f.Severity != Notice || f.codes() != "policy-program-hidden owner-hidden" {
		t.Errorf("hidden: %s %s", f.Severity, f.codes())
	}
	o = listen(t, "127.0.0.1:378", "tcp", process("x", exe("/opt/a/ledger")))
	if f := Judge(o, AssignedOf(o.Key), testHost, chart); f.codes() != "declared" {
		t.Errorf("by its path: %s", f.codes())
	}
	o = listen(t, "127.0.0.1:378", "tcp", process("ledger", exe("/opt/a/b/ledger")))
	if f := Judge(o, AssignedOf(o.Key), testHost, chart); f.codes() != "policy-program" {
		t.Errorf("by another path: %s", f.codes())
	}
}

// FuzzJudge: whatever a process calls itself, there is a verdict, a reason for
// every severity above ok, and no panic.
func FuzzJudge(f *testing.F) {
	f.Add("sshd", "/usr/sbin/sshd", "sshd\x00-D", uint16(22), uint8(0), true, false)
	f.Add("\x1b[2J", "/tmp/x", "", uint16(378), uint8(1), true, true)
	f.Add("java", "/usr/bin/java", "java\x00-jar\x00x.jar", uint16(60000), uint8(2), false, false)
	f.Fuzz(func(t *testing.T, comm, exe, cmdline string, port uint16, transport uint8, visible, writable bool) {
		k := portolan.Key{Port: port, Transport: portolan.Transports[int(transport)%len(portolan.Transports)]}
		p := Process{PID: 1, Program: comm, Exe: exe, Cmdline: strings.Split(cmdline, "\x00"), ExeWorldWritable: writable}
		for _, d := range []Direction{Listening, Outgoing} {
			o := Observation{Key: k, Direction: d, Local: netip.AddrPortFrom(netip.IPv4Unspecified(), port), Processes: []Process{p}, OwnersVisible: visible}
			got := Judge(o, AssignedOf(k), testHost, nil)
			if got.Verdict == "" || got.Severity > OK && (len(got.Reasons) == 0 || len(got.Next) == 0) {
				t.Errorf("%+v: %+v", o, got)
			}
		}
		_, _ = ParseSeverity(comm)
		_, _ = ParseExposure(comm)
		_, _ = parsePrograms(cmdline)
		_, _ = parseProgram(cmdline)
	})
}

func TestWords(t *testing.T) {
	for s := OK; s <= Alert; s++ {
		if got, err := ParseSeverity(s.String()); err != nil || got != s {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	for e := Loopback; e <= All; e++ {
		if got, err := ParseExposure(e.String()); err != nil || got != e {
			t.Errorf("%s: %v %v", e, got, err)
		}
	}
	if _, err := ParseSeverity("bad"); err == nil {
		t.Error("bad is a severity")
	}
}

func TestAssignedOf(t *testing.T) {
	a := AssignedOf(portolan.Key{Port: 378})
	if !a.Ghost || a.TwinAlive || a.Name != "dsETOS" || a.Status != registry.Assigned || len(a.Cite) != 1 {
		t.Errorf("378/tcp: %+v", a)
	}
	if a := AssignedOf(portolan.Key{Port: 80}); a.Ghost || !a.is([]string{"HTTP"}) || !a.is([]string{"www"}) {
		t.Errorf("80/tcp: %+v", a)
	}
	if a := AssignedOf(portolan.Key{Port: 515, Transport: portolan.UDP}); !a.Ghost || !a.TwinAlive {
		t.Errorf("515/udp, whose tcp is alive: %+v", a)
	}
}

func BenchmarkJudge(b *testing.B) {
	for name, p := range map[string]Process{
		"by-file":     {PID: 1, Program: "sshd", Exe: "/usr/sbin/sshd"},
		"not-known":   {PID: 1, Program: "mydaemon", Exe: "/usr/sbin/mydaemon"},
		"by-argument": {PID: 1, Program: "python3", Exe: "/usr/bin/python3.11", Cmdline: []string{"python3", "-u", "/srv/app.py", "--port", "8000"}},
	} {
		b.Run(name, func(b *testing.B) {
			o := Observation{Key: portolan.Key{Port: 22}, Local: netip.MustParseAddrPort("0.0.0.0:22"), Processes: []Process{p}}
			a := AssignedOf(o.Key)
			b.ReportAllocs()
			for b.Loop() {
				Judge(o, a, testHost, nil)
			}
		})
	}
}
