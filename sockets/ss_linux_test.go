package sockets

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan/internal/netlab"
	"golang.org/x/sys/unix"
)

// row is one line of ss, or one of ours in its terms.
type row struct {
	kind, state   string
	recvQ, sendQ  uint64
	local, remote string
	pids          string
}

// ssStates are the words of ss for RFC 9293's.
var ssStates = map[State]string{Established: "ESTAB", SynReceived: "SYN-RECV"}

// inSS is a socket as ss shows it: "*" for both versions of IP, a device behind
// a percent sign, an asterisk where there is no peer.
func inSS(s *Socket) row {
	r := row{kind: s.Kind.String(), state: s.State.String(), recvQ: uint64(s.ReceiveQueue), sendQ: uint64(s.SendQueue), pids: fmt.Sprint(pids(*s))}
	if word := ssStates[s.State]; word != "" {
		r.state = word
	}
	if s.Kind == KindMPTCP {
		r.kind = "tcp" // ss -t lists the TCP socket beneath
	}
	r.local, r.remote = s.Local.String(), "*"
	if s.DualStack {
		r.local = "*:" + strconv.Itoa(int(s.Local.Port()))
	}
	if s.Interface != "" {
		i := strings.LastIndex(r.local, ":")
		r.local = r.local[:i] + "%" + s.Interface + r.local[i:]
	}
	if s.Remote.IsValid() {
		r.remote = s.Remote.String()
	}
	return r
}

var ssPID = regexp.MustCompile(`pid=(\d+)`)

// parseSS reads the output of ss -H: "[Netid] State Recv-Q Send-Q Local Peer users:(…)".
func parseSS(t *testing.T, text, kind string) (list []row) {
	t.Helper()
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		r := row{kind: kind}
		if kind == "" {
			r.kind, f = f[0], f[1:]
		}
		if len(f) < 5 {
			t.Fatalf("ss printed %q", line)
		}
		r.state, r.local, r.remote = f[0], unmapped(f[3]), unmapped(f[4])
		var err1, err2 error
		r.recvQ, err1 = strconv.ParseUint(f[1], 10, 32)
		r.sendQ, err2 = strconv.ParseUint(f[2], 10, 32)
		if err1 != nil || err2 != nil {
			t.Fatalf("ss printed %q", line)
		}
		if strings.HasSuffix(r.remote, ":*") {
			r.remote = "*"
		}
		var owners []int
		for _, m := range ssPID.FindAllStringSubmatch(line, -1) {
			n, _ := strconv.Atoi(m[1])
			owners = append(owners, n)
		}
		slices.Sort(owners)
		r.pids = fmt.Sprint(slices.Compact(owners))
		list = append(list, r)
	}
	return list
}

// unmapped writes an IPv4 address that ss shows within IPv6 as such.
func unmapped(text string) string {
	if a, err := netip.ParseAddrPort(text); err == nil {
		return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()).String()
	}
	return text
}

func sameRows(t *testing.T, ours, theirs []row) {
	t.Helper()
	text := func(list []row) (lines []string) {
		for _, r := range list {
			lines = append(lines, fmt.Sprintf("%+v", r))
		}
		slices.Sort(lines)
		return lines
	}
	a, b := text(ours), text(theirs)
	for _, line := range a {
		if i := slices.Index(b, line); i >= 0 {
			b = slices.Delete(b, i, i+1)
		} else {
			t.Errorf("only ours: %s", line)
		}
	}
	for _, line := range b {
		t.Errorf("only of ss: %s", line)
	}
}

// What listens, entry for entry as ss -tulnpH lists it.
func TestListenersAsSS(t *testing.T) {
	ss := netlab.Program(t, "ss")
	ns := netlab.NS(t)
	open(t, ns, "tcp [::]:80", "tcp [::]:81 v6only", "tcp 0.0.0.0:81", "tcp [::1]:82", "tcp [::ffff:127.0.0.1]:83", "udp 0.0.0.0:53", "udp [::]:54", "udp [::]:55 v6only",
		"tcp 127.0.0.1:90 reuse", "tcp 127.0.0.1:90 reuse", "tcp 0.0.0.0:94 device=lo", "udp [::]:94 device=lo", "udp 127.0.0.1:95 reuse", "udp 127.0.0.1:95 reuse")
	open(t, ns, "tcp 127.0.0.1:90 reuse", "tcp 127.0.0.1:5000 to=127.0.0.1:90", "udp 127.0.0.1:6000 to=127.0.0.1:53")
	f := inherited(t, ns, "tcp 127.0.0.1:91")
	netlab.Start(t, netlab.Order{Role: "hold", Files: []*os.File{f}}).Hear(nil)
	table := lookFrom(t, ns, 0, Options{})
	var ours []row
	for i := range table.Sockets {
		ours = append(ours, inSS(&table.Sockets[i]))
	}
	if len(ours) != 16 {
		t.Errorf("%d listeners, want 16", len(ours))
	}
	sameRows(t, ours, parseSS(t, ns.Output(t, ss, "-tulnpH"), ""))
}

// All TCP sockets in every state that can be made to last.
func TestConnectionsAsSS(t *testing.T) {
	ss := netlab.Program(t, "ss")
	ns := netlab.NS(t)
	netlab.Start(t, netlab.Order{Role: "states", Space: ns}).Hear(nil)
	open(t, ns, "tcp [::]:80")
	open(t, ns, "tcp 127.0.0.1:5000 to=127.0.0.1:80", "tcp [::1]:5001 to=[::1]:80")
	table := lookFrom(t, ns, 0, Options{All: true})
	var ours []row
	states := map[State]bool{}
	for i := range table.Sockets {
		if s := &table.Sockets[i]; s.Kind == KindTCP {
			ours = append(ours, inSS(s))
			states[s.State] = true
		}
	}
	for _, want := range []State{Listen, Established, TimeWait, CloseWait, FinWait2, SynSent} {
		if !states[want] {
			t.Errorf("none of ours is in %s", want)
		}
	}
	sameRows(t, ours, parseSS(t, ns.Output(t, ss, "-tanpH"), "tcp"))
}

// states makes sockets in as many states as last for a while.
func states(s *netlab.Stage) error {
	l, err := plainListener("127.0.0.1:70")
	if err != nil {
		return err
	}
	pair := func() (near, far net.Conn, err error) {
		if near, err = net.Dial("tcp", "127.0.0.1:70"); err == nil {
			far, err = l.Accept()
		}
		return near, far, err
	}
	waits, gone, err := pair() // TIME-WAIT at who closes first
	if err != nil {
		return err
	}
	gone.Close()
	waits.Close()
	left, half, err := pair() // CLOSE-WAIT here, FIN-WAIT-2 there
	if err != nil {
		return err
	}
	half.Close()
	if _, err := openSocket("tcp 127.0.0.1:71"); err != nil {
		return err
	}
	if err := overfill("127.0.0.1:71"); err != nil {
		return err
	}
	if err := s.Say(nil); err != nil {
		return err
	}
	s.Wait()
	runtime.KeepAlive([]any{l, left})
	return nil
}

// plainListener is no MPTCP one, which Go makes where the kernel has it.
func plainListener(address string) (net.Listener, error) {
	var c net.ListenConfig
	c.SetMultipathTCP(false)
	return c.Listen(context.Background(), "tcp", address)
}

// overfill connects until the backlog is full, so that one is left in SYN-SENT.
func overfill(address string) error {
	for range 20 {
		d := net.Dialer{Timeout: 200 * time.Millisecond}
		if _, err := d.Dial("tcp", address); err != nil {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				return err
			}
			to, err := sockaddr(address)
			if err != nil {
				return err
			}
			if err := unix.Connect(fd, to); err != unix.EINPROGRESS {
				return fmt.Errorf("a full backlog answers: %w", err)
			}
			return nil
		}
	}
	return fmt.Errorf("the backlog of %s does not fill", address)
}
