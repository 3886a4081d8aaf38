package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// csvOf runs a command and returns its rows by the names of their columns.
func csvOf(t *testing.T, args string) []map[string]string {
	t.Helper()
	got := testEnv(append(strings.Fields(args), "--format", "csv")...).run()
	if got.code != exitOK {
		t.Fatalf("%s: %d %s", args, got.code, got.errors)
	}
	all, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// The list of today has every key once, with the status that Lookup gives, and
// on each line the ports of one range in order.
func TestListIsTheRegistry(t *testing.T) {
	var status [4][1 << 16]string
	var names [4][1 << 16][]string
	last := -1
	for _, row := range csvOf(t, "list --transport tcp,udp,sctp,dccp") {
		span, err := portolan.ParseSpan(row["ports"])
		if err != nil || int(span.First) < last || portolan.RangeOf(span.First) != portolan.RangeOf(span.Last) || portolan.RangeOf(span.First).String() != row["range"] {
			t.Fatalf("%v: %v after %d", err, row, last)
		}
		last = int(span.First)
		for _, name := range strings.Fields(row["transports"]) {
			tr, err := portolan.ParseTransport(name)
			if err != nil {
				t.Fatal(err)
			}
			for p := int(span.First); p <= int(span.Last); p++ {
				if s := status[tr][p]; s != "" && s != row["status"] {
					t.Fatalf("%d/%s is %s and %s", p, tr, s, row["status"])
				}
				status[tr][p] = row["status"]
				names[tr][p] = append(names[tr][p], row["service"])
				if k := (portolan.Key{Port: uint16(p), Transport: tr}); strconv.FormatBool(registry.IsGhost(k)) != row["ghost"] {
					t.Fatalf("%s: ghost %s", k, row["ghost"])
				}
			}
		}
	}
	for p := range 1 << 16 {
		for _, tr := range portolan.Transports {
			a := registry.Lookup(portolan.Key{Port: uint16(p), Transport: tr})
			want := []string{}
			for x := range a.Assignments() {
				want = append(want, x.Service())
			}
			if len(want) == 0 {
				want = names[tr][p][:1]
			}
			slices.Sort(want)
			slices.Sort(names[tr][p])
			if status[tr][p] != a.Status().String() || !slices.Equal(names[tr][p], want) {
				t.Fatalf("%d/%s: listed as %s %q, looked up as %s %q", p, tr, status[tr][p], names[tr][p], a.Status(), want)
			}
		}
	}
}

// What --at lists is what At answers, on a day of each kind of edition.
func TestListAt(t *testing.T) {
	for _, day := range []string{"1993", "1994-10", "2006-01-01", "2016", "2021-06-30"} {
		d, err := registry.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		keys := 0
		for _, row := range csvOf(t, "list --status assigned --at "+day) {
			span, _ := portolan.ParseSpan(row["ports"])
			for _, name := range strings.Fields(row["transports"]) {
				tr, _ := portolan.ParseTransport(name)
				a, ok := registry.At(portolan.Key{Port: span.First, Transport: tr}, d)
				found := false
				for x := range a.Assignments() {
					found = found || x.Service() == row["service"] && x.Description() == row["description"]
				}
				if !ok || !found || row["source"] != a.Edition().ID {
					t.Fatalf("%s: %v, At has %s", day, row, a.Edition().ID)
				}
				keys++
			}
		}
		if keys < 500 {
			t.Errorf("%s: %d keys", day, keys)
		}
	}
}

// A year's list holds what is registered in it or first listed within it, and
// nothing else; the rest of what may be of it is counted.
func TestListYear(t *testing.T) {
	for _, row := range csvOf(t, "list --year 2020") {
		switch row["by"] {
		case "registered":
			if !strings.HasPrefix(row["registered"], "2020") {
				t.Errorf("%v", row)
			}
		case "listed":
			if row["registered"] != "" || !strings.HasPrefix(row["first_listed"], "2020") || !strings.HasPrefix(row["not_yet"], "2020") {
				t.Errorf("%v", row)
			}
		default:
			t.Errorf("%v", row)
		}
	}
}

func TestListJSONCounts(t *testing.T) {
	var d struct {
		Lines []struct{ Transports []string }
		Total listTotal
		Shown int
	}
	for args, want := range map[string]listTotal{
		"list 378 --json": {1, 2, 1, 1}, "list 6000-6063 --status assigned --transport tcp --json": {64, 64, 1, 1},
		"list 378 80/tcp --transport tcp --json": {2, 2, 4, 4}, "list 49152-65535 --json": {16384, 65536, 0, 1},
	} {
		got := testEnv(strings.Fields(args)...).run()
		if err := json.Unmarshal([]byte(got.out), &d); err != nil || d.Total != want || d.Shown != len(d.Lines) {
			t.Errorf("%s: %v %+v, want %+v", args, err, d.Total, want)
		}
	}
}

// On a terminal a long list is cut, and says so; into a pipe it is not.
func TestListLimit(t *testing.T) {
	e := testEnv("list", "--no-pager", "--color", "never")
	e.OutTerminal = true
	got := e.run()
	if n := strings.Count(got.out, "\n"); n > screenful+8 || !strings.Contains(got.errors, "50 of ") {
		t.Errorf("%d lines, %q", n, got.errors)
	}
	if got := testEnv("list", "--format", "tsv").run(); strings.Count(got.out, "\n") < 5000 || got.errors != "" {
		t.Errorf("%d lines, %q", strings.Count(got.out, "\n"), got.errors)
	}
	if got := testEnv("list", "--limit", "3", "--format", "ndjson").run(); strings.Count(got.out, "\n") != 3 {
		t.Errorf("%q", got.out)
	}
}

func FuzzListFlags(f *testing.F) {
	for _, s := range []string{"1994", "1994-10", "tcp,udp", "ncp", "assigned,", "user", "\x1b[2J", "999999", "-1", "0000", ",", "nec"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, flag := range []string{"--at", "--year", "--status", "--range", "--transport", "--holder"} {
			got := testEnv("list", "300-400", flag+"="+s).run()
			if !slices.Contains([]int{exitOK, exitNo, exitUsage, exitNotFound}, got.code) {
				t.Errorf("%s=%q: exit code %d, %q", flag, s, got.code, got.errors)
			}
			for _, r := range got.out + got.errors {
				if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
					t.Fatalf("%s=%q lets %U through", flag, s, r)
				}
			}
		}
	})
}

func benchmarkCommand(b *testing.B, args ...string) {
	for b.Loop() {
		e := testEnv(args...)
		e.Stdout = io.Discard
		if got := e.run(); got.code != exitOK {
			b.Fatal(got.errors)
		}
	}
}

// The goals: 300 ms for the whole list, 200 ms for the figures.
func BenchmarkListCSV(b *testing.B)   { benchmarkCommand(b, "list", "--format", "csv") }
func BenchmarkListAtCSV(b *testing.B) { benchmarkCommand(b, "list", "--at", "2020", "--format", "csv") }
func BenchmarkGhosts(b *testing.B)    { benchmarkCommand(b, "ghosts", "--format", "csv") }
func BenchmarkStats(b *testing.B)     { benchmarkCommand(b, "stats") }

// machine makes a root with what a Debian host has.
func machine(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"etc/services":                        "ssh\t\t22/tcp\t\t\t# SSH Remote Login Protocol\nfunny\t378/tcp\tlaugh\t# \x1b[2J\n",
		"usr/share/nmap/nmap-services":        "ssh\t22/tcp\t0.182286\t# Secure Shell Login\nssh\t22/udp\t0.003905\nunknown\t378/tcp\t0.000000\ndsETOS\t378/udp\t0.000001\n",
		"usr/lib/firewalld/services/many.xml": `<service><short>Many</short><port protocol="tcp" port="300-400"/></service>`,
	} {
		path := root + "/" + name
		if err := os.MkdirAll(path[:strings.LastIndexByte(path, '/')], 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Files of this machine are shown and change nothing.
func TestGhostsWhyOnAMachine(t *testing.T) {
	e := testEnv("ghosts", "--why", "378")
	e.Root = machine(t)
	got := e.run()
	flat := strings.Join(strings.Fields(got.out), " ")
	for _, want := range []string{
		fmt.Sprintf("Result: ghost: assigned, and none of the %d witnesses has a line.", len(registry.SourcesSearched())),
		"not part of the data; it changes nothing above",
		`/etc/services: tcp funny, also laugh (\x1b[2J)`,
		"/usr/share/nmap/nmap-services: tcp unknown; measured by Nmap's authors: not seen",
		"/usr/share/nmap/nmap-services: udp dsETOS; measured by Nmap's authors: open on 0.0001 % of hosts",
		"many.xml: tcp many (Many), for 300-400",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q in\n%s", want, got.out)
		}
	}
	e = testEnv("ghosts", "--why", "378", "--json")
	e.Root = machine(t)
	got = e.run()
	var v any
	if err := json.Unmarshal([]byte(got.out), &v); err != nil {
		t.Fatal(err)
	}
	if err := strictSchema(t, "ghosts").Validate(v); err != nil || !strings.Contains(got.out, `"frequency":0}`) || !strings.Contains(got.out, `"ghost":true`) {
		t.Errorf("%v\n%s", err, got.out)
	}
	e = testEnv("ghosts", "--why", "378")
	e.Root = t.TempDir()
	if got := e.run(); !strings.Contains(got.out, "None of the files is here") {
		t.Errorf("%s", got.out)
	}
}

// The figures of stats are those of the commands that it names.
func TestStatsCommandsAgree(t *testing.T) {
	all := csvOf(t, "stats")
	for _, i := range []int{0, 1, len(all) / 2, len(all) - 1} {
		e := all[i]
		one := func(args string) map[string]string { return csvOf(t, "list "+args+" --at "+e["date"]+" --count")[0] }
		for _, tr := range []string{"tcp", "udp", "sctp", "dccp"} {
			if e[tr+"_system"] == "" {
				continue
			}
			if got, want := one("--status assigned --transport " + tr)["keys"], sumOf(t, e, tr+"_system", tr+"_user", tr+"_dynamic"); got != want {
				t.Errorf("%s %s: %s, list counts %s", e["date"], tr, want, got)
			}
		}
		if got := one("--status assigned --range system")["ports"]; got != e["ports_system"] {
			t.Errorf("%s: %s system ports, list counts %s", e["date"], e["ports_system"], got)
		}
		if got := one("--status assigned")["names"]; got != e["names"] {
			t.Errorf("%s: %s names, list counts %s", e["date"], e["names"], got)
		}
		if got := one("--status reserved")["keys"]; got != e["reserved_keys"] {
			t.Errorf("%s: %s reserved keys, list counts %s", e["date"], e["reserved_keys"], got)
		}
	}
}

func sumOf(t *testing.T, row map[string]string, names ...string) string {
	t.Helper()
	sum := 0
	for _, name := range names {
		n, err := strconv.Atoi(row[name])
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return strconv.Itoa(sum)
}
