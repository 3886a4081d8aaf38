package judge

import (
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

// What an operator copies from a finding runs nothing that the finding's
// subject chose: a real shell takes it for one word.
func TestShellWord(t *testing.T) {
	for _, s := range []string{"plain.service", "/srv/app.py", "$(id)", "`id`", "a b", "it's", "'; id; '", "\\", "", "*", "a\nb", "\"x\"", "ünit", "!x"} {
		out, err := exec.Command("sh", "-c", "printf %s "+shellWord(s)).Output()
		if err != nil || string(out) != s {
			t.Errorf("%q becomes %s, and the shell reads %q, %v", s, shellWord(s), out, err)
		}
	}
	if got := shellWord("-.mount"); got != "-- -.mount" {
		t.Errorf("what looks like a flag: %s", got)
	}
	evil := func(p *Process) {
		p.Unit, p.ExeDeleted, p.Cmdline = "x;id.service", true, []string{"python3", "/srv/$(id).py"}
	}
	o := listen(t, "0.0.0.0:378", "tcp", process("python3", exe("/usr/bin/python3.11"), evil))
	steps := strings.Join(Judge(o, AssignedOf(o.Key), testHost, nil).Next, "\n")
	for _, want := range []string{"systemctl status 'x;id.service'\n", "systemctl restart 'x;id.service' ", "less '/srv/$(id).py'\n"} {
		if !strings.Contains(steps, want) {
			t.Errorf("no %q in\n%s", want, steps)
		}
	}
}

// What to do next fits what was seen: of a listener, a connection, a transport.
func TestNext(t *testing.T) {
	look := func(o Observation) string { return strings.Join(Judge(o, AssignedOf(o.Key), testHost, nil).Next, "\n") }
	for transport, flags := range map[string]string{"tcp": "-tlnpe", "udp": "-ulnpe", "sctp": "-Slnpe", "dccp": "-dlnpe"} {
		if got := look(listen(t, "0.0.0.0:4", transport)); !strings.Contains(got, "ss "+flags+" 'sport = :4'") || !strings.Contains(got, "rpcinfo") {
			t.Errorf("%s: %s", transport, got)
		}
	}
	out := Observation{Key: portolan.Key{Port: 4}, Direction: Outgoing, Local: netip.MustParseAddrPort("192.0.2.1:40000"),
		Remote: netip.MustParseAddrPort("198.51.100.7:4"), OwnersVisible: true}
	if got := look(out); !strings.Contains(got, "ss -tnpe 'sport = :40000'") {
		t.Errorf("outgoing: %s", got)
	}
	proxy := process("docker-proxy", arguments("docker-proxy", "-proto", "tcp", "-host-port", "8444", "-container-ip", "172.17.0.2", "-container-port", "443"))
	f := Judge(listen(t, "0.0.0.0:8444", "tcp", proxy), AssignedOf(portolan.Key{Port: 8444}), testHost, nil)
	if got := strings.Join(f.Next, "\n"); !strings.Contains(got, "docker ps --filter publish=8444") || !slices.ContainsFunc(f.Reasons, func(r Reason) bool { return strings.HasSuffix(r.Text, "at 172.17.0.2 port 443") }) {
		t.Errorf("proxy: %s %+v", got, f.Reasons)
	}
	if got := look(listen(t, "0.0.0.0:631", "tcp", process("systemd"))); !strings.Contains(got, "list-sockets") {
		t.Errorf("systemd: %s", got)
	}
}
