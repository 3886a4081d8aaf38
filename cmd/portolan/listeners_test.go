package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/sockets"
)

const evil = "\x1b[2J\u202eevil\n"

var taken = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// harbour is a host with one socket of each kind that the table tells apart.
func harbour() *sockets.Table {
	here := &sockets.Namespace{Inode: 4026531840, Own: true}
	sshd := &sockets.Process{PID: 812, PPID: 1, Program: "sshd", Cmdline: []string{"sshd: /usr/sbin/sshd -D", "two words"}, Exe: "/usr/sbin/sshd", User: "root", Started: taken, Unit: "ssh.service"}
	worker := &sockets.Process{PID: 900, Program: "nginx", User: "www-data", UID: 33}
	other := &sockets.Process{PID: 901, Program: "nginx", User: "www-data", UID: 33}
	boxed := &sockets.Process{PID: 77, Program: evil, Cmdline: []string{evil}, Container: "0123456789ab", UID: 4242}
	at := netip.MustParseAddrPort
	return &sockets.Table{Taken: taken, Visibility: sockets.Visibility{Full: true}, Sockets: []sockets.Socket{
		{Kind: sockets.KindTCP, State: sockets.Listen, Local: at("[::]:8080"), DualStack: true, Owners: []*sockets.Process{worker, other}, Namespace: here, Inode: 3},
		{Kind: sockets.KindTCP, State: sockets.Listen, Local: at("0.0.0.0:22"), Owners: []*sockets.Process{sshd}, Namespace: here, Inode: 1},
		{Kind: sockets.KindUDP, State: sockets.Unconnected, Local: at("127.0.0.53:53"), Interface: "lo", Owners: []*sockets.Process{boxed}, Namespace: here, Inode: 2},
		{Kind: sockets.KindTCP, State: sockets.Listen, Local: at("192.168.1.7:60999"), UID: 1000, Namespace: here, Inode: 4},
		{Kind: sockets.KindTCP, State: sockets.Listen, Local: at("[2001:db8::1]:378"), Owners: []*sockets.Process{sshd}, Namespace: &sockets.Namespace{Inode: 7, Name: "blue"}, Inode: 5},
	}}
}

func listenersEnv(t *sockets.Table, args ...string) *env {
	e := testEnv(append([]string{"listeners"}, args...)...)
	e.Sockets = func(context.Context, sockets.Options) (*sockets.Table, error) { return t, nil }
	return e
}

func TestListenersTable(t *testing.T) {
	got := listenersEnv(harbour()).run()
	want := `on   address        port  service       program                          pid  user      unit or container       exposure  namespace
tcp  0.0.0.0          22  ssh           sshd                             812  root      ssh.service             all
udp  127.0.0.53%lo    53  domain        \x1b[2J\u{202e}evil\x0a           77  uid 4242  container 0123456789ab  loopback
tcp  2001:db8::1     378  dsETOS        sshd                             812  root      ssh.service             public    blue
tcp  *              8080  http-alt      nginx                         900 +1  www-data                          all
tcp  192.168.1.7   60999  (dynamic)     (no process)                          uid 1000                          private
`
	if squeeze(got.out) != squeeze(want) || got.code != 0 || got.errors != "" {
		t.Errorf("exit code %d, %q, table\n%s\nwant\n%s", got.code, got.errors, got.out, want)
	}
}

// squeeze makes runs of blanks one: widths are report's to test.
func squeeze(s string) string {
	var lines []string
	for l := range strings.Lines(s) {
		lines = append(lines, strings.Join(strings.Fields(l), " "))
	}
	return strings.Join(lines, "\n")
}

func TestListenersPartialView(t *testing.T) {
	table := harbour()
	table.Visibility = sockets.Visibility{Hidden: 1, Reasons: []string{"1 of 5 sockets has no visible owner: run as root to see it" + evil}}
	got := listenersEnv(table).run()
	if got.code != exitOK || !strings.HasPrefix(got.errors, "note: 1 of 5 sockets") || strings.Contains(got.errors, "\x1b") || !strings.Contains(got.out, "(not visible)") {
		t.Errorf("%+v", got)
	}
	for _, args := range [][]string{{"--strict"}, {"--strict", "--json"}, {"--strict", "9"}} {
		if got := listenersEnv(table, args...).run(); got.code != exitPartial {
			t.Errorf("%v: exit code %d, want %d", args, got.code, exitPartial)
		}
	}
	if got := listenersEnv(harbour(), "--strict").run(); got.code != exitOK {
		t.Errorf("full view: exit code %d", got.code)
	}
}

func TestListenersFilter(t *testing.T) {
	for args, want := range map[string]struct {
		code  int
		ports string
		says  string
	}{
		"22":          {0, "22", ""},
		"22/udp":      {1, "", "nothing listens on 22/udp"},
		"ssh 9":       {0, "22", "note: nothing listens on 9"},
		"50-400":      {0, "53 378", ""},
		"domain/udp":  {0, "53", ""},
		"9 10":        {1, "", "nothing listens on 9, 10"},
		"":            {0, "22 53 378 8080 60999", ""},
		"dsETOS":      {0, "378", ""},
		"1-2 60000-":  {2, "", "60000-65535"},
		"22 nosuch-x": {3, "", "no port, range or service"},
	} {
		got := listenersEnv(harbour(), append(strings.Fields(args), "--format", "csv")...).run()
		rows, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
		var ports []string
		for i, r := range rows {
			if i > 0 && (i == 1 || rows[i-1][5] != r[5]) {
				ports = append(ports, r[5])
			}
		}
		if err != nil || got.code != want.code || strings.Join(ports, " ") != want.ports || !strings.Contains(got.errors, want.says) {
			t.Errorf("listeners %s: %d, ports %v, %q, %v; want %+v", args, got.code, ports, got.errors, err, want)
		}
	}
}

func TestListenersJSON(t *testing.T) {
	got := listenersEnv(harbour(), "--json").run()
	var doc struct {
		Schema      string
		DataVersion string `json:"data_version"`
		Taken       time.Time
		Visibility  map[string]any
		Listeners   []map[string]any
		Summary     map[string]int
	}
	if err := json.Unmarshal([]byte(got.out), &doc); err != nil {
		t.Fatalf("%v\n%s", err, got.out)
	}
	if doc.Schema != "portolan.listeners/v1" || doc.DataVersion == "" || !doc.Taken.Equal(taken) || doc.Visibility["level"] != "full" || len(doc.Listeners) != 5 || doc.Summary["sockets"] != 5 {
		t.Errorf("%s", got.out)
	}
	ssh, dns, far := doc.Listeners[0], doc.Listeners[1], doc.Listeners[2]
	if ssh["local"] != "0.0.0.0:22" || ssh["port"] != 22.0 || ssh["service"] != "ssh" || ssh["status"] != "assigned" || ssh["exposure"] != "all" || ssh["remote"] != nil {
		t.Errorf("ssh: %v", ssh)
	}
	o := ssh["owners"].([]any)[0].(map[string]any)
	if o["pid"] != 812.0 || o["unit"] != "ssh.service" || o["container"] != nil || o["started"] != "2026-11-23T12:00:00Z" || o["cmdline"].([]any)[1] != "two words" {
		t.Errorf("owner: %v", o)
	}
	// JSON carries the name as it is; only its spelling is harmless.
	if name := dns["owners"].([]any)[0].(map[string]any)["program"]; name != evil || strings.Contains(got.out, "\x1b") {
		t.Errorf("program %q", name)
	}
	if n := far["namespace"].(map[string]any); n["name"] != "blue" || n["own"] != false {
		t.Errorf("namespace %v", n)
	}
	if n := len(doc.Listeners[4]["owners"].([]any)); n != 0 {
		t.Errorf("%d owners of a socket without", n)
	}
}

// A raw socket has an IP protocol number where others have a port: no port asked
// for may find it.
func TestListenersRaw(t *testing.T) {
	table := &sockets.Table{Visibility: sockets.Visibility{Full: true}, Sockets: []sockets.Socket{
		{Kind: sockets.KindRaw, State: sockets.Unconnected, Local: netip.MustParseAddrPort("0.0.0.0:1")},
		{Kind: sockets.KindMPTCP, State: sockets.Listen, Local: netip.MustParseAddrPort("0.0.0.0:60000")}}}
	got := listenersEnv(table, "--all").run()
	lines := strings.Split(got.out, "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[1], "mptcp") || !strings.HasPrefix(lines[2], "raw") || !strings.Contains(lines[2], "(IP protocol 1)") {
		t.Errorf("%s", got.out)
	}
	if got := listenersEnv(table, "1").run(); got.code != exitNo {
		t.Errorf("port 1: %+v", got)
	}
	got = listenersEnv(table, "--all", "--json").run()
	for _, want := range []string{`"transport":null,"kind":"raw"`, `"port":null,"status":null,"service":null,"ip_protocol":1`, `"transport":"tcp","kind":"mptcp"`} {
		if !strings.Contains(got.out, want) || !json.Valid([]byte(got.out)) {
			t.Errorf("no %s in %s", want, got.out)
		}
	}
	if got := listenersEnv(table, "--all", "--format", "csv").run(); !strings.Contains(got.out, "\n,raw,UNCONN,,0.0.0.0,,") {
		t.Errorf("%s", got.out)
	}
}

func TestListenersZoneCannotBreakJSON(t *testing.T) {
	table := harbour()
	table.Sockets[0].Local = netip.AddrPortFrom(netip.MustParseAddr("fe80::1").WithZone(`a"b`+"\x1b"), 80)
	got := listenersEnv(table, "--json").run()
	if !json.Valid([]byte(got.out)) || strings.Contains(got.out, "\x1b") {
		t.Errorf("%s", got.out)
	}
}

func TestListenersHarmlessOnATerminal(t *testing.T) {
	for _, f := range report.Formats {
		for width := 20; width < 160; width += 7 {
			e := listenersEnv(harbour(), "--format", string(f), "--color", "never", "--no-pager")
			e.OutTerminal = true
			e.Size = func() (int, int) { return width, 24 }
			got := e.run()
			if strings.ContainsAny(got.out, "\x1b\u202e") || got.code != 0 {
				t.Fatalf("%s in %d columns: %d %q", f, width, got.code, got.out)
			}
			for l := range strings.Lines(got.out) {
				if w := report.Width(strings.TrimSuffix(l, "\n")); f == report.FormatTable && w > width {
					t.Errorf("%d columns: %d are taken by %q", width, w, l)
				}
			}
		}
	}
}

func TestListenersUnsupported(t *testing.T) {
	e := testEnv("listeners")
	e.Sockets = func(context.Context, sockets.Options) (*sockets.Table, error) {
		return nil, fmt.Errorf("sockets: plan10: %w", errors.ErrUnsupported)
	}
	got := e.run()
	if got.code != exitFailure || !strings.Contains(got.errors, "plan10") || !strings.Contains(got.errors, "hint: this works on Linux") {
		t.Errorf("%+v", got)
	}
}

func TestListenersOptions(t *testing.T) {
	for args, want := range map[string]sockets.Options{
		"":                 {Root: "/"},
		"--established":    {Root: "/", Established: true},
		"--all":            {Root: "/", Established: true, All: true},
		"--all-namespaces": {Root: "/", AllNamespaces: true},
	} {
		e := testEnv(append([]string{"listeners"}, strings.Fields(args)...)...)
		var got sockets.Options
		e.Sockets = func(_ context.Context, o sockets.Options) (*sockets.Table, error) {
			got = o
			return &sockets.Table{}, nil
		}
		if o := e.run(); o.code != 0 || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %+v, want %+v; %v", args, got, want, o)
		}
	}
}

func TestListenersConnections(t *testing.T) {
	table := harbour()
	table.Sockets[1].Remote, table.Sockets[1].Direction = netip.MustParseAddrPort("198.51.100.7:50123"), sockets.Inbound
	got := listenersEnv(table, "--established").run()
	if !strings.Contains(got.out, "state") || !strings.Contains(got.out, "from 198.51.100.7:50123") || strings.Contains(got.out, "invalid") {
		t.Errorf("%s", got.out)
	}
}

func TestListenersExposure(t *testing.T) {
	for addr, want := range map[string]string{"0.0.0.0": "all", "::": "all", "127.8.8.8": "loopback", "::1": "loopback", "fe80::1": "link",
		"10.1.2.3": "private", "100.64.0.1": "private", "fd00::1": "private", "203.0.113.9": "public"} {
		l := newListener(&sockets.Socket{Local: netip.AddrPortFrom(netip.MustParseAddr(addr), 1)})
		if l.exposure != want {
			t.Errorf("%s: %s, want %s", addr, l.exposure, want)
		}
	}
	if l := newListener(&sockets.Socket{Local: netip.MustParseAddrPort("0.0.0.0:1"), Interface: "lo"}); l.exposure != "loopback" {
		t.Errorf("all addresses of lo: %s", l.exposure)
	}
}

func TestCommandLine(t *testing.T) {
	if got := commandLine([]string{"a", "b c", "", `"`}); got != `a "b c" "" "\""` {
		t.Errorf("%s", got)
	}
}

// fleet is a host with n sockets in 200 processes.
func fleet(n int) *sockets.Table {
	t := &sockets.Table{Taken: taken, Visibility: sockets.Visibility{Full: true}}
	var procs []*sockets.Process
	for i := range 200 {
		procs = append(procs, &sockets.Process{PID: 1000 + i, PPID: 1, Program: "nginx", Cmdline: []string{"nginx: worker process", "-g", "daemon off;"},
			Exe: "/usr/sbin/nginx", User: "www-data", UID: 33, Started: taken, Cgroup: "/system.slice/nginx.service", Unit: "nginx.service"})
	}
	for i := range n {
		t.Sockets = append(t.Sockets, sockets.Socket{Kind: sockets.KindTCP, State: sockets.Listen, Local: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, byte(i >> 14), 1}), uint16(i*7)),
			Owners: procs[i%200 : i%200+1], Inode: uint64(i)})
	}
	return t
}

func benchmark(b *testing.B, args ...string) {
	table := fleet(20000)
	for b.Loop() {
		e := listenersEnv(table, args...)
		e.Stdout, e.Stderr = io.Discard, io.Discard
		if code := run(b.Context(), e); code != 0 {
			b.Fatal(code)
		}
	}
}

func BenchmarkListenersJSON(b *testing.B)   { benchmark(b, "--json") }
func BenchmarkListenersNDJSON(b *testing.B) { benchmark(b, "--format", "ndjson") }
func BenchmarkListenersCSV(b *testing.B)    { benchmark(b, "--format", "csv") }
func BenchmarkListenersTable(b *testing.B)  { benchmark(b) }

// BenchmarkListenersGrow shows what a socket costs among few and among many: the
// two should be alike.
func BenchmarkListenersGrow(b *testing.B) {
	for _, n := range []int{2500, 20000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			table := fleet(n)
			for b.Loop() {
				e := listenersEnv(table, "--json")
				e.Stdout, e.Stderr = io.Discard, io.Discard
				e.run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/socket")
		})
	}
}
