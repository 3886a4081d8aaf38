package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
	"github.com/portolan/portolan/sockets"
)

// listenersFlags are the flags of the command.
type listenersFlags struct {
	established, all, namespaces, strict bool
}

func (a *app) listenersCommand() *cobra.Command {
	var f listenersFlags
	c := &cobra.Command{
		Use:   "listeners [PORT[/TRANSPORT] | RANGE | SERVICE]...",
		Short: "List what listens on this host, and who holds it",
		Long: `Lists the sockets of this host that wait for others: listening TCP sockets and
unconnected UDP sockets, with the service that the registry knows for the port,
the program, its pid, user, systemd unit or container, and how far the socket is
exposed. An address of * stands for all addresses of both IP versions.

With arguments it lists only those ports, and exits with 1 where nothing listens
on any of them. What cannot be seen without privilege is said on standard error;
--strict makes that exit code 4.`,
		Example: `  portolan listeners
  portolan listeners 8080                  who holds port 8080
  portolan listeners 6000-6063/tcp ssh
  portolan listeners --established --json | jq '.listeners[].remote'`,
		Args:              a.checkOutput,
		ValidArgsFunction: completePorts,
		RunE:              func(c *cobra.Command, args []string) error { return a.listeners(c.Context(), f, args) },
	}
	c.Flags().SortFlags = false
	c.Flags().BoolVar(&f.established, "established", false, "connections as well")
	c.Flags().BoolVar(&f.all, "all", false, "sockets in every state")
	c.Flags().BoolVar(&f.namespaces, "all-namespaces", false, "other network namespaces too (as root)")
	c.Flags().BoolVar(&f.strict, "strict", false, "exit with 4 where not everything can be seen")
	return c
}

// listener is a socket with what the registry says of its port.
type listener struct {
	*sockets.Socket
	transport portolan.Transport
	ported    bool // false: a raw socket, which has no transport and no port
	service   string
	status    registry.Status
	exposure  string
}

func newListener(s *sockets.Socket) listener {
	l := listener{Socket: s, exposure: judge.ExposureOf(s.Local.Addr(), s.Interface).String()}
	if l.transport, l.ported = s.Transport(); l.ported {
		x := registry.Lookup(portolan.Key{Port: s.Local.Port(), Transport: l.transport})
		l.service, l.status = x.Service(), x.Status()
	}
	return l
}

// on reports whether a subject stands for the listener's port.
func (l *listener) on(s subject) bool {
	return l.ported && slices.ContainsFunc(s.Keys, func(k spanKey) bool { return k.Transport == l.transport && k.Contains(l.Local.Port()) })
}

// listening is the document of the command.
type listening struct {
	table       *sockets.Table
	rows        []listener
	connections bool // states and remote ends are worth a column
}

func (a *app) listeners(ctx context.Context, f listenersFlags, args []string) error {
	subjects, err := a.resolve(args)
	if err != nil {
		return err
	}
	table, err := a.env.Sockets(ctx, sockets.Options{Root: a.env.Root, Established: f.established || f.all, All: f.all, AllNamespaces: f.namespaces, Ports: spans(subjects)})
	if err != nil {
		return lookFailure(err)
	}
	l := &listening{table: table, rows: choose(table.Sockets, subjects), connections: f.established || f.all}
	if err := a.print(l.document()); err != nil {
		return err
	}
	for _, r := range table.Visibility.Reasons {
		a.notice("note: " + r)
	}
	if f.strict && !table.Visibility.Full {
		return fail(exitPartial, "only a part of this host's sockets and owners could be seen")
	}
	return a.missing(subjects, l.rows)
}

// spans are the ports that were asked for.
func spans(subjects []subject) []portolan.Span {
	var all []portolan.Span
	for _, s := range subjects {
		for _, k := range s.Keys {
			if !slices.Contains(all, k.Span) {
				all = append(all, k.Span)
			}
		}
	}
	return all
}

// lookFailure says why this host could not be looked at.
func lookFailure(err error) error {
	f := fail(exitFailure, "look at this host's sockets: %w", err)
	if errors.Is(err, errors.ErrUnsupported) {
		return f.hint("this works on Linux; what ports are for, portolan knows everywhere: portolan explain 22")
	}
	return f
}

// missing tells which of the ports asked for have no socket; it is the answer
// no where none has.
func (a *app) missing(subjects []subject, rows []listener) error {
	var without []string
	for _, s := range subjects {
		if !slices.ContainsFunc(rows, func(l listener) bool { return l.on(s) }) {
			without = append(without, s.Text)
		}
	}
	if len(without) == 0 {
		return nil
	}
	sentence := "nothing listens on " + strings.Join(without, ", ")
	if len(without) == len(subjects) {
		return fail(exitNo, "%s", sentence)
	}
	a.notice("note: " + sentence)
	return nil
}

// choose returns the sockets on the ports asked for, all where none is, by
// port, transport and address.
func choose(all []sockets.Socket, subjects []subject) []listener {
	rows := make([]listener, 0, len(all))
	for i := range all {
		l := newListener(&all[i])
		if len(subjects) == 0 || slices.ContainsFunc(subjects, l.on) {
			rows = append(rows, l)
		}
	}
	slices.SortFunc(rows, byPort)
	return rows
}

// byPort sorts by port, transport, address and the rest, raw sockets last. The
// first two decide nearly always, and the others cost more to compare.
func byPort(x, y listener) int {
	if c := cmp.Compare(x.order(), y.order()); c != 0 {
		return c
	}
	return cmp.Or(x.Local.Addr().Compare(y.Local.Addr()), x.Remote.Compare(y.Remote),
		cmp.Compare(space(x.Socket).Inode, space(y.Socket).Inode), cmp.Compare(x.Inode, y.Inode))
}

func (l *listener) order() int {
	n := int(l.Local.Port())<<8 | int(l.Kind)
	if !l.ported {
		n |= 1 << 24
	}
	return n
}

// space is the socket's namespace; our own where none is given.
func space(s *sockets.Socket) sockets.Namespace {
	if s.Namespace == nil {
		return sockets.Namespace{Own: true}
	}
	return *s.Namespace
}

func (l *listening) document() *report.Document {
	return &report.Document{Schema: listenersSchema, DataVersion: registry.Version(), Value: l, Items: l.items,
		Columns: listenersColumns, Rows: l.records, Text: l.text}
}
