package sentinel

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/netlab"
	"github.com/portolan/portolan/internal/trap"
	"github.com/portolan/portolan/internal/visit"
)

func TestMain(m *testing.M) {
	os.Exit(netlab.Main(m, map[string]netlab.Role{"guard": guardRole}))
}

// guardRole stands guard in its namespace, with an SSH-like service on port 22,
// until it is let go; then it says all visits as they were in the end.
func guardRole(s *netlab.Stage) error {
	runtime.LockOSThread()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	service, err := net.Listen("tcp", ":22")
	if err != nil {
		return err
	}
	defer service.Close()
	go func() {
		for {
			c, err := service.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("SSH-2.0-real\r\n"))
			c.Close()
		}
	}()
	t, err := trap.Open(ctx, trap.Options{Mode: trap.BPF, Answer: true})
	if err != nil {
		return err
	}
	g := &Guard{Trap: t, Answers: true, Listener: Listener{For: 4 * time.Second, After: 500 * time.Millisecond, Talk: func(port uint16) Talk {
		if port == 378 {
			return new(visit.Telnet)
		}
		return nil
	}}}
	last := map[string]visit.Visit{}
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx, visit.Options{Emit: func(v visit.Visit) { last[v.ID] = v }}) }()
	if err := s.Say("ready"); err != nil {
		return err
	}
	s.Wait()
	time.Sleep(300 * time.Millisecond) // what is on its way
	cancel()
	if err := <-done; err != nil {
		return err
	}
	var all []visit.Visit
	for _, v := range last {
		all = append(all, v)
	}
	c, book, _, _ := g.Counts()
	n := t.Counters()
	return s.Say(guarded{all, c, book, n})
}

// guarded is what a guard has to say in the end.
type guarded struct {
	Visits []visit.Visit
	Counts Counts
	Book   visit.Counts
	Trap   trap.Counters
}

// standGuard makes two hosts on a link: 10.67.0.1 comes to visit 10.67.0.2.
func standGuard(t *testing.T) (visitor *netlab.Space, end func() guarded) {
	t.Helper()
	netlab.Root(t, "BPF and a veth pair between two namespaces need CAP_BPF and CAP_NET_ADMIN")
	netlab.Kernel(t, 6, 6, "tcx")
	ip := netlab.Program(t, "ip")
	near, far := netlab.NS(t), netlab.NS(t)
	hold := netlab.Start(t, netlab.Order{Role: "guard", Space: far})
	hold.Hear(nil)
	near.Output(t, ip, "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", strconv.Itoa(hold.PID))
	for _, side := range []struct {
		space     *netlab.Space
		dev, last string
	}{{near, "near", "1"}, {far, "far", "2"}} {
		side.space.Output(t, ip, "addr", "add", "10.67.0."+side.last+"/24", "dev", side.dev)
		side.space.Output(t, ip, "addr", "add", "2001:db8::"+side.last+"/64", "dev", side.dev, "nodad")
		side.space.Output(t, ip, "link", "set", side.dev, "up")
	}
	time.Sleep(300 * time.Millisecond) // the interface came later, and is watched by now
	return near, func() (g guarded) {
		hold.LetGo()
		hold.Hear(&g)
		return g
	}
}

// visitOf is the one visit of a source.
func visitOf(t *testing.T, g guarded, source string) visit.Visit {
	t.Helper()
	var found []visit.Visit
	for _, v := range g.Visits {
		if v.Source.String() == source {
			found = append(found, v)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d visits of %s in %+v", len(found), source, g.Counts)
	}
	return found[0]
}

// A scan of every port is one visit, which says with what it was made, and the
// service beside it is left alone.
func TestGuardOfAScan(t *testing.T) {
	near, end := standGuard(t)
	nmap := netlab.Program(t, "nmap")
	out := near.Output(t, nmap, "-n", "-Pn", "-sS", "-T4", "-p1-3000", "10.67.0.2")
	if !strings.Contains(out, "22/tcp") {
		t.Errorf("nmap does not see the service:\n%s", out)
	}
	g := end()
	v := visitOf(t, g, "10.67.0.1")
	if v.Kind != visit.Scan || len(v.Tools) != 1 || v.Tools[0].Name != "nmap" || v.Origin != visit.FromOwn {
		t.Errorf("%s by %+v from %s", v.Kind, v.Tools, v.Origin)
	}
	if len(v.Ports) != 1 || v.Ports[0].Transport != portolan.TCP || v.Ports[0].Count != 2999 || slices.Contains(v.Ports[0].Ports.First(100), 22) {
		t.Errorf("ports %+v", v.Ports)
	}
	if n := g.Trap; n.Seen != n.Emitted+n.RingLost+n.Limited || g.Counts.Events != n.Emitted {
		t.Errorf("%+v, %d events", n, g.Counts.Events)
	}
}

// What real clients say first is heard and known.
func TestGuardHearsWords(t *testing.T) {
	near, end := standGuard(t)
	curl, openssl := netlab.Program(t, "curl"), netlab.Program(t, "openssl")
	try := func(name string, args ...string) { // they fail: nobody answers
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		near.Do(t, func() error { _ = exec.CommandContext(ctx, name, args...).Run(); return nil })
	}
	try(curl, "-s", "-m", "2", "http://10.67.0.2:8081/path")
	try(curl, "-s", "-m", "2", "http://[2001:db8::2]:8082/")
	try(openssl, "s_client", "-connect", "10.67.0.2:4433", "-servername", "somewhere.example")
	g := end()
	spoken := map[string][]string{}
	for _, v := range g.Visits {
		for _, p := range v.Payloads {
			spoken[v.Source.String()] = append(spoken[v.Source.String()], fmt.Sprintf("%d %s", p.Port, p.Protocol))
		}
	}
	if got := spoken["10.67.0.1"]; !slices.Contains(got, "8081 http") || !slices.Contains(got, "4433 tls") {
		t.Errorf("over IPv4: %v", got)
	}
	if got := spoken["2001:db8::1"]; !slices.Contains(got, "8082 http") {
		t.Errorf("over IPv6: %v", got)
	}
	v := visitOf(t, g, "10.67.0.1")
	if len(v.Fingerprints.JA3) == 0 || len(v.Fingerprints.JA4) == 0 || len(v.Fingerprints.P0f) == 0 {
		t.Errorf("fingerprints %+v", v.Fingerprints)
	}
}

// A real telnet client whose terminal is of the list of RFC 1700 is heard on 378,
// and what was said is kept.
func TestGuardHearsETOS(t *testing.T) {
	near, end := standGuard(t)
	telnet := netlab.Program(t, "telnet")
	c := exec.CommandContext(t.Context(), telnet, "10.67.0.2", "378")
	c.Env = append(os.Environ(), "TERM=ETOS52-CRT")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	near.Do(t, c.Start)
	time.Sleep(3 * time.Second)
	in.Close()
	_ = c.Wait()
	g := end()
	v := visitOf(t, g, "10.67.0.1")
	if len(v.Payloads) != 1 || v.Payloads[0].Protocol != "telnet" || v.Payloads[0].Transcript == nil || !strings.Contains(v.Payloads[0].Preview, "ETOS52-CRT") {
		t.Fatalf("payloads %+v", v.Payloads)
	}
	if v.Severity != visit.Urgent {
		t.Errorf("severity %s, reasons %+v", v.Severity, v.Reasons)
	}
}
