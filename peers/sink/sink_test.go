//go:build linux

// Package sink holds what portolan sends to others against those who take it.
package sink

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan/internal/sink"
)

// TestRsyslog sends over each way to a real rsyslogd, which takes every message
// apart as RFC 5424 says and writes what it found.
func TestRsyslog(t *testing.T) {
	path, err := exec.LookPath("rsyslogd")
	if err != nil {
		t.Skip("rsyslog is not installed")
	}
	dir := t.TempDir()
	udp, tcp := freePort(t, "udp"), freePort(t, "tcp")
	socket, out, conf := filepath.Join(dir, "log"), filepath.Join(dir, "out"), filepath.Join(dir, "conf")
	text := fmt.Sprintf(`
module(load="imudp")
module(load="imtcp")
module(load="imuxsock" SysSock.Use="off")
input(type="imudp" address="127.0.0.1" port="%d")
input(type="imtcp" address="127.0.0.1" port="%d")
input(type="imuxsock" Socket="%s" UseSpecialParser="off" ParseHostname="on" IgnoreTimestamp="off")
template(name="t" type="string" string="%%syslogfacility%% %%syslogseverity%% %%hostname%% %%app-name%% %%procid%% %%msgid%% %%timereported:::date-rfc3339%% %%msg%%\n")
action(type="omfile" file="%s" template="t")
`, udp, tcp, socket, out)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, "-n", "-f", conf, "-i", filepath.Join(dir, "pid"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	at := time.Date(2026, 11, 23, 9, 0, 0, 5e6, time.UTC)
	for i, target := range []string{fmt.Sprintf("udp://127.0.0.1:%d", udp), fmt.Sprintf("tcp://127.0.0.1:%d", tcp), "unix://" + socket} {
		s, err := sink.NewSyslog(target, "a-host", "portolan", 77)
		if err != nil {
			t.Fatal(err)
		}
		m := sink.Message{ID: fmt.Sprintf("alert%d", i), At: at, Severity: sink.Warning, Summary: "a line", Document: fmt.Appendf(nil, `{"n":%d}`, i)}
		want := fmt.Sprintf("16 4 a-host portolan 77 alert%d 2026-11-23T09:00:00.005Z {\"n\":%d}\n", i, i)
		if !arrives(t.Context(), s, m, out, want) {
			got, _ := os.ReadFile(out)
			t.Errorf("%s: %q is not in\n%s", target, want, got)
		}
		s.Close()
	}
}

// arrives sends until a line is there: the receiver may still be starting.
func arrives(ctx context.Context, s *sink.Syslog, m sink.Message, file, want string) bool {
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		_ = s.Send(ctx, m)
		for range 10 {
			if got, _ := os.ReadFile(file); strings.Contains(string(got), want) {
				return true
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return false
}

func freePort(t *testing.T, network string) int {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().(*net.UDPAddr).Port
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
