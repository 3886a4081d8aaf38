package trap

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/portolan/portolan/internal/netlab"
)

// The modes besides BPF do the same, as far as they go.
func TestOtherModes(t *testing.T) {
	for _, mode := range []Mode{Nftables, Packets} {
		answers := mode == Nftables
		t.Run(mode.String(), func(t *testing.T) {
			l := newLab(t)
			l.service(l.host, "tcp", hostV4+":8001", "before")
			l.echoUDP(l.host, hostV4+":8001")
			s := l.trap(order{Mode: mode, Answer: true})
			t.Logf("set up in %v", s.first.Setup)
			for _, host := range []string{hostV4, hostV6} {
				to := net.JoinHostPort(host, "8002")
				_, _ = l.dial(l.far, "tcp", to, "hello")
				if answers {
					s.talks(to, "hello")
				}
				if k := s.hears("syn", to); k.Answered != answers || k.Interface != "h5k0" {
					t.Errorf("%+v", k)
				}
				_, _ = l.dial(l.far, "udp", to, "datagram")
				if k := s.hears("udp", to); k.Payload != "datagram" {
					t.Errorf("%+v", k)
				}
			}
			l.wantService(l.far, hostV4+":8001", "before")
			if got, err := l.dial(l.far, "udp", hostV4+":8001", "ping"); got != "ping" {
				t.Errorf("%q %v", got, err)
			}
			for i := range 50 {
				at := fmt.Sprint(hostV4, ":", 8100+i)
				l.service(l.host, "tcp", at, "late")
				l.wantService(l.far, at, "late")
			}
			r := s.heard()
			r.balanced(t)
			if len(r.Knocks) != 4 {
				t.Errorf("%d events, want 4: %+v", len(r.Knocks), r.Knocks)
			}
		})
	}
}

// The table of rules is seen to be owned by a process, or it would outlive one.
func TestOwnedTable(t *testing.T) {
	l := newLab(t)
	l.trap(order{Mode: Nftables, Answer: true})
	if out := l.host.Output(t, netlab.Program(t, "nft"), "list", "table", "inet", tableName); !strings.Contains(out, "flags owner") {
		t.Error(out)
	}
}

// Without any privilege the ports that are given are listened on.
func TestListeners(t *testing.T) {
	l := newLab(t)
	l.service(l.host, "tcp", "0.0.0.0:8201", "service")
	l.binary = withoutCgo(t)
	s := l.trap(order{Mode: Listeners, Answer: true, Ports: []uint16{8200, 8201}, Drop: true})
	for _, to := range []string{hostV4 + ":8200", "[" + hostV6 + "]:8200"} {
		_, _ = l.dial(l.far, "tcp", to, "hello")
		s.talks(to, "hello")
		l.tell(to, "datagram")
		if k := s.hears("udp", to); k.Payload != "datagram" || k.Interface != "h5k0" {
			t.Errorf("%+v", k)
		}
	}
	l.wantService(l.far, hostV4+":8201", "service")
	r := s.heard()
	r.balanced(t)
}

// The doctor finds here what the modes need, and says what to do where it does not.
func TestDoctor(t *testing.T) {
	l := newLab(t)
	l.binary = withoutCgo(t)
	for caps, want := range map[uint64]map[Mode]bool{
		0:                       {BPF: true, Nftables: true, Packets: true, Listeners: true},
		1 << unix.CAP_NET_RAW:   {Packets: true, Listeners: true},
		1 << unix.CAP_NET_ADMIN: {Listeners: true},
		1 << unix.CAP_CHOWN:     {Listeners: true},
	} {
		c := netlab.Start(t, netlab.Order{Role: "doctor", Args: []string{fmt.Sprint(caps)}, Space: l.host, Binary: l.binary})
		var said []Check
		c.Hear(&said)
		c.Stop()
		works := map[Mode]bool{BPF: true, Nftables: true, Packets: true, Listeners: true}
		for _, x := range said {
			if !x.OK && (x.Why == "" || x.Next == "") {
				t.Errorf("it neither works nor is said why not and what next: %+v", x)
			}
			works[x.Mode] = works[x.Mode] && x.OK
		}
		for m := BPF; m <= Listeners; m++ {
			if works[m] != want[m] {
				t.Errorf("with capabilities %#x: %s works: %v; %+v", caps, m, works[m], said)
			}
		}
	}
}
