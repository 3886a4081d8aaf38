package sockets

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/portolan/portolan/internal/netlab"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	os.Exit(netlab.Main(m, map[string]netlab.Role{
		"hold": hold, "many": many, "list": listTable, "count": countSockets, "thread": holdInThread, "activate": activate,
		"hidepid": hidepid, "named": named, "reuse": reusePID, "states": states, "refused": refusedNetlink,
	}))
}

// hold opens the sockets that its arguments describe, and keeps those that it
// was handed.
func hold(s *netlab.Stage) error {
	for _, spec := range s.Args {
		if _, err := openSocket(spec); err != nil {
			return fmt.Errorf("%s: %w", spec, err)
		}
	}
	if err := s.Say(len(s.Args)); err != nil {
		return err
	}
	s.Wait()
	return nil
}

// protocols are what openSocket can open.
var protocols = map[string]struct {
	kind, protocol int
	listens        bool
}{
	"tcp": {unix.SOCK_STREAM, unix.IPPROTO_TCP, true}, "mptcp": {unix.SOCK_STREAM, 262, true}, "sctp": {unix.SOCK_STREAM, unix.IPPROTO_SCTP, true},
	"dccp": {unix.SOCK_DCCP, unix.IPPROTO_DCCP, true}, "udp": {unix.SOCK_DGRAM, unix.IPPROTO_UDP, false}, "udplite": {unix.SOCK_DGRAM, unix.IPPROTO_UDPLITE, false},
	"icmp": {unix.SOCK_RAW, unix.IPPROTO_ICMP, false}, "icmp6": {unix.SOCK_RAW, unix.IPPROTO_ICMPV6, false},
}

// openSocket opens what a spec says: "tcp [::]:80 v6only", "udp 127.0.0.1:5 to=127.0.0.1:6".
// The socket stays open as long as the process.
func openSocket(spec string) (int, error) {
	f := strings.Fields(spec)
	p := protocols[f[0]]
	local, err := sockaddr(f[1])
	if err != nil {
		return -1, err
	}
	family := unix.AF_INET
	if _, ok := local.(*unix.SockaddrInet6); ok {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, p.kind|unix.SOCK_CLOEXEC, p.protocol)
	if err != nil {
		return -1, err
	}
	remote := ""
	v6only := 0
	for _, option := range f[2:] {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "v6only":
			v6only = 1
		case "reuse":
			err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		case "device":
			err = unix.BindToDevice(fd, value)
		case "to":
			remote = value
		}
		if err != nil {
			return fd, err
		}
	}
	if family == unix.AF_INET6 && p.kind != unix.SOCK_RAW {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, v6only); err != nil {
			return fd, err
		}
	}
	if err := unix.Bind(fd, local); err != nil {
		return fd, err
	}
	return fd, listenOrConnect(fd, p.listens, remote)
}

func listenOrConnect(fd int, listens bool, remote string) error {
	if remote == "" {
		if listens {
			return unix.Listen(fd, 7)
		}
		return nil
	}
	to, err := sockaddr(remote)
	if err != nil {
		return err
	}
	return unix.Connect(fd, to)
}

func sockaddr(text string) (unix.Sockaddr, error) {
	a, err := netip.ParseAddrPort(text)
	if err != nil {
		return nil, err
	}
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}, nil
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}, nil
}

// many listens on one address, ports FIRST to FIRST+COUNT-1.
func many(s *netlab.Stage) error {
	first, err := strconv.Atoi(s.Args[1])
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(s.Args[2])
	if err != nil {
		return err
	}
	for i := range count {
		if _, err := openSocket(fmt.Sprintf("tcp %s:%d", s.Args[0], first+i)); err != nil {
			return err
		}
	}
	if err := s.Say(count); err != nil {
		return err
	}
	s.Wait()
	return nil
}

// listTable takes a look and says it whole.
func listTable(s *netlab.Stage) error {
	var opt Options
	if err := json.Unmarshal([]byte(s.Args[0]), &opt); err != nil {
		return err
	}
	table, err := List(context.Background(), opt)
	if err != nil {
		return err
	}
	return s.Say(table)
}

// open starts a child that holds sockets in a namespace.
func open(t testing.TB, s *netlab.Space, specs ...string) *netlab.Child {
	t.Helper()
	c := netlab.Start(t, netlab.Order{Role: "hold", Space: s, Args: specs})
	c.Hear(nil)
	return c
}

// lookFrom takes a look from inside a namespace, as a user.
func lookFrom(t testing.TB, s *netlab.Space, uid int, opt Options) *Table {
	t.Helper()
	return hearTable(t, netlab.Order{Role: "list", Space: s, UID: uid}, opt)
}

func hearTable(t testing.TB, o netlab.Order, opt Options) *Table {
	t.Helper()
	text, err := json.Marshal(opt)
	if err != nil {
		t.Fatal(err)
	}
	o.Args = []string{string(text)}
	table := &Table{}
	c := netlab.Start(t, o)
	c.Hear(table)
	c.Stop()
	return table
}

// at returns the sockets of a table with a local address and port, as
// "tcp 127.0.0.1:80".
func at(table *Table, local string) []Socket {
	var list []Socket
	for _, s := range table.Sockets {
		if s.Kind.String()+" "+s.Local.String() == local {
			list = append(list, s)
		}
	}
	return list
}

// the returns the one socket that is there.
func the(t testing.TB, table *Table, local string) Socket {
	t.Helper()
	list := at(table, local)
	if len(list) != 1 {
		t.Fatalf("%d sockets are %s, want 1, in %s", len(list), local, rows(table))
	}
	return list[0]
}

func rows(table *Table) string {
	var b strings.Builder
	for _, s := range table.Sockets {
		fmt.Fprintf(&b, "\n%s %s %s %s", s.Kind, s.State, s.Local, s.Remote)
	}
	return b.String()
}

func pids(s Socket) []int {
	var list []int
	for _, p := range s.Owners {
		list = append(list, p.PID)
	}
	return list
}

func heldBy(t testing.TB, s Socket, want ...int) {
	t.Helper()
	slices.Sort(want)
	if got := pids(s); !slices.Equal(got, want) {
		t.Errorf("%s %s is held by %v, want %v", s.Kind, s.Local, got, want)
	}
}
