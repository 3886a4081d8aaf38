package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/netlab"
	"github.com/portolan/portolan/sockets"
)

// hosts is a world in which addresses lead to peers of ours: what a command
// dials as 192.0.2.1:22 is the loopback port that stands for it.
type hosts struct {
	mu     sync.Mutex // guards dialled
	at     map[string]netip.AddrPort
	dialed map[string]int
}

func (h *hosts) dial(ctx context.Context, network, address string) (net.Conn, error) {
	h.mu.Lock()
	h.dialed[network+" "+address]++
	to, ok := h.at[network+" "+address]
	h.mu.Unlock()
	if !ok {
		// Nobody listens on port 1 of the loopback.
		to = netip.MustParseAddrPort("127.0.0.1:1")
	}
	return new(net.Dialer).DialContext(ctx, network, to.String())
}

// probeEnv is a world where 10.9.8.1 has an SSH server on 378 and on 22, and a
// server that says terminal escapes on 80.
func probeEnv(t *testing.T, args ...string) (*env, *hosts) {
	ssh := netlab.Peer(t, "SSH-2.0-OpenSSH_9.2p1\r\n")
	h := &hosts{dialed: map[string]int{}, at: map[string]netip.AddrPort{
		"tcp 10.9.8.1:378": ssh, "tcp 10.9.8.1:22": ssh, "tcp 10.9.8.1:80": netlab.Hostile(t, "escapes"),
		"tcp 192.0.2.1:22": ssh,
	}}
	e := testEnv(append([]string{"probe"}, args...)...)
	e.Dial = h.dial
	e.Addresses = func() []netip.Addr { return nil }
	e.Resolve = func(_ context.Context, host string) ([]netip.Addr, error) {
		if host != "lab" {
			return nil, fmt.Errorf("no such host")
		}
		return []netip.Addr{netip.MustParseAddr("10.9.8.1")}, nil
	}
	e.Create = createFile
	return e, h
}

func TestProbe(t *testing.T) {
	e, _ := probeEnv(t, "10.9.8.1:22,23,378,80", "--rate", "0")
	got := e.run()
	if got.code != exitNo {
		t.Errorf("exit code %d, %s", got.code, got.errors)
	}
	for _, want := range []string{"ssh", "OpenSSH 9.2p1", "as-assigned", "ghost-squatter", "not recognised", "4 ports asked: 3 open, 2 named, 1 closed"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("it does not say %q:\n%s", want, got.out)
		}
	}
	noTerminalOrders(t, "probe", got.out+got.errors)
}

func TestProbeJSON(t *testing.T) {
	e, _ := probeEnv(t, "lab:22,23,378,80", "--json", "--all", "--rate", "0", "--fail-on", "never")
	got := e.run()
	var v any
	if err := json.Unmarshal([]byte(got.out), &v); err != nil {
		t.Fatal(err, got.errors)
	}
	if err := strictSchema(t, "probe").Validate(v); err != nil {
		t.Error(err)
	}
	var d probeDocument
	if err := json.Unmarshal([]byte(got.out), &d); err != nil {
		t.Fatal(err)
	}
	if d.Summary.Open != 3 || d.Summary.Closed != 1 || len(d.Results) != 4 || deref(d.Results[0].Name) != "lab" {
		t.Errorf("got %+v", d.Summary)
	}
	if e := d.Results[3].Evidence; e == nil || string(e.Received) != "SSH-2.0-OpenSSH_9.2p1\r\n" || e.To != 21 {
		t.Errorf("the evidence is %+v", e)
	}
	noTerminalOrders(t, "probe --json", got.out+got.errors)
}

func TestProbeStreams(t *testing.T) {
	e, _ := probeEnv(t, "10.9.8.1:22,378", "--format", "ndjson", "--rate", "0", "--fail-on", "never")
	got := e.run()
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s%s", len(lines), got.out, got.errors)
	}
	for _, l := range lines {
		var one struct {
			Schema   string `json:"schema"`
			Protocol string `json:"protocol"`
		}
		if err := json.Unmarshal([]byte(l), &one); err != nil || one.Schema != probeSchema || one.Protocol != "ssh" {
			t.Errorf("%s: %v", l, err)
		}
	}
}

// What the user did not name, or excluded, is not touched.
func TestProbeTouchesOnlyWhatItMay(t *testing.T) {
	e, h := probeEnv(t, "10.9.8.0/29:22", "--exclude", "10.9.8.2", "--exclude-file", "/never", "--rate", "0")
	e.ReadFile = func(name string) ([]byte, error) {
		switch name {
		case "/never":
			return []byte("10.9.8.4-6 # printers\n"), nil
		case "/etc/portolan/exclude":
			return []byte("10.9.8.0/31\n"), nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if got := e.run(); got.code != exitOK {
		t.Errorf("exit code %d: %s", got.code, got.errors)
	}
	var asked []string
	for at := range h.dialed {
		asked = append(asked, at)
	}
	slices.Sort(asked)
	if want := []string{"tcp 10.9.8.3:22", "tcp 10.9.8.7:22"}; !slices.Equal(asked, want) {
		t.Errorf("asked %v, want %v", asked, want)
	}
}

func TestProbeRefuses(t *testing.T) {
	for _, c := range []struct {
		args, says string
		code       int
	}{
		{"192.0.2.1:22", "is a public address", exitUsage},
		{"10.0.0.0/19:22", "more than a /20", exitUsage},
		{"10.9.8.1:70000", "70000", exitUsage},
		{"10.9.8.1:", "a host, then a colon and ports", exitUsage},
		{"[::1", "brackets hold", exitUsage},
		{"nowhere:22", "no address found", exitNotFound},
		{"10.9.8.1:22,,23", "an empty port", exitUsage},
		{"10.9.8.1/33", "is no address", exitUsage},
		{"10.9.8.1 --exclude x", "--exclude", exitUsage},
		{"10.9.8.1 --exclude-file /no", "read the exclusions", exitFailure},
		{"10.9.8.1 --contact a<b", "--contact", exitUsage},
		{"10.9.8.1 --parallel 0", "out of bounds", exitUsage},
		{"10.9.8.1:22/sctp", "only tcp and udp", exitUsage},
		{"", "needs a target", exitUsage},
	} {
		e, h := probeEnv(t, strings.Fields(c.args)...)
		got := e.run()
		if got.code != c.code || !strings.Contains(got.errors, c.says) || len(h.dialed) > 0 {
			t.Errorf("probe %s: exit code %d, %q, %d dialled", c.args, got.code, got.errors, len(h.dialed))
		}
	}
	e, h := probeEnv(t, "192.0.2.1:22", "--yes-i-am-authorised", "--rate", "0")
	if got := e.run(); got.code != exitOK || len(h.dialed) == 0 {
		t.Errorf("with the word for it: exit code %d, %s", got.code, got.errors)
	}
}

// An interrupted run goes on: nothing is lost, nothing is asked again.
func TestProbeResumes(t *testing.T) {
	state := filepath.Join(t.TempDir(), "run")
	args := []string{"10.9.8.1:22,23,80,378", "--resume", state, "--rate", "0", "--json", "--parallel", "1", "--fail-on", "never"}
	e, _ := probeEnv(t, args...)
	e.ReadFile = os.ReadFile
	ctx, cancel := context.WithCancel(context.Background())
	dial := e.Dial
	var done []string // in their order, which is not that of their numbers
	e.Dial = func(c context.Context, network, address string) (net.Conn, error) {
		if !slices.Contains(done, address) {
			done = append(done, address)
		}
		if len(done) == 3 {
			cancel()
		}
		return dial(c, network, address)
	}
	var out bytes.Buffer
	e.Stdout, e.Stderr = &out, io.Discard
	if code := run(ctx, e); code != exitInterrupted {
		t.Errorf("exit code %d of an interrupted run", code)
	}
	again, h2 := probeEnv(t, args...)
	again.ReadFile = os.ReadFile
	got := again.run()
	var d probeDocument
	if err := json.Unmarshal([]byte(got.out), &d); err != nil {
		t.Fatal(err, got.errors)
	}
	if d.Summary.Asked != 4 || d.Summary.Open != 3 || d.Summary.Closed != 1 || len(d.Results) != 3 {
		t.Errorf("the whole run has %+v", d.Summary)
	}
	if h2.dialed["tcp "+done[0]] != 0 || h2.dialed["tcp "+done[1]] != 0 || h2.dialed["tcp "+done[2]] == 0 || len(h2.dialed) != 2 {
		t.Errorf("dialled first %v, then %v", done, h2.dialed)
	}
	other, _ := probeEnv(t, "10.9.8.1:22", "--resume", state)
	other.ReadFile = os.ReadFile
	if got := other.run(); got.code != exitUsage || !strings.Contains(got.errors, "the state of another run") {
		t.Errorf("another run's state: %d %s", got.code, got.errors)
	}
}

func TestTopPorts(t *testing.T) {
	top := topPorts(portolan.TCP, 100)
	if len(top) != 100 {
		t.Fatalf("%d ports", len(top))
	}
	for _, p := range []uint16{22, 25, 53, 80, 110, 143, 443, 445, 3306, 5432} {
		if !slices.Contains(top, portolan.Key{Port: p}) {
			t.Errorf("%d is not among them: %s", p, keysWords(top))
		}
	}
}

func FuzzParseTargets(f *testing.F) {
	for _, s := range []string{"10.0.0.1", "10.0.0.0/24", "10.0.0.1-9", "2001:db8::1-ff", "[::1]:22", "host:ssh", "10.0.0.9-1", "::ffff:10.0.0.1", "fe80::1%eth0", "22,80,8000-8100", "0/0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if first, last, ok := parseAddresses(s); ok && (last.Less(first) || first.BitLen() != last.BitLen()) {
			t.Errorf("%q: %s to %s", s, first, last)
		}
		if host, _, err := splitTarget(s); err == nil && host == "" && s != "" && s != "[]" {
			t.Errorf("%q has no host", s)
		}
		if all, err := readExclusions("x", []byte(s)); err == nil {
			for _, x := range all {
				if !x.contains(x.first) || !x.contains(x.last) {
					t.Errorf("%q: %v does not contain its own ends", s, x)
				}
			}
		}
		if len(s) > 20 {
			return
		}
		a := &app{env: testEnv()}
		a.root = a.rootCommand()
		if keys, err := a.parsePorts(s, false); err == nil && (len(keys) == 0 || slices.ContainsFunc(keys, func(k portolan.Key) bool { return k.Port == 0 })) {
			t.Errorf("%q gives %d ports", s, len(keys))
		}
	})
}

// A listener that is asked is known by what it says, not by its program.
func TestCheckProbe(t *testing.T) {
	at := netlab.Peer(t, "SSH-2.0-OpenSSH_9.2p1\r\n")
	e := testEnv("check", "--probe", "--all", "--json", "--fail-on", "never")
	e.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != "127.0.0.1:22" {
			return nil, fmt.Errorf("dialled %s", address)
		}
		return new(net.Dialer).DialContext(ctx, network, at.String())
	}
	e.Sockets = func(context.Context, sockets.Options) (*sockets.Table, error) {
		own := &sockets.Namespace{Own: true}
		python := &sockets.Process{PID: 7, Program: "python3", Exe: "/usr/bin/python3", Cmdline: []string{"python3", "x.py"}}
		return &sockets.Table{Visibility: sockets.Visibility{Full: true}, Sockets: []sockets.Socket{
			{Kind: sockets.KindTCP, State: sockets.Listen, Local: netip.MustParseAddrPort("0.0.0.0:22"), Namespace: own, Owners: []*sockets.Process{python}},
			{Kind: sockets.KindTCP, State: sockets.Listen, Local: netip.MustParseAddrPort("10.0.0.1:5000"), Namespace: &sockets.Namespace{Name: "blue"}},
		}}, nil
	}
	got := e.run()
	var v any
	if err := json.Unmarshal([]byte(got.out), &v); err != nil {
		t.Fatal(err, got.errors)
	}
	if err := strictSchema(t, "check").Validate(v); err != nil {
		t.Error(err)
	}
	var r review
	if err := json.Unmarshal([]byte(got.out), &r); err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Observations {
		if o.Port == 22 && o.Verdict != judge.AsAssigned {
			t.Errorf("22 is %s", o.Verdict)
		}
	}
}

// Many ports are swept first: only those that are open are asked, all are counted.
func TestProbeSweepsManyPorts(t *testing.T) {
	e, h := probeEnv(t, "10.9.8.1:1-500", "10.9.8.1:300-378", "--json", "--rate", "0", "--fail-on", "never")
	got := e.run()
	var d probeDocument
	if err := json.Unmarshal([]byte(got.out), &d); err != nil {
		t.Fatal(err, got.errors)
	}
	if d.Summary.Asked != 500 || d.Summary.Open != 3 || d.Summary.Closed != 497 || len(d.Results) != 3 {
		t.Errorf("got %+v, %d results", d.Summary, len(d.Results))
	}
	for at, n := range h.dialed {
		if port := at[strings.LastIndexByte(at, ':')+1:]; n != 1 && !slices.Contains([]string{"22", "80", "378"}, port) {
			t.Errorf("%s was dialled %d times", at, n)
		}
	}
}

func TestProbeOnlySweeps(t *testing.T) {
	e, h := probeEnv(t, "10.9.8.1:22,23,378", "--no-ask", "--all", "--json", "--rate", "0", "--fail-on", "never")
	got := e.run()
	var d probeDocument
	if err := json.Unmarshal([]byte(got.out), &d); err != nil {
		t.Fatal(err, got.errors)
	}
	// These peers are on this very host, where an open port is connected to twice.
	if d.Summary.Asked != 3 || d.Summary.Open != 2 || d.Summary.Named != 0 || h.dialed["tcp 10.9.8.1:378"] != 2 || h.dialed["tcp 10.9.8.1:23"] != 1 {
		t.Errorf("got %+v, dialled %v", d.Summary, h.dialed)
	}
}

// What a SYN sweep can't do is said, with what can.
func TestProbeSYNOfLoopback(t *testing.T) {
	e := testEnv("probe", "127.0.0.1:1-3", "--syn")
	e.Addresses = func() []netip.Addr { return nil }
	got := e.run()
	if got.code != exitFailure || !strings.Contains(got.errors, "SYN") || !strings.Contains(got.errors, "leave --syn out") {
		t.Errorf("%d %q", got.code, got.errors)
	}
}
