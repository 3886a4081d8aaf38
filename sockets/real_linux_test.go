package sockets

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan/internal/netlab"
	"golang.org/x/sys/unix"
)

func TestDualStack(t *testing.T) {
	ns := netlab.NS(t)
	c := open(t, ns, "tcp [::]:80", "tcp [::]:81 v6only", "tcp 0.0.0.0:81", "tcp [::ffff:0.0.0.0]:82", "tcp [::1]:83", "udp [::]:84", "udp [::]:85 v6only", "tcp [::ffff:127.0.0.1]:86")
	table := lookFrom(t, ns, 0, Options{})
	if len(table.Sockets) != 8 {
		t.Errorf("8 sockets are %s", rows(table))
	}
	for local, dual := range map[string]bool{"tcp [::]:80": true, "tcp [::]:81": false, "tcp 0.0.0.0:81": false, "tcp 0.0.0.0:82": false, "tcp [::1]:83": false,
		"udp [::]:84": true, "udp [::]:85": false, "tcp 127.0.0.1:86": false} {
		s := the(t, table, local)
		heldBy(t, s, c.PID)
		if s.DualStack != dual || s.Remote.IsValid() || s.Group != 1 || !s.Listening() {
			t.Errorf("%s: %+v", local, s)
		}
	}
	if v := table.Visibility; v.Ownerless+v.Hidden != 0 || v.Sockets != 8 {
		t.Errorf("%+v", v)
	}
}

// IPv4 over a dual-stack listener: both ends are IPv4 addresses, and the
// listener's end came in.
func TestMappedConnection(t *testing.T) {
	ns := netlab.NS(t)
	server := open(t, ns, "tcp [::]:80")
	client := open(t, ns, "tcp 127.0.0.1:5000 to=127.0.0.1:80")
	table := lookFrom(t, ns, 0, Options{Established: true})
	out, in := the(t, table, "tcp 127.0.0.1:5000"), the(t, table, "tcp 127.0.0.1:80")
	heldBy(t, out, client.PID)
	heldBy(t, the(t, table, "tcp [::]:80"), server.PID)
	if out.State != Established || out.Direction != Outgoing || out.Remote != netip.MustParseAddrPort("127.0.0.1:80") {
		t.Errorf("the client: %+v", out)
	}
	// The server has not accepted it: no process can hold it yet.
	if in.State != Established || in.Direction != Inbound || in.Remote != netip.MustParseAddrPort("127.0.0.1:5000") || in.Inode != 0 {
		t.Errorf("the server: %+v", in)
	}
	if s := the(t, table, "tcp [::]:80"); s.ReceiveQueue != 1 || s.SendQueue != 7 || s.Direction != NoDirection {
		t.Errorf("one waits of at most seven: %+v", s)
	}
	if n := len(lookFrom(t, ns, 0, Options{}).Sockets); n != 1 {
		t.Errorf("without connections there are %d sockets, want the listener", n)
	}
}

func TestReusePort(t *testing.T) {
	ns := netlab.NS(t)
	a := open(t, ns, "tcp 127.0.0.1:90 reuse", "tcp 127.0.0.1:90 reuse", "tcp 127.0.0.2:90 reuse")
	b := open(t, ns, "tcp 127.0.0.1:90 reuse", "udp 127.0.0.1:90 reuse")
	table := lookFrom(t, ns, 0, Options{})
	group := at(table, "tcp 127.0.0.1:90")
	var owners []int
	for _, s := range group {
		owners = append(owners, pids(s)...)
		if s.Group != 3 {
			t.Errorf("a group of %d, want 3", s.Group)
		}
	}
	slices.Sort(owners)
	if want := []int{a.PID, a.PID, b.PID}; !slices.Equal(owners, sorted(want)) {
		t.Errorf("held by %v, want %v", owners, want)
	}
	for _, alone := range []string{"tcp 127.0.0.2:90", "udp 127.0.0.1:90"} {
		if s := the(t, table, alone); s.Group != 1 {
			t.Errorf("%s is in a group of %d", alone, s.Group)
		}
	}
}

func sorted(list []int) []int { slices.Sort(list); return list }

// inherited opens a socket in a namespace, to be handed to children.
func inherited(t *testing.T, ns *netlab.Space, spec string) *os.File {
	t.Helper()
	var f *os.File
	ns.Do(t, func() error {
		fd, err := openSocket(spec)
		f = os.NewFile(uintptr(fd), spec)
		return err
	})
	t.Cleanup(func() { f.Close() })
	return f
}

// One socket in three processes, one of which has it twice, is one row.
func TestSharedByProcesses(t *testing.T) {
	ns := netlab.NS(t)
	f := inherited(t, ns, "tcp 127.0.0.1:91")
	a := netlab.Start(t, netlab.Order{Role: "hold", Files: []*os.File{f}})
	b := netlab.Start(t, netlab.Order{Role: "hold", Files: []*os.File{f, f}})
	a.Hear(nil)
	b.Hear(nil)
	heldBy(t, the(t, lookFrom(t, ns, 0, Options{}), "tcp 127.0.0.1:91"), os.Getpid(), a.PID, b.PID)
	a.Stop()
	heldBy(t, the(t, lookFrom(t, ns, 0, Options{}), "tcp 127.0.0.1:91"), os.Getpid(), b.PID)
}

// Who opened a socket and who serves it are not the same: the opener closes it.
func TestHandedOver(t *testing.T) {
	ns := netlab.NS(t)
	f := inherited(t, ns, "tcp 127.0.0.1:92")
	c := netlab.Start(t, netlab.Order{Role: "hold", UID: 65534, Files: []*os.File{f}})
	c.Hear(nil)
	f.Close()
	s := the(t, lookFrom(t, ns, 0, Options{}), "tcp 127.0.0.1:92")
	heldBy(t, s, c.PID)
	if s.UID != 0 || s.Owners[0].UID != 65534 {
		t.Errorf("made by user %d, held by %d, want 0 and 65534", s.UID, s.Owners[0].UID)
	}
}

// systemd, which is PID 1, and the service that it started hold one socket.
func TestSocketActivation(t *testing.T) {
	ns := netlab.NS(t)
	table := hearRole(t, netlab.Order{Role: "activate", Space: ns, PIDs: true, Mounts: true, Args: []string{"tcp 127.0.0.1:93"}})
	s := the(t, table, "tcp 127.0.0.1:93")
	if len(s.Owners) != 2 || !s.Owners[0].Activator() || s.Owners[1].Activator() || s.Owners[1].Program != "sleep" || s.Owners[1].PPID != 1 {
		t.Fatalf("held by %+v", s.Owners)
	}
	if v := table.Visibility; v.Full || !strings.Contains(strings.Join(v.Reasons, "\n"), "PID namespace") {
		t.Errorf("inside a PID namespace not all can be seen: %+v", v)
	}
}

func hearRole(t *testing.T, o netlab.Order) *Table {
	t.Helper()
	table := &Table{}
	c := netlab.Start(t, o)
	c.Hear(table)
	c.Stop()
	return table
}

func TestBoundToInterface(t *testing.T) {
	ns := netlab.NS(t)
	open(t, ns, "tcp 0.0.0.0:94 device=lo", "udp [::]:94 device=lo", "tcp 0.0.0.0:95")
	table := lookFrom(t, ns, 0, Options{})
	for local, device := range map[string]string{"tcp 0.0.0.0:94": "lo", "udp [::]:94": "lo", "tcp 0.0.0.0:95": ""} {
		if s := the(t, table, local); s.Interface != device {
			t.Errorf("%s is bound to %q, want %q", local, s.Interface, device)
		}
	}
}

func TestConnectedUDP(t *testing.T) {
	ns := netlab.NS(t)
	open(t, ns, "udp 127.0.0.1:5000")
	c := open(t, ns, "udp 127.0.0.1:6000 to=127.0.0.1:5000")
	if table := lookFrom(t, ns, 0, Options{}); len(table.Sockets) != 1 || table.Sockets[0].Local.Port() != 5000 {
		t.Errorf("a connected socket takes from one peer only and is no listener: %s", rows(table))
	}
	s := the(t, lookFrom(t, ns, 0, Options{Established: true}), "udp 127.0.0.1:6000")
	heldBy(t, s, c.PID)
	if s.State != Established || s.Direction != Outgoing || s.Remote != netip.MustParseAddrPort("127.0.0.1:5000") {
		t.Errorf("%+v", s)
	}
}

func TestUDPLite(t *testing.T) {
	has(t, "udplite")
	ns := netlab.NS(t)
	c := open(t, ns, "udplite 127.0.0.1:96", "udplite [::]:96 v6only")
	table := lookFrom(t, ns, 0, Options{})
	heldBy(t, the(t, table, "udplite 127.0.0.1:96"), c.PID)
	heldBy(t, the(t, table, "udplite [::]:96"), c.PID)
}

// A raw socket has a protocol in place of a port, and is shown with all only.
func TestRaw(t *testing.T) {
	ns := netlab.NS(t)
	c := open(t, ns, "icmp 127.0.0.1:0", "icmp6 [::]:0")
	if table := lookFrom(t, ns, 0, Options{}); len(table.Sockets) != 0 {
		t.Errorf("raw sockets have no port: %s", rows(table))
	}
	for _, opt := range []Options{{All: true}, {All: true, ProcNet: true}} {
		table := lookFrom(t, ns, 0, opt)
		for _, local := range []string{"raw 127.0.0.1:1", "raw [::]:58"} {
			s := the(t, table, local)
			heldBy(t, s, c.PID)
			if _, ok := s.Transport(); ok || s.State != Unconnected {
				t.Errorf("%s: %+v", local, s)
			}
		}
	}
}

// The kernel lists an MPTCP listener and a TCP socket beneath it.
func TestMPTCP(t *testing.T) {
	has(t, "mptcp")
	ns := netlab.NS(t)
	server := open(t, ns, "mptcp 127.0.0.1:97", "mptcp [::]:98")
	client := open(t, ns, "mptcp 127.0.0.1:7000 to=127.0.0.1:97")
	table := lookFrom(t, ns, 0, Options{Established: true})
	heldBy(t, the(t, table, "mptcp [::]:98"), server.PID)
	listens, out := 0, 0
	for _, s := range table.Sockets {
		switch {
		case s.Local.Port() == 97 && s.State == Listen:
			listens++
			heldBy(t, s, server.PID)
		case s.Local.Port() == 7000:
			out++
			heldBy(t, s, client.PID)
			if s.Kind != KindMPTCP || s.Direction != Outgoing {
				t.Errorf("%+v", s)
			}
		}
	}
	if listens != 1 || out != 1 {
		t.Errorf("%d listeners and %d connections, want one of each: %s", listens, out, rows(table))
	}
}

func TestSCTPListener(t *testing.T) {
	has(t, "sctp")
	ns := netlab.NS(t)
	c := open(t, ns, "sctp 127.0.0.1:99")
	heldBy(t, the(t, lookFrom(t, ns, 0, Options{}), "sctp 127.0.0.1:99"), c.PID)
}

func TestDCCPListener(t *testing.T) {
	has(t, "dccp")
	ns := netlab.NS(t)
	c := open(t, ns, "dccp 127.0.0.1:99")
	heldBy(t, the(t, lookFrom(t, ns, 0, Options{}), "dccp 127.0.0.1:99"), c.PID)
}

// has skips a test of a protocol that the kernel lacks.
func has(t *testing.T, name string) {
	t.Helper()
	p := protocols[name]
	fd, err := unix.Socket(unix.AF_INET, p.kind|unix.SOCK_CLOEXEC, p.protocol)
	if err != nil {
		t.Skipf("this kernel has no %s: socket(AF_INET, %d, %d): %v", name, p.kind, p.protocol, err)
	}
	unix.Close(fd)
}

// copyOfTest copies the test binary into a folder, for tests that change the file.
func copyOfTest(t *testing.T, folder string) string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "harbour")
	if err := os.WriteFile(path, text, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExecutable(t *testing.T) {
	ns := netlab.NS(t)
	folder := t.TempDir()
	path := copyOfTest(t, folder)
	c := netlab.Start(t, netlab.Order{Role: "hold", Space: ns, Binary: path, Args: []string{"tcp 127.0.0.1:87"}})
	c.Hear(nil)
	owner := func() *Process { return the(t, lookFrom(t, ns, 0, Options{}), "tcp 127.0.0.1:87").Owners[0] }
	p := owner()
	if p.Exe != path || p.ExeDeleted || p.ExeWorldWritable || p.Program != "harbour" || p.PPID != os.Getpid() || p.User != "root" {
		t.Errorf("%+v", p)
	}
	if len(p.Cmdline) != 3 || p.Cmdline[2] != "tcp 127.0.0.1:87" {
		t.Errorf("command line %q", p.Cmdline)
	}
	if age := owner().Started.Sub(p.Started); p.Started.IsZero() || age != 0 {
		t.Errorf("started %v, and %v later", p.Started, age)
	}
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if !owner().ExeWorldWritable {
		t.Error("anyone may write beside the program, and nothing is said")
	}
	// An upgrade puts another file under the same name.
	if err := os.Rename(copyOfTest(t, t.TempDir()), path); err != nil {
		t.Fatal(err)
	}
	if p := owner(); p.Exe != path || !p.ExeDeleted {
		t.Errorf("after an upgrade: %+v", p)
	}
}

// A file whose name ends as the kernel marks deleted ones is not deleted.
func TestExecutableCalledDeleted(t *testing.T) {
	ns := netlab.NS(t)
	path := copyOfTest(t, t.TempDir())
	if err := os.Rename(path, path+" (deleted)"); err != nil {
		t.Fatal(err)
	}
	netlab.Start(t, netlab.Order{Role: "hold", Space: ns, Binary: path + " (deleted)", Args: []string{"tcp 127.0.0.1:88"}}).Hear(nil)
	if p := the(t, lookFrom(t, ns, 0, Options{}), "tcp 127.0.0.1:88").Owners[0]; p.ExeDeleted || p.Exe != path+" (deleted)" {
		t.Errorf("%+v", p)
	}
}
