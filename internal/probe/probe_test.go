package probe

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/netlab"
)

func tcpTarget(at netip.AddrPort, services ...string) Target {
	return Target{Addr: at, Transport: portolan.TCP, Services: services}
}

func TestAskNamesWhatSpeaksFirst(t *testing.T) {
	at := netlab.Peer(t, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n")
	r := new(Prober).Ask(context.Background(), tcpTarget(at))
	if r.Match == nil || r.Match.Protocol != "ssh" || r.Match.Product != "OpenSSH" || !r.Confirmed || r.State != Open {
		t.Errorf("got %+v of %+v", r.Match, r)
	}
	if string(r.Evidence.Received) != "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n" {
		t.Errorf("the evidence is %q", r.Evidence.Received)
	}
}

func TestAskSaysClosed(t *testing.T) {
	at := netlab.Peer(t)
	at = netip.AddrPortFrom(at.Addr(), 1)
	if r := new(Prober).Ask(context.Background(), tcpTarget(at)); r.State != Closed || r.Reason != "reset" {
		t.Errorf("got %+v", r)
	}
}

// dialTo is a dialer that reaches one address, whatever it is asked for.
func dialTo(at netip.AddrPort) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, at.String())
	}
}

// The bounds hold when the caller's pace is slow: waiting for it is not the target's time.
func TestPaceIsNotTheTargetsTime(t *testing.T) {
	at := netlab.Peer(t, "SSH-2.0-x_1.0\r\n")
	waits := 0
	p := &Prober{Pace: func(context.Context, Target) error { waits++; time.Sleep(50 * time.Millisecond); return nil }}
	r := p.Ask(context.Background(), tcpTarget(at))
	if waits != r.Connections || r.Match == nil {
		t.Errorf("waited %d times for %d connections, match %+v", waits, r.Connections, r.Match)
	}
}

// A connection that reaches its own socket is no open port.
func TestASelfConnectionIsNoPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	self := l.Addr().(*net.TCPAddr)
	l.Close()
	p := &Prober{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		return (&net.Dialer{LocalAddr: self}).DialContext(ctx, network, address)
	}}
	if r := p.Ask(context.Background(), tcpTarget(self.AddrPort())); r.State != Closed {
		t.Errorf("got %s, %s", r.State, r.Reason)
	}
}

// A run that is called off ends soon and leaves no goroutine behind.
func TestAskEndsWithItsContext(t *testing.T) {
	at := netlab.Hostile(t, "never speaks")
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	new(Prober).Ask(ctx, tcpTarget(at))
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}
