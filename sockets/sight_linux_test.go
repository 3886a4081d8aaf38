package sockets

import (
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan/internal/netlab"
)

// An ordinary user sees who holds their own sockets, and how many others there are.
func TestHiddenOwners(t *testing.T) {
	ns := netlab.NS(t)
	open(t, ns, "tcp 127.0.0.1:101", "udp 127.0.0.1:101")
	mine := netlab.Start(t, netlab.Order{Role: "hold", Space: ns, UID: 65534, Args: []string{"tcp 127.0.0.1:10101"}})
	mine.Hear(nil)
	table := lookFrom(t, ns, 65534, Options{})
	heldBy(t, the(t, table, "tcp 127.0.0.1:10101"), mine.PID)
	heldBy(t, the(t, table, "tcp 127.0.0.1:101"))
	v := table.Visibility
	if v.Full || v.Hidden != 2 || v.Ownerless != 0 || v.Sockets != 3 {
		t.Errorf("%+v", v)
	}
	if text := strings.Join(v.Reasons, "\n"); !strings.Contains(text, "2 of 3 sockets have no visible owner: run as root") || !strings.Contains(text, "CAP_SYS_PTRACE") {
		t.Errorf("reasons: %s", text)
	}
}

func TestHidepid(t *testing.T) {
	netlab.Kernel(t, 5, 8, "hidepid for one mount of /proc")
	ns := netlab.NS(t)
	open(t, ns, "tcp 127.0.0.1:102")
	for level, word := range map[string]string{"1": "noaccess", "2": "invisible"} {
		table := hearRole(t, netlab.Order{Role: "hidepid", Space: ns, Mounts: true, Args: []string{level, "tcp 127.0.0.1:1010" + level}})
		if s := the(t, table, "tcp 127.0.0.1:1010"+level); len(s.Owners) != 1 {
			t.Errorf("hidepid=%s hides a user's own process: %+v", level, s.Owners)
		}
		v := table.Visibility
		if text := strings.Join(v.Reasons, "\n"); v.Full || v.Hidden != 1 || v.Ownerless != 0 || !strings.Contains(text, "hidepid="+word) {
			t.Errorf("hidepid=%s: %+v", level, v)
		}
	}
}

// A descriptor table of a thread's own is not its process's.
func TestHeldByThread(t *testing.T) {
	ns := netlab.NS(t)
	c := netlab.Start(t, netlab.Order{Role: "thread", Space: ns, Args: []string{"tcp 127.0.0.1:103"}})
	c.Hear(nil)
	table := lookFrom(t, ns, 0, Options{})
	heldBy(t, the(t, table, "tcp 127.0.0.1:103"), c.PID)
	if table.Visibility.Ownerless != 0 {
		t.Errorf("%+v", table.Visibility)
	}
}

// A socket on its way through another one is in no descriptor table: root is
// told that nothing that can be seen holds it.
func TestOwnerless(t *testing.T) {
	ns := netlab.NS(t)
	end := adrift(t, ns, "tcp 127.0.0.1:104")
	defer end()
	table := lookFrom(t, ns, 0, Options{})
	heldBy(t, the(t, table, "tcp 127.0.0.1:104"))
	v := table.Visibility
	want, words := Visibility{Full: true, Ownerless: 1, Sockets: 1}, "1 of 1 sockets is held by no process"
	if !v.Full { // where a security module keeps even root from some process
		want, words = Visibility{Hidden: 1, Sockets: 1}, "1 of 1 sockets has no visible owner"
	}
	text := strings.Join(v.Reasons, "\n")
	if v.Reasons = nil; !reflect.DeepEqual(v, want) || !strings.Contains(text, words) {
		t.Errorf("%+v, because %s", v, text)
	}
}

func TestPIDReuse(t *testing.T) {
	netlab.Kernel(t, 3, 3, "ns_last_pid, by which a number is given again")
	netlab.Root(t, "a PID namespace of its own")
	c := netlab.Start(t, netlab.Order{Role: "reuse", PIDs: true, Mounts: true})
	var after *Process
	c.Hear(&after)
	if after != nil {
		t.Errorf("the details of another process were taken: %+v", after)
	}
}

// Processes that come, hold the socket and go while being looked at cause no
// error, and no owner without a name.
func TestDyingProcesses(t *testing.T) {
	ns := netlab.NS(t)
	f := inherited(t, ns, "tcp 127.0.0.1:105")
	over, born := make(chan bool), make(chan int)
	go func() {
		n := 0
		defer func() { born <- n }()
		for {
			select {
			case <-over:
				return
			default:
			}
			c := exec.Command("/bin/true")
			c.ExtraFiles = []*os.File{f}
			if c.Run() == nil {
				n++
			}
		}
	}()
	for range 20 {
		s := the(t, lookFrom(t, ns, 0, Options{}), "tcp 127.0.0.1:105")
		if !slices.Contains(pids(s), os.Getpid()) || !slices.IsSorted(pids(s)) {
			t.Errorf("held by %v, and not by us, %d", pids(s), os.Getpid())
		}
		for _, p := range s.Owners {
			if p.Program == "" || p.Started.IsZero() {
				t.Errorf("an owner without a name: %+v", p)
			}
		}
	}
	close(over)
	if n := <-born; n < 20 {
		t.Errorf("%d processes died meanwhile: too few to say anything", n)
	}
}

func TestOtherNamespaces(t *testing.T) {
	here, there := netlab.NS(t), netlab.NS(t)
	a := open(t, here, "tcp 127.0.0.1:106")
	b := open(t, there, "tcp 127.0.0.1:106", "udp 127.0.0.1:106 device=lo")
	table := lookFrom(t, here, 0, Options{AllNamespaces: true})
	for _, s := range table.Sockets {
		switch s.Namespace.Inode {
		case here.Inode(t):
			heldBy(t, s, a.PID)
			if !s.Namespace.Own || s.Namespace.Name != "" {
				t.Errorf("our own: %+v", s.Namespace)
			}
		case there.Inode(t):
			heldBy(t, s, b.PID)
			if s.Namespace.Own || s.Namespace.Name != fmt.Sprintf("pid %d", b.PID) || s.Group != 1 {
				t.Errorf("the other: %+v", s.Namespace)
			}
			if s.Kind == KindUDP && s.Interface != "lo" {
				t.Errorf("bound to %q there", s.Interface)
			}
		}
	}
	if n := in(table, there.Inode(t)); n != 2 {
		t.Errorf("%d sockets there, want 2", n)
	}
	if table := lookFrom(t, here, 0, Options{}); len(table.Sockets) != 1 {
		t.Errorf("not asked for: %s", rows(table))
	}
	table = lookFrom(t, here, 65534, Options{AllNamespaces: true})
	if text := strings.Join(table.Visibility.Reasons, "\n"); !strings.Contains(text, "run as root") || in(table, there.Inode(t)) != 0 {
		t.Errorf("an ordinary user: %s", text)
	}
}

// A program that has gone into a namespace with one thread looks at that one.
func TestThreadInNamespace(t *testing.T) {
	ns := netlab.NS(t)
	c := open(t, ns, "tcp 127.0.0.1:108", "udp 127.0.0.1:108")
	for _, opt := range []Options{{}, {ProcNet: true}} {
		var table *Table
		ns.Do(t, func() (err error) {
			table, err = List(t.Context(), opt)
			return err
		})
		if len(table.Sockets) != 2 {
			t.Errorf("%+v: 2 sockets are %s", opt, rows(table))
		}
		for _, s := range table.Sockets {
			heldBy(t, s, c.PID)
			if !s.Namespace.Own || s.Namespace.Inode != ns.Inode(t) {
				t.Errorf("%+v: %+v, want %d", opt, s.Namespace, ns.Inode(t))
			}
		}
	}
}

func in(table *Table, inode uint64) (n int) {
	for _, s := range table.Sockets {
		if s.Namespace.Inode == inode {
			n++
		}
	}
	return n
}

func TestNamedNamespace(t *testing.T) {
	here, there := netlab.NS(t), netlab.NS(t)
	open(t, there, "tcp 127.0.0.1:107")
	table := &Table{}
	c := netlab.Start(t, netlab.Order{Role: "named", Space: here, Mounts: true, Args: []string{"blue"}, Files: fileOf(there)})
	c.Hear(table)
	for _, s := range table.Sockets {
		if s.Namespace.Inode == there.Inode(t) && s.Namespace.Name != "blue" {
			t.Errorf("%+v", s.Namespace)
		}
	}
	if in(table, there.Inode(t)) != 1 {
		t.Errorf("the named namespace has %d sockets, want 1", in(table, there.Inode(t)))
	}
}

// What /proc/net says is what sock_diag says, but for what it can't say.
func TestFallbackAgrees(t *testing.T) {
	ns := netlab.NS(t)
	open(t, ns, "tcp [::]:80", "tcp 127.0.0.1:81", "udp [::]:82", "udp 127.0.0.1:83", "tcp [::1]:84", "udp 127.0.0.1:85 to=127.0.0.1:83", "tcp 127.0.0.1:8600 to=127.0.0.1:81",
		"tcp [::]:89 v6only", "tcp 0.0.0.0:89", "icmp 127.0.0.1:0", "icmp6 [::1]:0", "udplite 127.0.0.1:87", "tcp 127.0.0.1:8800 to=127.0.0.1:80")
	for _, opt := range []Options{{}, {Established: true}, {All: true}} {
		diag := lookFrom(t, ns, 0, opt)
		opt.ProcNet = true
		text := lookFrom(t, ns, 0, opt)
		if len(diag.Sockets) < 6 || len(diag.Sockets) != len(text.Sockets) {
			t.Fatalf("%+v: %d sockets and %d:%s\n%s", opt, len(diag.Sockets), len(text.Sockets), rows(diag), rows(text))
		}
		a, b := plain(diag), plain(text)
		for i := range a {
			if a[i] != b[i] {
				t.Errorf("%+v:\n%s, by /proc/net\n%s", opt, a[i], b[i])
			}
		}
	}
}

// A sandbox that forbids netlink: /proc/net is read, and that is said.
func TestRefusedNetlink(t *testing.T) {
	if _, err := os.Stat("/proc/sys/kernel/seccomp"); err != nil || !little() {
		t.Skipf("no seccomp on a little-endian kernel here: %v", err)
	}
	ns := netlab.NS(t)
	c := open(t, ns, "tcp [::]:80", "udp 127.0.0.1:83")
	table := hearRole(t, netlab.Order{Role: "refused", Space: ns})
	heldBy(t, the(t, table, "tcp [::]:80"), c.PID)
	heldBy(t, the(t, table, "udp 127.0.0.1:83"), c.PID)
	if text := strings.Join(table.Visibility.Reasons, "\n"); len(table.Sockets) != 2 || !strings.Contains(text, "sock_diag is refused") || !strings.Contains(text, "/proc/net was read") {
		t.Errorf("%s: %s", rows(table), text)
	}
}

// plain is a table as sorted text, without what /proc/net does not hold.
func plain(table *Table) []string {
	var list []string
	for _, s := range table.Sockets {
		if s.State == Listen {
			s.SendQueue = 0 // the limit of the backlog
		}
		list = append(list, fmt.Sprint(s.Kind, s.State, s.Direction, s.Local, s.Remote, s.DualStack, s.Inode, s.UID, s.Group, s.ReceiveQueue, s.SendQueue, pids(s)))
	}
	slices.Sort(list)
	return list
}

// 50,000 listeners in 50 processes, in seconds and with memory by the socket.
func TestManySockets(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: 50,000 sockets take seconds")
	}
	const children, each = 50, 1000
	enough(t, each+100)
	ns := netlab.NS(t)
	var started []*netlab.Child
	for i := range children {
		started = append(started, netlab.Start(t, netlab.Order{Role: "many", Space: ns, Args: []string{fmt.Sprintf("127.0.0.%d", i+1), "2000", fmt.Sprint(each)}}))
	}
	for _, c := range started {
		c.Hear(nil)
	}
	c := netlab.Start(t, netlab.Order{Role: "count", Space: ns})
	var got size
	c.Hear(&got)
	t.Logf("%d sockets in %v, %d kB allocated", got.Sockets, got.Took.Round(time.Millisecond), got.Allocated>>10)
	if got.Sockets != children*each || got.Owned != children*each {
		t.Errorf("%d sockets, %d with their owner, want %d", got.Sockets, got.Owned, children*each)
	}
	const perSocket = 2048 // bytes allocated in all, garbage included
	if most := uint64(children * each * perSocket); got.Allocated > most {
		t.Errorf("%d bytes allocated, want at most %d", got.Allocated, most)
	}
	if got.Took > 20*time.Second {
		t.Errorf("took %v", got.Took)
	}
}
