package main

import (
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/portolan/portolan/sockets"
)

// strictSchema compiles a published schema so that it refuses what it does not
// name, although the published one, which may grow, does not.
func strictSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := compileStrict(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func compileStrict(text []byte) (*jsonschema.Schema, error) {
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	closeObjects(doc)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("schema.json")
}

// matches demands that a file is what a published schema says: matches SCHEMA FILE.
func matches(ts *testscript.TestScript, _ bool, args []string) {
	text, err := os.ReadFile(filepath.Join(schemas, args[0]+".schema.json"))
	ts.Check(err)
	s, err := compileStrict(text)
	ts.Check(err)
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &v))
	ts.Check(s.Validate(v))
}

// schemas is where the published schemas are; scripts run elsewhere.
var schemas, _ = filepath.Abs(filepath.Join("..", "..", "docs", "formats"))

func closeObjects(v any) {
	switch x := v.(type) {
	case map[string]any:
		if _, ok := x["properties"]; ok {
			x["additionalProperties"] = false
		}
		for _, y := range x {
			closeObjects(y)
		}
	case []any:
		for _, y := range x {
			closeObjects(y)
		}
	}
}

// busyHost is a host with something of everything, hostile names included.
func busyHost(context.Context, sockets.Options) (*sockets.Table, error) {
	own, other := &sockets.Namespace{Inode: 1, Own: true}, &sockets.Namespace{Inode: 2, Name: "blue\x1b[2J"}
	at := netip.MustParseAddrPort
	evil := &sockets.Process{PID: 666, PPID: 1, Program: "\x1b[2J\x1b]0;x\a", Exe: "/tmp/\xff", ExeDeleted: true, ExeWorldWritable: true, Cmdline: []string{"\x1b[31m", "\u202e"}, User: "root"}
	sshd := &sockets.Process{PID: 7, Program: "sshd", Exe: "/usr/sbin/sshd", User: "root", Unit: "ssh.service", Started: time.Unix(1795000000, 0)}
	table := &sockets.Table{Taken: time.Unix(1795435200, 0), Visibility: sockets.Visibility{Hidden: 1, Sockets: 8, Reasons: []string{"1 of 8 sockets has no visible owner"}}}
	add := func(s sockets.Socket) { table.Sockets = append(table.Sockets, s) }
	add(sockets.Socket{Kind: sockets.KindTCP, State: sockets.Listen, Local: at("0.0.0.0:378"), Inode: 1, Group: 1, Namespace: own, Owners: []*sockets.Process{evil}})
	add(sockets.Socket{Kind: sockets.KindTCP, State: sockets.Listen, Local: at("[::]:22"), DualStack: true, Inode: 2, Group: 1, Namespace: own, Owners: []*sockets.Process{sshd}})
	add(sockets.Socket{Kind: sockets.KindUDP, State: sockets.Unconnected, Local: at("127.0.0.1:5353"), Inode: 3, Group: 2, Namespace: own})
	add(sockets.Socket{Kind: sockets.KindTCP, State: sockets.Listen, Local: at("10.0.0.1:5000"), Inode: 4, Group: 1, Namespace: other, Owners: []*sockets.Process{sshd, evil}})
	add(sockets.Socket{Kind: sockets.KindSCTP, State: sockets.Listen, Local: at("[fe80::1%eth\x1b0]:22"), Interface: "eth\x1b0", Inode: 5, Group: 1, Namespace: own})
	add(sockets.Socket{Kind: sockets.KindTCP, State: sockets.Established, Direction: sockets.Outgoing, Local: at("10.0.0.1:40000"), Remote: at("198.51.100.1:378"), Inode: 6, Group: 1, Namespace: own, Owners: []*sockets.Process{evil}})
	add(sockets.Socket{Kind: sockets.KindTCP, State: sockets.Established, Direction: sockets.Inbound, Local: at("10.0.0.1:22"), Remote: at("198.51.100.1:40000"), Inode: 7, Group: 1, Namespace: own})
	add(sockets.Socket{Kind: sockets.KindRaw, State: sockets.Unconnected, Local: at("0.0.0.0:1"), Inode: 8, Group: 1, Namespace: own})
	return table, nil
}

// Every command's JSON is what its published schema says, and holds nothing
// that a terminal would obey.
func TestJSONMatchesTheSchemas(t *testing.T) {
	for _, c := range []struct{ schema, args string }{
		{"port", "378"}, {"port", "0 2 15 24 51 80 100 114 377 512 585 1008 1030 3322 5349 5543 6000 8080 14001 27000 49151 49152 65535"},
		{"port", "22/sctp http 6000-6070 "}, {"port", "ssh"},
		{"check", "check --fail-on never"}, {"check", "check 378 --all"}, {"listeners", "listeners"}, {"listeners", "listeners --all"},
		{"suggest", "suggest"}, {"suggest", "suggest myapp --sticky -n 4"}, {"search", "search nec"}, {"search", "search nothing-holds-this"},
		{"sources", "data sources"}, {"verify", "data verify"}, {"proof", "data verify --proof 378"}, {"proof", "data verify --proof 2/udp"}, {"version", "version"},
		{"list", "list"}, {"list", "list --at 1995 0-600"}, {"list", "list --year 2019"}, {"list", "list --status reserved,dynamic --count"}, {"list", "list --ghost -n 3"},
		{"ghosts", "ghosts"}, {"ghosts", "ghosts 80"}, {"ghosts", "ghosts --why 30003"}, {"ghosts", "ghosts --why 4"}, {"stats", "stats"}, {"probes", "stats --probes"},
		{"cite", "cite 0-7 4444 50000 15"}, {"cite", "cite 378/tcp --all"}, {"cite", "cite http --accessed 2026-11-23"},
		{"search", "search nec --at 1994-10"}, {"search", "search nec --at 1066"},
		{"history", "history 378"}, {"history", "history 0 2 15 22 51 63 80 144 400 831 1110 5543 50000 6000-6070 378/ncp"}, {"history", "history http la-maint x11 netstat"},
		{"history", "history 80 --brief"}, {"history", "history 378 --kind ranged"},
		{"at", "at 1994"}, {"at", "at 1066"}, {"at", "at 2000 0-100 http x11 9/dccp 50000"}, {"at", "at 1066 80"}, {"at", "at 2026-12 5543"}, {"at", "explain 22 --at 1994-10"},
		{"diff", "diff 1994-10 2026-08-17 --kind all"}, {"diff", "diff 2026-08-17 2026-08-18"}, {"diff", "diff 2026 rfc1340 http 0-10"},
		{"lost", "lost"}, {"lost", "lost 378"}, {"lost", "lost --transport ncp"}, {"lost", "lost compressnet 63"},
	} {
		e := testEnv(append(strings.Fields(c.args), "--json")...)
		e.Sockets = busyHost
		got := e.run()
		var v any
		if err := json.Unmarshal([]byte(got.out), &v); err != nil {
			t.Errorf("%s: %v\n%s", c.args, err, got.errors)
			continue
		}
		if err := strictSchema(t, c.schema).Validate(v); err != nil {
			t.Errorf("%s: %v", c.args, err)
		}
		noTerminalOrders(t, c.args, got.out+got.errors)
	}
}

func noTerminalOrders(t *testing.T, what, out string) {
	t.Helper()
	if i := strings.IndexFunc(out, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0x202e }); i >= 0 {
		t.Errorf("%s: prints %q raw: …%q", what, out[i], out[max(0, i-40):min(len(out), i+40)])
	}
}

// No name that a process gives itself moves the cursor, in any command or format
// that a terminal gets.
func TestHostileNamesStayText(t *testing.T) {
	for _, args := range []string{"check", "check --all", "378", "22 5000", "listeners", "listeners --all", "check --format csv", "listeners --format tsv", "history 80 --format csv", "diff rfc1340 rfc1700 --format tsv", "lost --format csv", "at 2020 0-80 --format csv", "history http --format ndjson", "check --format ndjson", "300-400"} {
		e := testEnv(strings.Fields(args + " --color never --no-pager")...)
		e.Sockets, e.OutTerminal = busyHost, true
		got := e.run()
		noTerminalOrders(t, args, got.out+got.errors)
		if len(got.out) == 0 {
			t.Errorf("%s printed nothing: %s", args, got.errors)
		}
	}
}

// The pages fit a terminal of 80 columns.
func TestPagesFit(t *testing.T) {
	for _, args := range []string{
		"378", "80", "22", "6000", "5349", "2", "4905", "50000", "100", "512", "check", "listeners", "suggest", "search nec", "data sources", "0-1023",
		"list", "list 0-1200 -n 0", "list --at 1995", "list --year 2020", "list --status assigned --count", "ghosts", "ghosts --why 378",
		"ghosts --why 30003", "ghosts --why 22", "stats", "data verify", "data verify --proof 378", "data verify --proof 113/tcp", "history 378",
		"history 80", "history 63 144", "history http --brief", "history 0-100", "history 50000", "at 1994", "at 1994 22", "at 2000 0-100", "at 1066 80",
		"diff 1994-10 2026 0-1023 --kind all", "diff 2026-08 2026-09", "lost", "lost 0-60", "lost compressnet",
	} {
		e := testEnv(strings.Fields(args + " --color never --no-pager")...)
		e.Sockets, e.OutTerminal = busyHost, true
		for line := range strings.Lines(e.run().out) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
				t.Errorf("%s: %d columns: %q", args, n, line)
			}
		}
	}
}

func TestCheckExitCodes(t *testing.T) {
	for args, want := range map[string]int{
		"check": exitNo, "check --fail-on alert": exitNo, "check --fail-on never": exitOK, "check 22/tcp": exitOK, "check --fail-on never --strict": exitPartial,
		"check --fail-on bad": exitUsage, "check 70000": exitUsage, "check nosuchservice": exitNotFound, "check --policy /nowhere": exitUsage,
	} {
		e := testEnv(strings.Fields(args)...)
		e.Sockets = busyHost
		if got := e.run(); got.code != want {
			t.Errorf("%s: exit code %d, want %d: %s", args, got.code, want, got.errors)
		}
	}
}

func TestCheckPolicy(t *testing.T) {
	e := testEnv("check", "378", "--json", "--policy", "mine.toml")
	e.Sockets = busyHost
	e.ReadFile = func(string) ([]byte, error) {
		return []byte("[[port]]\nnumber = 378\nservice = \"ledger\"\nprograms = [\"ledgerd\"]\n"), nil
	}
	got := e.run()
	if got.code != exitNo || !strings.Contains(got.out, "policy-program") || !strings.Contains(got.out, "mine.toml:1") {
		t.Errorf("%d %s %s", got.code, got.out, got.errors)
	}
	e = testEnv("check", "--policy", "mine.toml")
	e.ReadFile = func(string) ([]byte, error) {
		return []byte("[[port]]\nnumber = 99999\nservice = \"x\"\n"), nil
	}
	if got := e.run(); got.code != exitUsage || !strings.Contains(got.errors, "mine.toml:2: port.number: ") {
		t.Errorf("%d %q", got.code, got.errors)
	}
}
