//go:build linux

package probe

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/probe"
	"github.com/portolan/portolan/internal/protocol"
	"github.com/portolan/portolan/peers/servers"
)

// atHome are endpoints that only a port of their own is asked for, and why.
var atHome = map[string]string{
	"openvpn-tcp": "its question is one too many for ports that are not its own",
}

// busy are endpoints that serve one client and are not ready for a second at once.
var busy = map[string]bool{"iperf3": true, "openvpn-tcp": true}

// unsaid are versions that the package has and the probe is not told, and why.
var unsaid = map[string]string{
	"node-exporter": "its version stands behind 4 KiB of figures",
}

// atOnce is how many servers are started, and how many ports asked, at the same time.
const atOnce = 4

// TestRealServers asks every server and every control.
func TestRealServers(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	running, errs := servers.StartAll(ctx, servers.All, atOnce)
	t.Cleanup(func() {
		for _, r := range running {
			if err := r.Stop(); err != nil {
				t.Error(err)
			}
		}
	})
	for _, err := range errs {
		t.Run("not started", func(t *testing.T) { t.Skip(err) })
	}
	var wg sync.WaitGroup
	var mu sync.Mutex // guards asked and named
	asked, named := 0, 0
	slots := make(chan bool, 16)
	start := time.Now()
	for _, r := range running {
		for _, u := range r.Up {
			wg.Go(func() {
				slots <- true
				defer func() { <-slots }()
				x := ask(ctx, u)
				mu.Lock()
				defer mu.Unlock()
				if asked++; x.Conduct == probe.Spoke {
					named++
				}
				for _, wrong := range differences(u, x) {
					t.Errorf("%s (package %s): %s", u.Name, r.Version, wrong)
				}
				t.Logf("%-14s %s: %s, %d connections, %v", u.Name, r.Version, words(x), x.Connections, x.Took.Round(time.Millisecond))
			})
		}
	}
	wg.Wait()
	t.Logf("%d ports of %d servers asked in %v: %d named", asked, len(running), time.Since(start).Round(time.Millisecond), named)
	for _, r := range running {
		noLogin(t, r)
	}
}

func ask(ctx context.Context, u servers.Up) probe.Report {
	t := probe.Target{Addr: u.Addr}
	if u.Transport == "udp" {
		t.Transport = portolan.UDP
	}
	if _, ok := atHome[u.Name]; ok {
		p, _ := protocol.Named(u.Protocol)
		t.Services = p.Services
	}
	// Three times the usual patience: the machine is busy with the servers themselves.
	p := probe.Prober{Agent: "portolan", Patience: 3 * probe.Patience}
	return p.Ask(ctx, t)
}

// differences is what a report has that the server has not.
func differences(u servers.Up, x probe.Report) (all []string) {
	if x.State != probe.Open && (u.Protocol != "" || u.Transport != "udp") {
		return []string{fmt.Sprintf("%s: %s", x.State, x.Reason)}
	}
	if u.Protocol == "" {
		if x.Match != nil {
			all = append(all, fmt.Sprintf("a control is taken for %s", x.Match.Protocol))
		}
		return all
	}
	if x.Match == nil || x.Conduct != probe.Spoke {
		return append(all, fmt.Sprintf("want %s, got nothing (%s)", u.Protocol, x.Conduct))
	}
	if !same(x.Match.Protocol, u.Protocol, x.TLS) {
		return append(all, fmt.Sprintf("want %s, got %s", u.Protocol, x.Match.Protocol))
	}
	if len(x.Also) > 0 || !x.Confirmed && !busy[u.Name] {
		all = append(all, fmt.Sprintf("confirmed %t, also %v", x.Confirmed, x.Also))
	}
	if _, ok := unsaid[u.Name]; ok {
		return all
	}
	if x.Match.Product != u.Product && !strings.EqualFold(u.Product, x.Match.Protocol) {
		all = append(all, fmt.Sprintf("product: want %q, got %q", u.Product, x.Match.Product))
	}
	if v := x.Match.Version; v != u.Version && (v == "" || !strings.HasPrefix(u.Version, v)) {
		all = append(all, fmt.Sprintf("version: want %q, got %q", u.Version, v))
	}
	return all
}

// same reports whether a protocol is the one that runs, is carried by it, or is
// HTTP in the version that was agreed on in TLS.
func same(got, want string, tls *probe.TLS) bool {
	p, ok := protocol.Named(got)
	return got == want || ok && p.Over == want || want == "http" && got == "http2" && tls != nil && tls.ALPN == "h2"
}

func words(x probe.Report) string {
	if x.Match == nil {
		return string(x.Conduct)
	}
	text := strings.TrimSpace(fmt.Sprintf("%s %s %s", x.Match.Protocol, x.Match.Product, x.Match.Version))
	if x.InTLS {
		text += " in TLS"
	}
	return text
}

// attempts are words of servers' logs that tell of somebody who tried to log in.
var attempts = regexp.MustCompile(`(?i)failed password|invalid user|authentication fail|login fail|access denied for user|bad password`)

// noLogin reads what a server wrote: nobody tried to log in.
func noLogin(t *testing.T, r *servers.Running) {
	for line := range strings.Lines(r.Log()) {
		if attempts.MatchString(line) {
			t.Errorf("%s saw a login: %s", r.Name, strings.TrimSpace(line))
		}
	}
}
