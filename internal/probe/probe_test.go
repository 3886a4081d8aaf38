package probe

import (
	"context"
	"net/netip"
	"testing"

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
