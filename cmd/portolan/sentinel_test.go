package main

import (
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/internal/sink"
	"github.com/portolan/portolan/internal/store"
	"github.com/portolan/portolan/internal/store/sqlite"
	"github.com/portolan/portolan/internal/trap"
	"github.com/portolan/portolan/internal/visit"
	"github.com/portolan/portolan/registry"
)

func sentinelApp() *app {
	e := testEnv()
	e.Addresses = func() []netip.Addr { return nil }
	e.Networks = func() []netip.Prefix { return nil }
	return &app{env: e}
}

func defaultSentinel() sentinelFlags {
	return sentinelFlags{mode: "auto", hear: 5 * time.Second, most: 4096, connections: 1, perSource: 1, perPort: 1, memory: 1, maxSize: 1, keep: time.Hour}
}

func TestSentinelPorts(t *testing.T) {
	for _, c := range []struct {
		only, except string
		has, lacks   string
	}{
		{"", "22", "23/tcp 22/sctp", "22/tcp 22/udp"},
		{"", "53/udp", "53/tcp", "53/udp"},
		{"ghosts", "", "378/tcp 378/udp", "22/tcp 443/tcp"},
		{"ghosts", "378", "377/tcp", "378/tcp 378/udp"},
		{"system", "", "1023/tcp 0/udp", "1024/tcp 1024/udp"},
		{"80-82,ssh", "81", "80/tcp 82/udp 22/tcp", "81/tcp 83/tcp"},
	} {
		f := defaultSentinel()
		f.only, f.except = c.only, c.except
		o, err := sentinelApp().trapOptions(f)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		sets := map[string]*trap.PortSet{"tcp": o.TCP, "udp": o.UDP}
		check := func(list string, want bool) {
			for _, text := range strings.Fields(list) {
				k, err := portolan.ParseKey(text)
				if err != nil {
					t.Fatal(err)
				}
				if set, ok := sets[k.Transport.String()]; ok && set.Has(k.Port) != want {
					t.Errorf("only %q except %q: %s is %v", c.only, c.except, text, !want)
				}
			}
		}
		check(c.has, true)
		check(c.lacks, false)
	}
	if o, err := sentinelApp().trapOptions(defaultSentinel()); err != nil || o.TCP != nil || o.UDP != nil || !o.Answer {
		t.Errorf("%+v %v", o, err)
	}
}

func TestSentinelRefuses(t *testing.T) {
	for _, args := range []string{
		"--mode magic", "--mode listeners", "--ports 378", "--hear 6s", "--hear 0s", "--most 0", "--memory 0", "--except 70000",
		"--ignore here", "--ignore 192.0.2.1:", "--ignore 192.0.2.1:70000", "--own 10.0.0.0", "--format csv", "--ecs", "--webhook ftp://h/", "--webhook-secret x", "--spool x",
		"--webhook http://user:password@h/", "--syslog nowhere", "more",
	} {
		e := testEnv(append([]string{"sentinel"}, strings.Fields(args)...)...)
		e.Addresses, e.Networks = func() []netip.Addr { return nil }, func() []netip.Prefix { return nil }
		got := e.run()
		if got.code != exitUsage || strings.Contains(got.errors, "user:password") {
			t.Errorf("%s: exit code %d, %q", args, got.code, got.errors)
		}
	}
}

func TestParseIgnore(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32 0", "192.0.2.7:22": "192.0.2.7/32 22", "192.0.2.9/24": "192.0.2.0/24 0", "10.0.0.0/8:53": "10.0.0.0/8 53",
		"2001:db8::1": "2001:db8::1/128 0", "[2001:db8::1]:22": "2001:db8::1/128 22", "[2001:db8::/32]:22": "2001:db8::/32 22", "::ffff:192.0.2.1": "192.0.2.1/32 0",
	} {
		i, err := parseIgnore(text)
		if got := i.Source.String() + " " + itoa(i.Port); err != nil || got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}

func itoa(n uint16) string { b, _ := json.Marshal(n); return string(b) }

func FuzzParseIgnore(f *testing.F) {
	for _, s := range []string{"192.0.2.7:22", "[2001:db8::/32]:22", "[", "]:", "::", "1.2.3.4:0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if i, err := parseIgnore(text); err == nil && (!i.Source.IsValid() || i.Source != i.Source.Masked()) {
			t.Errorf("%q is %v", text, i)
		}
	})
}

// visitsFile is a store with two visits, one of them hostile in what it says.
func visitsFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "visits.db")
	db, err := sqlite.Open(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	book := visit.NewBook(visit.Options{Registry: registered, Emit: func(v visit.Visit) {
		b, err := v.JSON(registry.Version())
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Put(context.Background(), []store.Visit{record(v, b)}); err != nil {
			t.Fatal(err)
		}
	}})
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for i, said := range []string{"GET / HTTP/1.0\r\nAuthorization: Basic c2VjcmV0\r\n\r\n", "\x1b]0;owned\x07\u202e\xff evil\r\n"} {
		book.Words(visit.Words{At: at.Add(time.Duration(i) * time.Hour), Source: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + i)}), 40000),
			Dest: netip.MustParseAddrPort("192.0.2.100:378"), Bytes: []byte(said)})
	}
	book.Close()
	return name
}

func TestVisits(t *testing.T) {
	name := visitsFile(t)
	got := testEnv("visits", "--store", name, "--payloads").run()
	if got.code != exitOK || !strings.Contains(got.out, "192.0.2.1") || !strings.Contains(got.out, "Basic ***") || strings.Contains(got.out, "c2VjcmV0") {
		t.Errorf("%d %s %s", got.code, got.out, got.errors)
	}
	noTerminalOrders(t, "visits", got.out)
	for args, want := range map[string]int{"--source 192.0.2.2": 1, "--port 378": 2, "--port 378/udp": 0, "--kind knock": 2, "--since 2026-11-23T09:30:00Z": 1, "--until 2026-11-23": 0, "--limit 1": 1} {
		e := testEnv(append([]string{"visits", "--store", name, "--json"}, strings.Fields(args)...)...)
		got := e.run()
		var list struct{ Visits []json.RawMessage }
		if err := json.Unmarshal([]byte(got.out), &list); err != nil || len(list.Visits) != want || (got.code == exitOK) != (want > 0) {
			t.Errorf("%s: %d of %d, exit code %d, %v %s", args, len(list.Visits), want, got.code, err, got.errors)
		}
	}
	for args, code := range map[string]int{"--store " + name + "x": exitNotFound, "--store " + name + " --kind x": exitUsage, "--store " + name + " --since x": exitUsage, "--store " + name + " --source x": exitUsage,
		"--store " + name + " --port 1-5": exitUsage, "": exitUsage, "--store /dev/null": exitFailure} {
		if got := testEnv(append([]string{"visits"}, strings.Fields(args)...)...).run(); got.code != code {
			t.Errorf("%s: exit code %d, %q", args, got.code, got.errors)
		}
	}
}

// What is printed as JSON is as the schemas say, to the last field.
func TestVisitsMatchTheirSchemas(t *testing.T) {
	got := testEnv("visits", "--store", visitsFile(t), "--json").run()
	var v any
	if err := json.Unmarshal([]byte(got.out), &v); err != nil {
		t.Fatal(err)
	}
	if err := strictSchema(t, "visits").Validate(v); err != nil {
		t.Error(err)
	}
	noTerminalOrders(t, "visits --json", got.out)
}

// An alert is handed out as its schema says, once for a visit, with passwords
// masked and without the bytes.
func TestAlertsMatchTheirSchema(t *testing.T) {
	rules, err := sentinelApp().alertRules("")
	if err != nil {
		t.Fatal(err)
	}
	var got []sink.Message
	w := &watching{app: sentinelApp(), format: report.FormatNDJSON, alerts: visit.NewAlerts(rules)}
	w.env.Now = func() time.Time { return time.Date(2026, 11, 23, 9, 0, 5, 0, time.UTC) }
	w.out = &latch{w: io.Discard}
	w.outs = []outlet{{name: "test", add: func(m sink.Message) { got = append(got, m) }}}
	book := visit.NewBook(visit.Options{Registry: registered, Emit: w.take})
	book.Words(visit.Words{At: w.env.Now(), Source: netip.MustParseAddrPort("10.0.0.9:40000"), Dest: netip.MustParseAddrPort("10.0.0.1:378"),
		Bytes: []byte("GET / HTTP/1.0\r\nAuthorization: Basic c2VjcmV0\r\n\r\n")})
	book.Close()
	w.tick(w.env.Now().Add(time.Minute))
	if len(got) != 1 || got[0].Severity != sink.Alert || got[0].ID == "" {
		t.Fatalf("%d alerts: %+v", len(got), got)
	}
	var v any
	if err := json.Unmarshal(got[0].Document, &v); err != nil {
		t.Fatal(err)
	}
	if err := strictSchema(t, "alert").Validate(v); err != nil {
		t.Error(err)
	}
	if text := string(got[0].Document); strings.Contains(text, "c2VjcmV0") || !strings.Contains(text, "Basic ***") {
		t.Errorf("%s", text)
	}
}
