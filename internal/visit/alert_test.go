package visit

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDefaultRules(t *testing.T) {
	r, err := ParseRules("alerts.toml", []byte(DefaultText()))
	if err != nil || len(r.Rules) != 3 || r.Most != 20 || len(DefaultRules().Rules) != 3 {
		t.Fatalf("%+v %v", r, err)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats", "alerts.md"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(DefaultText()) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !strings.Contains(string(text), line) {
			t.Errorf("docs/formats/alerts.md lacks %q", line)
		}
	}
}

func own(id string, f func(v *Visit)) Visit {
	v := Visit{ID: id, Source: netip.MustParseAddr("192.168.1.9"), Origin: FromOwn, Kind: Single, Verdict: Lateral, Severity: Warning, State: Ended}
	if f != nil {
		f(&v)
	}
	return v
}

func TestAlertsAreSaidOnce(t *testing.T) {
	type step struct {
		at    time.Duration
		visit Visit
		want  string // the rule; "" for none
	}
	outside := func(v *Visit) {
		v.Origin, v.Verdict, v.Severity, v.Source = FromOutside, Noise, Notice, netip.MustParseAddr("203.0.113.9")
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"a visit that grows", []step{{0, own("a", nil), "own-network"}, {time.Second, own("a", nil), ""}, {3 * time.Hour, own("a", nil), ""}}},
		{"a visit that becomes worse", []step{{0, own("a", nil), "own-network"}, {time.Second, own("a", func(v *Visit) { v.Severity = Urgent }), "own-network"}, {2 * time.Second, own("a", func(v *Visit) { v.Severity = Urgent }), ""}}},
		{"another visit soon", []step{{0, own("a", nil), "own-network"}, {time.Minute, own("b", nil), ""}}},
		{"another visit later", []step{{0, own("a", nil), "own-network"}, {61 * time.Minute, own("b", nil), "own-network"}}},
		{"another source", []step{{0, own("a", nil), "own-network"}, {0, own("b", func(v *Visit) { v.Source = netip.MustParseAddr("192.168.1.10") }), "own-network"}}},
		{"noise", []step{{0, own("a", outside), ""}}},
		{"somebody speaks", []step{{0, own("a", func(v *Visit) { outside(v); v.Verdict, v.Severity = Spoken, Warning }), "spoken"}}},
		{"this host", []step{{0, own("a", func(v *Visit) { v.Origin, v.Verdict = FromHost, Inside }), "local"}}},
	} {
		a := NewAlerts(DefaultRules())
		now := dawn
		for i, s := range c.steps {
			for now.Before(dawn.Add(s.at)) { // as a Book is ticked
				now = now.Add(30 * time.Second)
				a.clock.at(now)
			}
			alert, ok := a.Consider(s.visit, dawn.Add(s.at))
			if ok != (s.want != "") || alert.Rule != s.want {
				t.Errorf("%s, step %d: %q", c.name, i, alert.Rule)
			}
		}
	}
}

// A scan of a /24 is one visit, and one alert, although it grows for minutes.
func TestAScanIsOneAlert(t *testing.T) {
	alerts, at := 0, dawn
	a := NewAlerts(DefaultRules())
	b := NewBook(Options{Emit: func(v Visit) {
		if _, ok := a.Consider(v, at); ok {
			alerts++
		}
	}})
	for i := range 256 {
		for n := range 20 {
			at = at.Add(10 * time.Millisecond)
			p := syn("192.168.7.7:40000", ghost, uint32(i*100+n))
			p.Dest = netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), uint16(n))
			b.Knock(Knock{At: at, Packet: p})
			b.Tick(at)
			alerts += len(a.Tick(at))
		}
	}
	b.Close()
	if alerts += len(a.Tick(at.Add(time.Minute))); alerts != 1 {
		t.Errorf("%d alerts", alerts)
	}
}

// A knock that stays one is said a few seconds later, once.
func TestAlertsWait(t *testing.T) {
	open := func(v *Visit) { v.State = Open }
	a := NewAlerts(DefaultRules())
	if _, ok := a.Consider(own("a", open), dawn); ok || len(a.Tick(dawn.Add(settles-1))) != 0 {
		t.Error("it does not wait")
	}
	if _, ok := a.Consider(own("a", open), dawn.Add(settles-1)); ok || len(a.waiting) != 1 {
		t.Error("it waits twice")
	}
	if all := a.Tick(dawn.Add(settles)); len(all) != 1 || all[0].Rule != "own-network" || len(a.Tick(dawn.Add(2*settles))) != 0 {
		t.Errorf("%+v", all)
	}
	// What ends is said at once, what becomes urgent too.
	b := NewAlerts(DefaultRules())
	b.Consider(own("b", open), dawn)
	if _, ok := b.Consider(own("b", nil), dawn.Add(time.Second)); !ok || len(b.waiting) != 0 {
		t.Error("what ended waits on")
	}
	b.Consider(own("c", func(v *Visit) { open(v); v.Source = netip.MustParseAddr("10.1.1.1") }), dawn)
	if alert, ok := b.Consider(own("c", func(v *Visit) { open(v); v.Source, v.Severity = netip.MustParseAddr("10.1.1.1"), Urgent }), dawn); !ok || alert.Visit.Severity != Urgent || len(b.Tick(dawn.Add(time.Minute))) != 0 {
		t.Error("what is urgent waits")
	}
	c := NewAlerts(DefaultRules())
	for i := range 1000 {
		c.Consider(own(fmt.Sprint(i), func(v *Visit) { open(v); v.Source = netip.AddrFrom4([4]byte{10, 2, byte(i >> 8), byte(i)}) }), dawn)
	}
	if len(c.waiting) != mostWaiting {
		t.Errorf("%d wait", len(c.waiting))
	}
}

func TestRates(t *testing.T) {
	a := NewAlerts(DefaultRules())
	raised := 0
	visit := func(i int) Visit {
		return own(fmt.Sprint(i), func(v *Visit) { v.Source = netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}) })
	}
	for i := range 1000 {
		if _, ok := a.Consider(visit(i), dawn.Add(time.Duration(i)*time.Millisecond)); ok {
			raised++
		}
	}
	if raised != 20 || a.Withheld() != 980 {
		t.Errorf("%d raised, %d not", raised, a.Withheld())
	}
	// Another rule has a budget of its own.
	if alert, ok := a.Consider(own("x", func(v *Visit) { v.Origin = FromHost }), dawn.Add(time.Second)); !ok || alert.Withheld != 0 {
		t.Error("one rule uses up another's")
	}
	for i := range 61 {
		a.clock.at(dawn.Add(time.Duration(i) * time.Minute))
	}
	if alert, ok := a.Consider(visit(2000), dawn.Add(61*time.Minute)); !ok || alert.Withheld != 980 {
		t.Errorf("%+v", alert)
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	a := NewAlerts(DefaultRules())
	for i := range 3 * mostRaised {
		a.Consider(own(fmt.Sprint(i), func(v *Visit) { v.Source = netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }), dawn.Add(time.Duration(i)*time.Second))
	}
	if len(a.raised) > mostRaised {
		t.Errorf("%d", len(a.raised))
	}
}

func TestNetworksAsOneSource(t *testing.T) {
	r, err := ParseRules("x", []byte("[[alert]]\nname = \"n\"\nby = \"network\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	a := NewAlerts(r)
	raised := 0
	for i := range 256 {
		v := own(fmt.Sprint(i), func(v *Visit) { v.Source = netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}) })
		if _, ok := a.Consider(v, dawn); ok {
			raised++
		}
	}
	if raised != 1 {
		t.Errorf("%d", raised)
	}
}

func TestConditions(t *testing.T) {
	l := newLog(Options{})
	l.Words(Words{At: dawn, Source: addrPort(stranger), Dest: addrPort(ghost), Bytes: []byte("SSH-2.0-OpenSSH_9.2p1\r\n")})
	v := l.only(t)
	for rule, want := range map[string]bool{
		``: true, `origin = ["outside"]`: true, `origin = ["own", "local"]`: false, `kind = ["knock"]`: true, `kind = ["scan"]`: false,
		`verdict = ["spoken"]`: true, `verdict = ["noise"]`: false, `severity = "warning"`: true, `severity = "alert"`: false,
		`protocol = ["ssh", "http"]`: true, `protocol = ["*"]`: true, `protocol = ["http"]`: false, `connected = true`: true,
		`ports = ["300-400"]`: true, `ports = ["1", "379"]`: false, `transport = ["tcp"]`: true, `transport = ["udp"]`: false,
		`ports = ["378"]` + "\n" + `transport = ["udp"]`: false,
	} {
		r, err := ParseRules("x", []byte("[[alert]]\nname = \"n\"\n"+rule+"\n"))
		if err != nil {
			t.Fatal(rule, err)
		}
		if _, ok := NewAlerts(r).Consider(v, dawn); ok != want {
			t.Errorf("%s: %v", rule, ok)
		}
	}
}

func TestRuleFaults(t *testing.T) {
	for text, want := range map[string]string{
		"[[alert]]\n":                                        "alert 1, name",
		"[[alert]]\nname = \"a\"\nkinds = []\n":              "x.toml:3: alert.kinds",
		"[[alert]]\nname = \"a\"\nkind = [\"s\"]\n":          "alert 1, kind",
		"[[alert]]\nname = \"a\"\norigin = [\"s\"]\n":        "alert 1, origin",
		"[[alert]]\nname = \"a\"\nseverity = \"bad\"\n":      "alert 1, severity",
		"[[alert]]\nname = \"a\"\nports = [\"70000\"]\n":     "alert 1, ports",
		"[[alert]]\nname = \"a\"\ntransport = [\"x\"]\n":     "alert 1, transport",
		"[[alert]]\nname = \"a\"\nevery = \"1x\"\n":          "alert 1, every",
		"[[alert]]\nname = \"a\"\nby = \"me\"\n":             "alert 1, by",
		"[[alert]]\nname = \"a\"\n[[alert]]\nname = \"a\"\n": "alert 2, name",
		"most = -1\n":                    "most, per",
		"per = \"1ns\"\n":                "most, per",
		"[[alert]\n":                     "x.toml:1",
		"[[alert]]\nname = 5\n":          "x.toml:2",
		strings.Repeat("#", 1<<20) + "#": "more than rules may have",
	} {
		_, err := ParseRules("x.toml", []byte(text))
		var fault *RuleError
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, not %s", text, err, want)
		}
	}
}

// A clock that is set back or forward raises nothing twice, and keeps nothing
// from being raised.
func TestAlertsAndClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-1000 * time.Hour, 1000 * time.Hour} {
		a := NewAlerts(DefaultRules())
		_, first := a.Consider(own("a", nil), dawn)
		_, second := a.Consider(own("b", nil), dawn.Add(jump))
		_, third := a.Consider(own("c", func(v *Visit) { v.Source = netip.MustParseAddr("192.168.1.77") }), dawn.Add(jump))
		if !first || second || !third {
			t.Errorf("%s: %v %v %v", jump, first, second, third)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add([]byte(DefaultText()))
	f.Add([]byte("[[alert]]\nname = \"a\"\nports = [\"1-5\"]\nevery = \"2h\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRules("x", b)
		if err != nil {
			return
		}
		NewAlerts(r).Consider(own("a", nil), dawn)
	})
}
