package judge

import (
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

func TestPolicy(t *testing.T) {
	chart := &Policy{Name: "portolan.toml", Ports: []Declaration{
		{Span: portolan.Span{First: 378, Last: 378}, Transports: []portolan.Transport{portolan.TCP}, Service: "ledger", Programs: []string{"python3*"},
			HasExposure: true, Exposure: Private, Place: "portolan.toml:3"},
		{Span: portolan.Span{First: 300, Last: 400}, Transports: []portolan.Transport{portolan.TCP}, Service: "lab", User: "lab", Place: "portolan.toml:9"},
	}}
	python := process("python3", exe("/usr/bin/python3.11"))
	for _, c := range []struct {
		name, at string
		holder   Process
		verdict  Verdict
		severity Severity
		codes    string
	}{
		{"as declared", "10.1.2.3:378", python, Declared, OK, "declared"},
		{"another program", "10.1.2.3:378", process("mydaemon"), Foreign, Warning, "policy-program"},
		{"too wide", "0.0.0.0:378", python, Declared, Warning, "policy-exposure"},
		{"another user", "0.0.0.0:377", python, Declared, Warning, "policy-user"},
		{"a link's name", "10.1.2.3:378", process("python3x", exe("/usr/bin/interpreter"), func(p *Process) { p.ExeAlias = "python3x" }), Declared, OK, "declared"},
		{"the span, as declared", "0.0.0.0:377", process("x", user("lab", 1000)), Declared, OK, "declared unprivileged-holder"},
	} {
		o := listen(t, c.at, "tcp", c.holder)
		f := Judge(o, AssignedOf(o.Key), testHost, chart)
		if f.Verdict != c.verdict || f.Severity != c.severity || f.codes() != c.codes {
			t.Errorf("%s: %s %s (%s), want %s %s (%s)", c.name, f.Verdict, f.Severity, f.codes(), c.verdict, c.severity, c.codes)
		}
		if f.Severity > OK && !strings.Contains(f.Reasons[0].Text, "portolan.toml:") {
			t.Errorf("%s: the reason does not name the line: %q", c.name, f.Reasons[0].Text)
		}
	}
}
