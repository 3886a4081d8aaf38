package sockets

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func FuzzLink(f *testing.F) {
	b := make([]byte, unix.SizeofIfInfomsg)
	f.Add(append(b, 7, 0, 3, 0, 'l', 'o', 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, name, ok := decodeLink(b); ok && name == "" {
			t.Error("a link without a name")
		}
	})
}

func TestLink(t *testing.T) {
	b := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(b[4:], 5)
	b = binary.NativeEndian.AppendUint16(b, 7)
	b = binary.NativeEndian.AppendUint16(b, unix.IFLA_IFNAME)
	b = append(b, "lo\x00\x00"...)
	if index, name, ok := decodeLink(b); index != 5 || name != "lo" || !ok {
		t.Errorf("%d %q %v", index, name, ok)
	}
}

// Directory entries are taken apart in place, and nothing behind them is read.
func FuzzDirents(f *testing.F) {
	f.Add([]byte("\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x18\x00\x0a42\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if n := len(appendNumbered(nil, b)); n > len(b)/20+1 {
			t.Errorf("%d entries in %d bytes", n, len(b))
		}
	})
}

func TestWorthAsking(t *testing.T) {
	used := map[string]int{"MPTCP": 0, "UDP": 2, "TCP": 0, "PING": -1}
	for _, c := range []struct {
		name string
		kind Kind
		want bool
	}{{"MPTCP", KindMPTCP, false}, {"UDP", KindUDP, true}, {"SCTP", KindSCTP, false}, {"TCP", KindTCP, true}, {"PING", KindRaw, true}} {
		if got := worthAsking(used, c.name, c.kind); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if !worthAsking(nil, "SCTP", KindSCTP) {
		t.Error("where the kernel does not say what it has, all must be asked for")
	}
}

// tree writes a captured /proc: files by name, links as "name -> target".
func tree(t *testing.T, entries ...string) string {
	t.Helper()
	root := t.TempDir()
	for i := 0; i+1 < len(entries); i += 2 {
		name, content := filepath.Join(root, entries[i]), entries[i+1]
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			err = os.Symlink(target, name)
		} else {
			err = os.WriteFile(name, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const rootStatus = "Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n"

func stat(name string) string {
	return "9 (" + name + ") S 1 9 9 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 987 1 1"
}

// A captured machine: a shared socket, a deleted program, a process that died
// between its descriptors and its details, and a name that moves the cursor.
func TestCapturedTree(t *testing.T) {
	if !little() {
		t.Skip("the captured lines are of a little-endian machine")
	}
	root := tree(t,
		"proc/net/tcp", procTCP, "proc/stat", "btime 1700000000\n", "etc/passwd", "root:x:0:0:\nwww:x:33:33:\n",
		"proc/self/status", rootStatus,
		"proc/10/stat", stat("nginx"), "proc/10/status", "Uid:\t0\t0\t0\t0\n", "proc/10/cmdline", "nginx: master process\x00",
		"proc/10/cgroup", "0::/system.slice/nginx.service\n", "proc/10/exe", "-> /usr/sbin/nginx (deleted)",
		"proc/10/fd/3", "-> socket:[12345]", "proc/10/fd/4", "-> /dev/null", "proc/10/fd/5", "-> socket:[12345]", "proc/10/fd/x", "",
		"proc/11/stat", stat("\x1b[2J) evil ("), "proc/11/status", "Uid:\t33\t33\t33\t33\n", "proc/11/fd/3", "-> socket:[12345]",
		"proc/12/fd/3", "-> socket:[12345]", // died: no stat any more
		"proc/13/stat", stat("cron"), "proc/13/fd/0", "-> socket:[99]",
	)
	got, err := List(context.Background(), Options{Root: root})
	if err != nil || len(got.Sockets) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	owners := got.Sockets[0].Owners
	if len(owners) != 2 || owners[0].PID != 10 || owners[1].PID != 11 {
		t.Fatalf("%+v", owners)
	}
	if p := owners[0]; !p.ExeDeleted || p.Exe != "/usr/sbin/nginx" || p.Unit != "nginx.service" || p.User != "root" || p.Started.IsZero() {
		t.Errorf("%+v", p)
	}
	if p := owners[1]; p.Program != "\x1b[2J) evil (" || p.User != "www" {
		t.Errorf("%+v", p)
	}
	if v := got.Visibility; !v.Full || v.Ownerless != 0 || v.Sockets != 1 {
		t.Errorf("%+v", v)
	}
}

// hidepid=2 as an ordinary user sees it: only its own processes are there.
func TestCapturedHidepid(t *testing.T) {
	root := tree(t, "proc/net/tcp", procTCP, "proc/self/status", "Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\n",
		"proc/self/mountinfo", "22 27 0:21 / /proc rw - proc proc rw,hidepid=invisible\n", "proc/20/stat", stat("sh"), "proc/20/fd/0", "-> /dev/null")
	got, err := List(context.Background(), Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	if v := got.Visibility; v.Full || v.Hidden != 1 || v.Ownerless != 0 || len(v.Reasons) != 2 || !strings.Contains(v.Reasons[0], "run as root") || !strings.Contains(v.Reasons[1], "hidepid=invisible") {
		t.Errorf("%+v", v)
	}
}

// Root that sees all: a socket without an owner is said to be the kernel's, or
// a hidden process's.
func TestCapturedOwnerless(t *testing.T) {
	root := tree(t, "proc/net/tcp", procTCP, "proc/self/status", rootStatus)
	got, err := List(context.Background(), Options{Root: root, Established: true})
	if err != nil {
		t.Fatal(err)
	}
	if v := got.Visibility; !v.Full || v.Ownerless != 2 || v.Sockets != 2 {
		t.Errorf("%+v", v)
	}
	if got.Sockets[1].Direction != Outgoing {
		t.Errorf("%+v", got.Sockets[1])
	}
}

// A thread that does not share its process's descriptors holds for the process.
func TestCapturedThread(t *testing.T) {
	root := tree(t, "proc/net/tcp", procTCP, "proc/self/status", rootStatus, "proc/30/stat", stat("java"), "proc/30/fd/0", "-> /dev/null",
		"proc/30/task/30/fd/0", "-> /dev/null", "proc/30/task/31/fd/9", "-> socket:[12345]", "proc/30/task/32/stat", "gone")
	got, err := List(context.Background(), Options{Root: root})
	if err != nil || len(got.Sockets) != 1 || len(got.Sockets[0].Owners) != 1 || got.Sockets[0].Owners[0].PID != 30 || got.Visibility.Ownerless != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestCapturedOddLines(t *testing.T) {
	root := tree(t, "proc/net/tcp", procTCP+strings.Repeat("   9: odd\n", 10), "proc/self/status", rootStatus)
	got, err := List(context.Background(), Options{Root: root})
	if err != nil || len(got.Sockets) != 1 || len(got.Visibility.Reasons) < 4 {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := List(context.Background(), Options{Root: t.TempDir()}); err == nil {
		t.Error("an empty tree is a machine")
	}
}

// A socket that the kernel lists twice is one; two of a group are two.
func TestListedTwice(t *testing.T) {
	at := func(text string, inode uint64) Socket {
		return Socket{State: Listen, Local: netip.MustParseAddrPort(text), Inode: inode, Group: 1}
	}
	l := &look{table: &Table{Sockets: []Socket{at("0.0.0.0:1", 10), at("0.0.0.0:2", 11), at("0.0.0.0:2", 11), at("0.0.0.0:3", 12), at("0.0.0.0:3", 13), at("0.0.0.0:3", 13)}}}
	l.group()
	var got []string
	for _, s := range l.table.Sockets {
		got = append(got, fmt.Sprint(s.Local.Port(), s.Inode, s.Group))
	}
	if want := []string{"1 10 1", "2 11 1", "3 12 2", "3 13 2"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestListStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := List(ctx, Options{}); err == nil {
		t.Error("a cancelled look gave no error")
	}
}

func BenchmarkDescriptors(b *testing.B) {
	fd, err := unix.Open("/proc/self/fd", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer unix.Close(fd)
	link := make([]byte, 32)
	b.ReportAllocs()
	for b.Loop() {
		if n, err := linkAt(fd, []byte("0\x00"), link); err == nil {
			socketInode(bytes.TrimSpace(link[:n]))
		}
	}
}
