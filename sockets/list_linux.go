package sockets

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/portolan/portolan"
)

// supported is nil on Linux.
func supported(string) error { return nil }

// look is one look in the making.
type look struct {
	opt     Options
	root    string // "" for this machine, so that root+"/proc" is right
	table   *Table
	reasons map[string]bool
}

func list(ctx context.Context, opt Options) (*Table, error) {
	l := &look{opt: opt, table: &Table{Taken: time.Now()}, reasons: map[string]bool{}}
	if opt.Root != "/" {
		l.root = filepath.Clean(opt.Root)
		if opt.Root == "" {
			l.root = ""
		}
	}
	if opt.NoOwners {
		return l.table, l.read(ctx)
	}
	if len(opt.Ports) > 0 {
		return l.table, l.few(ctx)
	}
	p, err := l.startPass(ctx)
	if err != nil {
		return nil, err
	}
	defer p.finish()
	if err := l.read(ctx); err != nil {
		return nil, err
	}
	return l.table, p.owners(ctx)
}

// read fills the table with all that is known of sockets but their owners.
func (l *look) read(ctx context.Context) error {
	if err := l.sockets(ctx); err != nil {
		return err
	}
	l.multipath()
	l.direct()
	if len(l.opt.Ports) > 0 {
		l.table.Sockets = slices.DeleteFunc(l.table.Sockets, func(s Socket) bool { return !l.asked(&s) })
	}
	l.group()
	return ctx.Err()
}

// asked reports whether a socket has one of the ports that were asked for.
func (l *look) asked(s *Socket) bool {
	return slices.ContainsFunc(l.opt.Ports, func(p portolan.Span) bool {
		return p.Contains(s.Local.Port()) || s.Direction == Outgoing && p.Contains(s.Remote.Port())
	})
}

// few reads the sockets first: where none has the ports asked for, there is no
// owner to look for.
func (l *look) few(ctx context.Context) error {
	if err := l.read(ctx); err != nil {
		return err
	}
	if len(l.table.Sockets) == 0 {
		l.visibility(0)
		return nil
	}
	p, err := l.startPass(ctx)
	if err != nil {
		return err
	}
	defer p.finish()
	return p.owners(ctx)
}

// because adds a reason to the visibility, once.
func (l *look) because(format string, args ...any) {
	r := fmt.Sprintf(format, args...)
	if !l.reasons[r] {
		l.reasons[r] = true
		l.table.Visibility.Reasons = append(l.table.Visibility.Reasons, r)
	}
}

func (l *look) proc(parts ...string) string {
	return filepath.Join(append([]string{l.root + "/proc"}, parts...)...)
}

// net names a file of /proc/net, of the namespace that the thread is in.
func (l *look) net(parts ...string) string {
	parts = append([]string{"net"}, parts...)
	if l.captured() {
		return l.proc(parts...)
	}
	return l.proc(append([]string{"thread-self"}, parts...)...)
}

// captured reports whether a tree of files stands for the machine.
func (l *look) captured() bool { return l.root != "" }

// sockets reads the sockets of our own namespace, and of others if asked.
func (l *look) sockets(ctx context.Context) error {
	own := &Namespace{Own: true}
	if target, err := os.Readlink(l.proc("thread-self", "ns", "net")); err == nil {
		own.Inode, _ = namespaceInode(target)
	}
	if err := l.namespace(ctx, own); err != nil {
		return err
	}
	if !l.opt.AllNamespaces || l.captured() {
		return nil
	}
	for _, ns := range l.others(own.Inode) {
		if err := inside(ns.path, func() error { return l.namespace(ctx, ns.Namespace) }); err != nil && ctx.Err() == nil {
			l.because("network namespace %s (%d) could not be entered: %v; entering needs CAP_SYS_ADMIN", ns.Name, ns.Inode, err)
		}
	}
	return ctx.Err()
}

// namespace reads the namespace that the thread is in: by netlink, or from
// /proc/net where that is refused.
func (l *look) namespace(ctx context.Context, ns *Namespace) error {
	if !l.opt.ProcNet && !l.captured() {
		before := len(l.table.Sockets)
		err := l.diag(ctx, ns)
		if err == nil || ctx.Err() != nil {
			return err
		}
		l.table.Sockets = l.table.Sockets[:before] // they come again
		l.because("sock_diag is refused (%v): /proc/net was read, which tells neither interfaces nor IPv6-only sockets", err)
	}
	return l.procNet(ns, allKinds...)
}

// keep reports whether the options ask for a socket.
func (l *look) keep(s *Socket) bool {
	switch {
	case l.opt.All:
		return true
	case s.Kind == KindRaw:
		return false
	case s.Listening():
		return true
	}
	return l.opt.Established && s.State != TimeWait && s.State != Closed && s.State != BoundInactive
}

func (l *look) add(s Socket, ns *Namespace) {
	if l.keep(&s) {
		s.Namespace = ns
		l.table.Sockets = append(l.table.Sockets, s)
	}
}

// multipath drops the TCP socket beneath an MPTCP one: the kernel lists both,
// with the same inode, and they are one.
func (l *look) multipath() {
	mptcp := map[uint64]bool{}
	for i := range l.table.Sockets {
		if s := &l.table.Sockets[i]; s.Kind == KindMPTCP && s.Inode != 0 {
			mptcp[s.Inode] = true
		}
	}
	if len(mptcp) > 0 {
		l.table.Sockets = slices.DeleteFunc(l.table.Sockets, func(s Socket) bool { return s.Kind == KindTCP && mptcp[s.Inode] })
	}
}

// port names a local port of a namespace.
type port struct {
	ns   *Namespace
	kind Kind
	port uint16
}

// direct tells connections that came in from those that went out: a local port
// that is listened on is the service's side.
func (l *look) direct() {
	if !l.opt.Established && !l.opt.All {
		return
	}
	listened := map[port]bool{}
	for i := range l.table.Sockets {
		if s := &l.table.Sockets[i]; s.Listening() {
			listened[portOf(s)] = true
		}
	}
	for i := range l.table.Sockets {
		s := &l.table.Sockets[i]
		switch {
		case s.Listening() || !s.Remote.IsValid() || s.Remote.Port() == 0:
		case listened[portOf(s)]:
			s.Direction = Inbound
		default:
			s.Direction = Outgoing
		}
	}
}

func portOf(s *Socket) port {
	kind := s.Kind
	if kind == KindMPTCP {
		kind = KindTCP // a subflow is a TCP socket
	}
	return port{s.Namespace, kind, s.Local.Port()}
}

// group counts sockets that share an address.
func (l *look) group() {
	type address struct {
		port
		local  netip.Addr
		device string
		dual   bool
	}
	of := func(s *Socket) address { return address{portOf(s), s.Local.Addr(), s.Interface, s.DualStack} }
	members := make(map[address]int, len(l.table.Sockets))
	for i := range l.table.Sockets {
		if s := &l.table.Sockets[i]; s.Listening() {
			members[of(s)]++
		}
	}
	if len(members) == len(l.table.Sockets) {
		return // the usual case: every socket is alone
	}
	// A dump goes on where it was, by count: when a socket is made before that
	// place meanwhile, the last one comes twice.
	type member struct {
		address
		inode uint64
	}
	seen := map[member]bool{}
	l.table.Sockets = slices.DeleteFunc(l.table.Sockets, func(s Socket) bool {
		if !s.Listening() || s.Inode == 0 || members[of(&s)] < 2 {
			return false
		}
		m := member{of(&s), s.Inode}
		if seen[m] {
			members[m.address]--
			return true
		}
		seen[m] = true
		return false
	})
	for i := range l.table.Sockets {
		if s := &l.table.Sockets[i]; s.Listening() && s.Kind != KindRaw {
			s.Group = members[of(s)]
		}
	}
}
