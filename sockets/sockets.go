package sockets

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/portolan/portolan"
)

// Kind is the kernel's protocol of a socket, finer than a transport: MPTCP and
// UDP-Lite carry TCP's and UDP's ports.
type Kind uint8

// The kinds.
const (
	KindTCP Kind = iota
	KindMPTCP
	KindUDP
	KindUDPLite
	KindSCTP
	KindDCCP
	KindRaw // has an IP protocol number in place of a port
)

var kindNames = [...]string{"tcp", "mptcp", "udp", "udplite", "sctp", "dccp", "raw"}

// String returns the lower-case name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Transport returns whose ports the kind uses. A raw socket has none; ok is false.
func (k Kind) Transport() (t portolan.Transport, ok bool) {
	switch k {
	case KindTCP, KindMPTCP:
		return portolan.TCP, true
	case KindUDP, KindUDPLite:
		return portolan.UDP, true
	case KindSCTP:
		return portolan.SCTP, true
	case KindDCCP:
		return portolan.DCCP, true
	}
	return 0, false
}

// State is a socket's, in RFC 9293's words; the numbers are Linux's.
type State uint8

// The states. A datagram socket is [Unconnected] or [Established].
const (
	StateUnknown State = iota
	Established
	SynSent
	SynReceived
	FinWait1
	FinWait2
	TimeWait
	Closed
	CloseWait
	LastAck
	Listen
	Closing
	NewSynReceived // half open, Linux
	BoundInactive
	Unconnected // of datagrams: any peer
)

var stateNames = [...]string{"UNKNOWN", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED",
	"CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECEIVED", "BOUND", "UNCONN"}

// String returns RFC 9293's word, UNCONN for an unconnected datagram socket.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return stateNames[StateUnknown]
}

// Direction tells who opened a connection.
type Direction uint8

// The directions.
const (
	NoDirection Direction = iota // it listens, or takes from anyone
	Inbound                      // its local port is one that is listened on
	Outgoing
)

// Socket is one socket of the kernel.
type Socket struct {
	Kind      Kind
	State     State
	Direction Direction
	// Local and Remote hold IPv4 addresses as such, also where the socket is an
	// IPv6 one. A raw socket has its IP protocol number as the local port.
	Local, Remote netip.AddrPort
	// DualStack: an IPv6 socket on all addresses that takes IPv4 too.
	DualStack bool
	Interface string // that it is bound to, "" where to none
	Inode     uint64 // 0 where no process can hold it any more (TIME-WAIT)
	UID       uint32 // of who made it
	// Group counts the sockets that share the address with SO_REUSEPORT or
	// SO_REUSEADDR, this one included; 1 where it is alone.
	Group                   int
	ReceiveQueue, SendQueue uint32 // bytes; of a listener, waiting connections and their limit
	Namespace               *Namespace
	// Owners are the processes that hold it, by pid. Empty where none may be seen.
	Owners []*Process
}

// Listening reports whether the socket takes what comes to its port from
// anyone: a listener, or an unconnected datagram or raw socket.
func (s *Socket) Listening() bool { return s.State == Listen || s.State == Unconnected }

// Transport returns whose port the socket has; ok is false for a raw one.
func (s *Socket) Transport() (portolan.Transport, bool) { return s.Kind.Transport() }

// Namespace is a network namespace.
type Namespace struct {
	Inode uint64
	Name  string // of /run/netns, or "pid 42" after a process in it; "" for our own
	Own   bool
}

// Process is a holder of sockets, as it was when its descriptors were read.
type Process struct {
	PID, PPID int
	Program   string // what the kernel calls it (comm): at most 15 bytes, and the process may change it
	Cmdline   []string
	Exe       string // path in the process's own mount namespace; "" where it may not be seen
	// ExeAlias is Program where that is another name of the same file in the same
	// folder: Debian's redis-server is a link to redis-check-rdb.
	ExeAlias string
	// ExeDeleted: no file has that name any more, as after an upgrade.
	ExeDeleted bool
	// ExeWorldWritable: anyone may put files into the folder of Exe.
	ExeWorldWritable bool
	UID              uint32 // effective
	User             string // name of UID in /etc/passwd, "" where it has none
	Started          time.Time
	Cgroup           string
	Unit             string // systemd's, "ssh.service"
	Container        string // id of the container, 12 digits or the runtime's name
}

// Activator reports whether the process is systemd's manager, which holds the
// sockets of units that it starts when something knocks.
func (p *Process) Activator() bool { return p.PID == 1 && p.Program == "systemd" }

// Options say what List looks at. The zero value lists what listens in our own
// network namespace, with owners.
type Options struct {
	Root          string // of captured trees, for tests; "" and "/" are this machine
	Established   bool   // connections too
	All           bool   // every state, TIME-WAIT and the like, and raw sockets
	AllNamespaces bool   // other network namespaces too; needs CAP_SYS_ADMIN
	NoOwners      bool   // do not look for owners
	// Ports, where there are any, keep only sockets with such a local port, and
	// connections that go out to one. Visibility then speaks of those.
	Ports   []portolan.Span
	ProcNet bool // read /proc/net, as where netlink is refused
}

// Table is one look at the machine.
type Table struct {
	Sockets    []Socket
	Visibility Visibility
	Taken      time.Time
}

// Visibility says what a look could not see.
type Visibility struct {
	// Full: every process could be looked at, so that a socket without an owner
	// has none.
	Full bool
	// Hidden counts sockets without an owner that may have one out of sight.
	Hidden int
	// Ownerless counts sockets that no process holds although all could be
	// looked at: the kernel's own, or a hidden process's.
	Ownerless int
	// Sockets is how many could have an owner.
	Sockets int
	Reasons []string // in plain words, with what would help
}

// UnsupportedError says that a look is not possible on this system.
// It wraps [errors.ErrUnsupported].
type UnsupportedError struct{ What, System string }

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s is not supported on %s yet", e.What, e.System)
}

// Unwrap makes errors.Is(err, errors.ErrUnsupported) true.
func (e *UnsupportedError) Unwrap() error { return errors.ErrUnsupported }

// List takes a look. Parts that may not be seen are named in the table's
// Visibility; the error is for what made the look impossible, and wraps
// [errors.ErrUnsupported] where this system has no reader.
func List(ctx context.Context, opt Options) (*Table, error) { return list(ctx, opt) }
