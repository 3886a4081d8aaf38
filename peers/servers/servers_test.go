//go:build linux

package servers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var only = flag.String("only", "", "start these servers only, separated by commas")

// atOnce is how many servers are started at the same time.
const atOnce = 4

// TestAll starts every server, hears it on every port, and looks that nothing of
// it is left behind.
func TestAll(t *testing.T) {
	var mu sync.Mutex // guards counts
	counts := map[string]int{}
	count := func(what string, n int) {
		mu.Lock()
		defer mu.Unlock()
		counts[what] += n
	}
	turn := make(chan bool, atOnce)
	t.Run("each", func(t *testing.T) {
		for i := range All {
			s := &All[i]
			if *only != "" && !slices.Contains(strings.Split(*only, ","), s.Name) {
				continue
			}
			t.Run(s.Name, func(t *testing.T) {
				t.Parallel()
				turn <- true
				defer func() { <-turn }()
				count("servers", 1)
				r, err := s.Start(t.Context())
				if missing := (*NotInstalledError)(nil); errors.As(err, &missing) || errors.As(err, new(*NeedsRootError)) {
					count("skipped", 1)
					t.Skip(err)
				}
				if err != nil {
					count("failed", 1)
					t.Fatal(err)
				}
				for _, u := range r.Up {
					holds(t, u)
					t.Logf("%-14s %s %d, package %s, shown %q %q: %s", u.Name, u.network(), u.Addr.Port(), r.Version, u.Product, u.Version, summary(u))
				}
				onLoopback(t, r)
				stopped := time.Now()
				stop(t, r)
				t.Logf("%s: answered after %.1f s, stopped in %.1f s", s.Name, r.Took.Seconds(), time.Since(stopped).Seconds())
				count("endpoints", len(r.Up))
			})
		}
	})
	fmt.Printf("%d servers: %d endpoints answered, %d servers skipped, %d failed\n", counts["servers"], counts["endpoints"], counts["skipped"], counts["failed"])
}

// elsewhere are endpoints that show their product or version in answers to
// other questions than ours, or in other letters.
var elsewhere = map[string]string{
	"nginx-h2":   "compressed, to a GET",
	"mumble-udp": "four bytes: 0 1 3 4",
	"tor-socks":  "to a GET, which it refuses",
}

// holds looks that the table's product and version are what the server says.
func holds(t *testing.T, u Up) {
	t.Helper()
	if elsewhere[u.Name] != "" {
		return
	}
	if !strings.Contains(u.Said, u.Version) || !strings.Contains(strings.ToLower(u.Said), strings.ToLower(u.Product)) {
		t.Errorf("%s: it does not show %q %q: %q", u.Name, u.Product, u.Version, u.Said)
	}
}

// summary is what an endpoint said from the expected words on, on one line.
func summary(u Up) string {
	return fmt.Sprintf("%.70q", u.Said[max(0, strings.Index(u.Said, u.Says)):])
}

// stop ends a server and looks that its ports and its folder are gone.
func stop(t *testing.T, r *Running) {
	t.Helper()
	if err := r.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(r.ground.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there", r.ground.Dir)
	}
	for _, u := range r.Up {
		if !gone(u) {
			t.Errorf("%s: somebody is still on %s", u.Name, u.Addr)
		}
	}
}

// gone: nobody answers. A TCP port cannot be asked by listening on it: what is
// left of its last connection may keep it for a minute.
func gone(u Up) bool {
	if u.network() == "udp" {
		c, err := net.ListenPacket("udp4", u.Addr.String())
		return err == nil && c.Close() == nil
	}
	_, err := net.DialTimeout("tcp", u.Addr.String(), time.Second)
	return errors.Is(err, syscall.ECONNREFUSED)
}

// onLoopback looks that no socket of the server's listens to others.
func onLoopback(t *testing.T, r *Running) {
	t.Helper()
	out, err := exec.Command("ss", "-Htulnp").Output()
	if err != nil {
		t.Logf("ss of iproute2 is needed to see who listens where: %v", err)
		return
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 7 || strings.HasPrefix(f[4], "127.") || strings.HasPrefix(f[4], "[::1]") || strings.HasPrefix(f[4], "[::ffff:127.") {
			continue
		}
		for _, pid := range r.family() {
			if strings.Contains(f[6], fmt.Sprintf("pid=%d,", pid)) {
				t.Errorf("%s listens on %s %s", r.Name, f[0], f[4])
			}
		}
	}
}

// family is every process of a server.
func (r *Running) family() []int {
	all := r.Pids()
	for _, pid := range r.Pids() {
		for _, k := range descendants(pid) {
			all = append(all, k.pid)
		}
	}
	return all
}

// TestTable looks at what can be checked without starting anything.
func TestTable(t *testing.T) {
	names := map[string]bool{}
	endpoints := 0
	for _, s := range All {
		if names["server "+s.Name] || s.Recipe == nil || len(s.Endpoints) == 0 {
			t.Errorf("%s is there twice, or cannot be started", s.Name)
		}
		names["server "+s.Name] = true
		for _, e := range s.Endpoints {
			endpoints++
			if names[e.Name] {
				t.Errorf("endpoint %s is there twice", e.Name)
			}
			names[e.Name] = true
			if control := len(s.Packages) == 0; control != (e.Protocol == "") || control != (e.Says == "") {
				t.Errorf("%s: what has a package has a protocol and words, and a control has none", e.Name)
			}
			if net := e.network(); net != "tcp" && net != "udp" {
				t.Errorf("%s: no transport %s", e.Name, net)
			}
		}
	}
	if endpoints < 45 {
		t.Errorf("%d endpoints", endpoints)
	}
}

// TestPackages holds the file that CI installs from to the table.
func TestPackages(t *testing.T) {
	b, err := os.ReadFile("packages")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range All {
		want = append(want, s.Packages...)
	}
	slices.Sort(want)
	want = slices.Compact(want)
	if have := strings.Fields(string(b)); !slices.Equal(have, want) {
		t.Errorf("packages is not what the table needs; it should be:\n%s", strings.Join(want, "\n"))
	}
}

func TestShown(t *testing.T) {
	for _, c := range []struct {
		shows         func(string) string
		version, want string
	}{
		{upstream, "1:9.2p1-2+deb12u10", "9.2p1"},
		{upstream, "2.42.0+ds-5+deb12u1", "2.42.0"},
		{source, "1.1.20+ds-1", "1.1.20+ds"},
		{with(packaged, "-Debian"), "1:9.18.49-1~deb12u3", "9.18.49-1~deb12u3-Debian"},
		{twoNumbers, "2.4.2-3+deb12u9", "2.4"},
		{nil, "1.0", ""},
		{upstream, "", ""},
	} {
		if got := (Endpoint{Shows: c.shows}).Shown(c.version); got != c.want {
			t.Errorf("of %s: %q, want %q", c.version, got, c.want)
		}
	}
}

// A server that lacks a package says which, and nothing is started.
func TestNotInstalled(t *testing.T) {
	s := Server{Name: "nothing", Packages: []string{"portolan-no-such-package"}}
	_, err := s.Start(t.Context())
	var missing *NotInstalledError
	if !errors.As(err, &missing) || missing.Package != "portolan-no-such-package" {
		t.Errorf("%v", err)
	}
}

// A server that does not answer is ended, and what it printed is in the error.
func TestNoAnswer(t *testing.T) {
	s := Server{Name: "mute", Patience: 300 * time.Millisecond, Endpoints: []Endpoint{{Name: "mute", Says: "hello"}},
		Recipe: func(g *Ground) { g.Run("sh", "-c", "echo I say nothing on {port}; setsid sleep 60 & sleep 60") }}
	_, err := s.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "I say nothing on ") {
		t.Errorf("%v", err)
	}
	left, _ := exec.Command("pgrep", "-f", "^sleep 60$", "-P", "1").Output()
	if len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// A server that ends at once is not waited for.
func TestEndsEarly(t *testing.T) {
	s := Server{Name: "brief", Endpoints: []Endpoint{{Name: "brief", Says: "hello"}}, Recipe: func(g *Ground) { g.Run("false") }}
	began := time.Now()
	if _, err := s.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "ended (exit status 1)") {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// The context's end is the server's.
func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := Server{Name: "echo", Endpoints: []Endpoint{{Name: "echo", Ask: "a", Says: "a"}}, Recipe: func(g *Ground) { g.Inetd("port", "cat") }}
	r, err := s.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", r.Up[0].Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write([]byte("b"))
	_, _ = c.Read(make([]byte, 1)) // its cat is there
	cancel()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the visit went on: %v", err)
	}
	stop(t, r)
}

// What cannot be started is said, and does not keep the others.
func TestStartAll(t *testing.T) {
	missing := Server{Name: "nothing", Packages: []string{"portolan-no-such-package"}}
	up, errs := StartAll(t.Context(), []Server{silent, missing, closing}, 2)
	if len(up) != 2 || up[0].Name != "silent" || up[1].Name != "closing" || len(errs) != 1 || !errors.As(errs[0], new(*NotInstalledError)) {
		t.Errorf("%d are up, %v", len(up), errs)
	}
	for _, r := range up {
		stop(t, r)
	}
}
