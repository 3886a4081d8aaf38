package judge

import (
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

func table(t *testing.T) []Program {
	t.Helper()
	list, err := Programs()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// The table is large enough to know a host of today, and every row is
// complete, known once, and speaks of services that the registry has.
func TestPrograms(t *testing.T) {
	flags := []string{"interpreter", "proxy", "relay", "sensitive", "client", "activator"}
	list := table(t)
	if len(list) < 150 {
		t.Errorf("%d programs, want 150 at least", len(list))
	}
	seen := map[string]int{}
	for _, p := range list {
		for _, n := range p.Names {
			if line := seen[n]; line > 0 {
				t.Errorf("programs.tsv:%d: %s is in line %d too", p.Line, n, line)
			}
			seen[n] = p.Line
		}
		for _, s := range p.Services {
			if !slices.ContainsFunc(registry.Service(s), func(m registry.Match) bool { return m.Current && !m.Alias }) {
				t.Errorf("programs.tsv:%d: the registry has no service %q", p.Line, s)
			}
		}
		for _, f := range p.Flags {
			if !slices.Contains(flags, f) {
				t.Errorf("programs.tsv:%d: no flag is called %q", p.Line, f)
			}
		}
		if len(p.Services) > 0 && len(p.Ports) > 0 && p.Has("interpreter") {
			t.Errorf("programs.tsv:%d: an interpreter stands for no service", p.Line)
		}
	}
}

// Each program on each of its own default ports, as its package runs it, gets
// a verdict that knows it.
func TestProgramsOnTheirPorts(t *testing.T) {
	for _, p := range table(t) {
		if p.ByArgument || p.Has("interpreter") || p.Has("proxy") || p.Has("relay") {
			continue
		}
		for _, r := range p.Ports {
			k := portolan.Key{Port: r.First, Transport: r.Transport}
			name := strings.TrimSuffix(p.Names[0], "*")
			o := Observation{Key: k, Processes: []Process{{PID: 9, Program: name, Exe: "/usr/bin/" + name}}, OwnersVisible: true}
			f := Judge(o, AssignedOf(k), testHost, nil)
			if f.Verdict != AsAssigned && f.Verdict != Alternative {
				t.Errorf("programs.tsv:%d: %s on %s is %s: %s", p.Line, name, k, f.Verdict, f.codes())
			}
		}
	}
}

func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Process
		what string // a name of the row, "" for none
	}{
		{"by its file", Process{Program: "x", Exe: "/usr/sbin/sshd"}, "sshd"},
		{"a version in the name", Process{Program: "php-fpm8.2", Exe: "/usr/sbin/php-fpm8.2"}, "php-fpm*"},
		{"an interpreter", Process{Program: "python3", Exe: "/usr/bin/python3.11", Cmdline: []string{"python3", "x.py"}}, "python*"},
		{"a name cut by the kernel", Process{Program: "systemd-resolve"}, "systemd-resolved"},
		{"busybox under another name", Process{Program: "sshd", Exe: "/bin/busybox"}, "sshd"},
		{"a link's name", Process{Program: "redis-server", Exe: "/usr/bin/redis-check-rdb", ExeAlias: "redis-server"}, "redis-server"},
		{"a version behind the name that it goes by", Process{Program: "redis-server", Exe: "/opt/redis/redis-server-7.2"}, "redis-server"},
		{"another program that begins so", Process{Program: "sshd", Exe: "/opt/x/sshd-helper"}, ""},
		{"a script by its own name", Process{Program: "memcached", Exe: "/usr/bin/perl", Cmdline: []string{"perl", "/usr/local/bin/memcached"}}, "perl*"},
		{"a title over the arguments", Process{Program: "ruby", Exe: "/usr/bin/ruby3.1", Cmdline: []string{"puma 6.4.0 (tcp://0.0.0.0:3000) [app]"}}, "puma"},
		{"nobody", Process{Program: "mydaemon", Exe: "/usr/bin/mydaemon"}, ""},
	} {
		id := Identify(c.p)
		if (id.Program == nil) != (c.what == "") || id.Program != nil && !slices.ContainsFunc(id.Program.Names, func(n string) bool {
			return strings.TrimSuffix(n, "*") != "" && (n == c.what || strings.HasPrefix(n, strings.TrimSuffix(c.what, "*")))
		}) {
			t.Errorf("%s: %+v, want %q", c.name, id.Program, c.what)
		}
	}
	if got := Identify(Process{Program: "python3", Exe: "/usr/bin/python3.11", Cmdline: []string{"python3", "-u", "/srv/app.py"}}).Script; got != "/srv/app.py" {
		t.Errorf("script: %q", got)
	}
	if got := Identify(Process{Program: "java", Exe: "/usr/bin/java", Cmdline: []string{"java", "-cp", "a.jar:b.jar", "com.example.Main"}}).Script; got != "com.example.Main" {
		t.Errorf("script behind a class path: %q", got)
	}
	if id := Identify(Process{Program: "memcached", Exe: "/usr/bin/perl", Cmdline: []string{"perl", "/usr/local/bin/memcached"}}); id.Pretends != "" {
		t.Errorf("a script by its own name: %+v", id)
	}
	if id := Identify(Process{Program: "mydaemon", Exe: "/usr/bin/mydaemon", Cmdline: []string{"[kworker/u8:2]"}}); id.Pretends == "" {
		t.Errorf("a name in brackets: %+v", id)
	}
	if id := Identify(Process{Program: "celeryd", Exe: "/usr/bin/celeryd", Cmdline: []string{"[celeryd: a@host:MainProcess] -active- (worker)"}}); id.Pretends != "" {
		t.Errorf("a title with brackets: %+v", id)
	}
	if got := Identify(Process{Program: "java", Exe: "/usr/lib/jvm/bin/java", Cmdline: []string{"java", "-Xmx1g", "-jar", "/opt/x.jar"}}).Script; got != "-jar /opt/x.jar" {
		t.Errorf("script: %q", got)
	}
}

func TestParseProgramRefuses(t *testing.T) {
	for _, bad := range []string{"exe\tx", "what\tx\t\t\t\tw\ts", "exe\t\t\t\t\tw\ts", "exe\tx\t\t80\t\tw\ts", "exe\tx\t\thttp/tcp\t\tw\ts", "exe\tx\t\t\t\t\ts", "exe\tx\t\t99999/tcp\t\tw\ts"} {
		if p, err := parseProgram(bad); err == nil {
			t.Errorf("%q: %+v", bad, p)
		}
	}
}

func TestBadPorts(t *testing.T) {
	if !slices.IsSorted(badPorts[:]) {
		t.Error("badPorts is not sorted, and is searched as if it were")
	}
	for p, want := range map[uint16]bool{1: true, 6000: true, 6667: true, 10080: true, 4190: true, 80: false, 443: false, 8080: false, 378: false} {
		if BlockedByBrowsers(p) != want {
			t.Errorf("%d: %v", p, !want)
		}
	}
}

func TestSuggest(t *testing.T) {
	free := Suggest{Taken: func(uint16) string { return "" }}
	open := Open()
	if len(open) < 1000 {
		t.Fatalf("only %d ports pass the book", len(open))
	}
	for _, p := range open {
		for d := -4; d <= 4; d++ {
			if everAssigned(p + uint16(d)) {
				t.Fatalf("%d is open, and %d is or was assigned", p, int(p)+d)
			}
		}
		if p < 1024 || p > lastCommon || BlockedByBrowsers(p) || witnessed(p) {
			t.Fatalf("%d is open", p)
		}
	}
	easy := free.Easiest("", 5)
	if len(easy) != 5 || !slices.IsSortedFunc(easy, func(a, b Suggestion) int { return b.Score - a.Score }) || len(easy[0].Reasons) < 5 {
		t.Errorf("%+v", easy)
	}
	first := free.Sticky("myapp", 1)[0].Port
	if again := free.Sticky("myapp", 3)[0].Port; again != first {
		t.Errorf("sticky gave %d, then %d", first, again)
	}
	if other := free.Sticky("otherapp", 1)[0].Port; other == first {
		t.Errorf("two names stick to %d", first)
	}
	second := free.Sticky("myapp", 2)[1].Port
	busy := Suggest{Taken: func(p uint16) string {
		if p == first {
			return "taken"
		}
		return ""
	}}
	if got := busy.Sticky("myapp", 1)[0].Port; got != second {
		t.Errorf("with %d taken: %d, want the next of its name, %d", first, got, second)
	}
	if all := (Suggest{Taken: func(uint16) string { return "no" }}).Easiest("x", 3); len(all) != 0 {
		t.Errorf("all taken: %v", all)
	}
}
