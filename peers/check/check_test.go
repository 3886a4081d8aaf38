//go:build linux

package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// finding is what these tests read of portolan.check/v1.
type finding struct {
	Verdict   string
	Severity  string
	Port      int
	Transport string
	Direction string
	Exposure  string
	Process   struct {
		PID           int
		Program, User string
	}
	Reasons []struct{ Code string }
}

type review struct {
	Findings     []finding
	Observations []struct {
		Port                         int
		Transport, Verdict, Severity string
		PID                          int
		Direction                    string
	}
	Summary struct{ Failed bool }
}

// lab is a namespace with portolan in it.
type lab struct {
	t        *testing.T
	name     string
	portolan string
	dir      string
}

func newLab(t *testing.T) *lab {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root: a network namespace needs CAP_SYS_ADMIN")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("iproute2 is not installed")
	}
	l := &lab{t: t, name: fmt.Sprintf("portolan-peers-%d", time.Now().UnixNano()%1e9), dir: t.TempDir()}
	l.portolan = filepath.Join(l.dir, "portolan")
	build := exec.Command("go", "build", "-o", l.portolan, "./cmd/portolan")
	build.Dir = "../.."
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod -buildvcs=false")
	run(t, build)
	run(t, exec.Command("ip", "netns", "add", l.name))
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", l.name).Run() })
	run(t, exec.Command("ip", "netns", "exec", l.name, "ip", "link", "set", "lo", "up"))
	return l
}

func run(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", c, err, out)
	}
}

// start runs a program inside the namespace until the test ends. It returns
// the pid: ip becomes the program that it starts.
func (l *lab) start(args ...string) int {
	l.t.Helper()
	c := exec.Command("ip", append([]string{"netns", "exec", l.name}, args...)...)
	c.Dir = l.dir
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		stop := time.AfterFunc(3*time.Second, func() { _ = c.Process.Kill() })
		_ = c.Wait()
		stop.Stop()
		if l.t.Failed() {
			l.t.Logf("%s said:\n%s", args[0], out.String())
		}
	})
	return c.Process.Pid
}

// need skips where a program is not installed.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		path = "/usr/sbin/" + program
		if _, err := os.Stat(path); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	return path
}

// check runs portolan check until the port is listened on, and returns what it
// said with its exit code.
func (l *lab) check(port int, args ...string) (review, int) {
	l.t.Helper()
	for range 50 {
		r, code := l.checkOnce(args...)
		for _, o := range r.Observations {
			if o.Port == port {
				return r, code
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	l.t.Fatalf("nothing came up on %d in five seconds", port)
	return review{}, 0
}

func (l *lab) checkOnce(args ...string) (r review, code int) {
	l.t.Helper()
	c := exec.Command("ip", append([]string{"netns", "exec", l.name, l.portolan, "check", "--json"}, args...)...)
	c.Env = append(os.Environ(), "HOME="+l.dir, "XDG_CONFIG_HOME="+l.dir)
	out, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		l.t.Fatal(err)
	}
	if err := json.Unmarshal(out, &r); err != nil {
		l.t.Fatalf("%v: %s", err, out)
	}
	return r, code
}

func (r review) on(port int) (all []finding) {
	for _, f := range r.Findings {
		if f.Port == port {
			all = append(all, f)
		}
	}
	return all
}

func (f finding) codes() string {
	var all []string
	for _, r := range f.Reasons {
		all = append(all, r.Code)
	}
	return strings.Join(all, " ")
}

func (r review) verdicts(port int) string {
	seen := map[string]bool{}
	for _, o := range r.Observations {
		if o.Port == port {
			seen[o.Verdict+" "+o.Severity] = true
		}
	}
	var all []string
	for v := range seen {
		all = append(all, v)
	}
	return strings.Join(all, ", ")
}

func TestSquatterOnAGhost(t *testing.T) {
	l := newLab(t)
	pid := l.start(need(t, "python3"), "-c", "import socket,time\ns=socket.socket()\ns.bind(('0.0.0.0',378))\ns.listen()\ntime.sleep(60)")
	r, code := l.check(378)
	f := r.on(378)
	if code != 1 || len(f) != 1 || f[0].Verdict != "ghost-squatter" || f[0].Severity != "alert" || f[0].Process.PID != pid {
		t.Errorf("exit %d, %+v, want ghost-squatter of pid %d", code, f, pid)
	}
}

func TestSSHD(t *testing.T) {
	sshd := need(t, "sshd")
	l := newLab(t)
	key := filepath.Join(l.dir, "key")
	run(t, exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key))
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		t.Fatal(err)
	}
	l.start(sshd, "-D", "-e", "-f", "/dev/null", "-h", key, "-p", "22")
	if r, code := l.check(22); code != 0 || r.verdicts(22) != "as-assigned ok" {
		t.Errorf("exit %d, %s", code, r.verdicts(22))
	}
	l.start(sshd, "-D", "-e", "-f", "/dev/null", "-h", key, "-p", "378")
	if r, code := l.check(378); code != 1 || r.verdicts(378) != "ghost-squatter warning" {
		t.Errorf("sshd on 378: exit %d, %s", code, r.verdicts(378))
	}
}

func TestRedis(t *testing.T) {
	redis := need(t, "redis-server")
	l := newLab(t)
	l.start(redis, "--bind", "0.0.0.0", "--protected-mode", "no", "--save", "")
	r, code := l.check(6379)
	f := r.on(6379)
	if code != 1 || len(f) != 1 || f[0].Verdict != "as-assigned" || f[0].Severity != "warning" || !strings.Contains(f[0].codes(), "exposed") {
		t.Errorf("exit %d, %+v", code, f)
	}
}

func TestRedisOnLoopback(t *testing.T) {
	redis := need(t, "redis-server")
	l := newLab(t)
	l.start(redis, "--bind", "127.0.0.1", "--save", "")
	if r, code := l.check(6379); code != 0 || r.verdicts(6379) != "as-assigned ok" {
		t.Errorf("exit %d, %s", code, r.verdicts(6379))
	}
}

func TestNginx(t *testing.T) {
	nginx := need(t, "nginx")
	l := newLab(t)
	config := filepath.Join(l.dir, "nginx.conf")
	text := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log %[1]s/err; events {} http { access_log off; client_body_temp_path %[1]s; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; server { listen 80; listen [::]:80; } }", l.dir)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	l.start(nginx, "-c", config)
	if r, code := l.check(80); code != 0 || r.verdicts(80) != "as-assigned ok" {
		t.Errorf("exit %d, %s: %+v", code, r.verdicts(80), r.on(80))
	}
}

// A copy of a shell interpreter that calls itself sshd, run from a folder where
// anyone may write, on sshd's own port.
func TestImpostor(t *testing.T) {
	python := need(t, "python3")
	l := newLab(t)
	real, err := exec.Command(python, "-c", "import os,sys;print(os.path.realpath(sys.executable))").Output()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(l.dir, "shared")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o777); err != nil { // the umask took the write bit
		t.Fatal(err)
	}
	fake := filepath.Join(folder, "sshd")
	run(t, exec.Command("cp", strings.TrimSpace(string(real)), fake))
	l.start("env", "PYTHONHOME="+filepath.Dir(filepath.Dir(strings.TrimSpace(string(real)))), fake, "-c", "import socket,time\ns=socket.socket()\ns.bind(('0.0.0.0',22))\ns.listen()\ntime.sleep(60)")
	r, code := l.check(22)
	f := r.on(22)
	if code != 1 || len(f) != 1 || f[0].Verdict == "as-assigned" || f[0].Severity != "alert" || !strings.Contains(f[0].codes(), "exe-world-writable") {
		t.Errorf("exit %d, %+v", code, f)
	}
}

// A policy turns a finding into what the user declared.
func TestPolicy(t *testing.T) {
	l := newLab(t)
	l.start(need(t, "python3"), "-c", "import socket,time\ns=socket.socket()\ns.bind(('127.0.0.1',378))\ns.listen()\ntime.sleep(60)")
	policy := filepath.Join(l.dir, "portolan.toml")
	text := "[[port]]\nnumber = 378\nservice = \"ledger\"\nprograms = [\"python3*\"]\nexposure = \"loopback\"\n"
	if err := os.WriteFile(policy, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if r, code := l.check(378, "--policy", policy); code != 0 || r.verdicts(378) != "declared ok" {
		t.Errorf("exit %d, %s", code, r.verdicts(378))
	}
}

// A connection that goes out to a ghost is a finding with the pid of the client.
func TestOutgoing(t *testing.T) {
	l := newLab(t)
	python := need(t, "python3")
	l.start(python, "-c", "import socket,time\ns=socket.socket()\ns.bind(('127.0.0.1',378))\ns.listen()\nc,a=s.accept()\ntime.sleep(60)")
	l.check(378)
	pid := l.start(python, "-c", "import socket,time\ns=socket.create_connection(('127.0.0.1',378))\ntime.sleep(60)")
	for range 50 {
		r, _ := l.checkOnce()
		for _, f := range r.on(378) {
			if f.Direction == "outgoing" {
				if f.Process.PID != pid || f.Verdict != "ghost-squatter" {
					t.Errorf("%+v, want the client, pid %d", f, pid)
				}
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("the connection was not reported in five seconds")
}
