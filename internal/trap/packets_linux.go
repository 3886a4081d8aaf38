package trap

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// listener is the mode that hears by a packet socket: what comes in is a copy, so
// it can neither hold nor change anything. It asks for the socket after the
// kernel has dealt with the packet, and so passes over what may have ended a
// connection, a RST or FIN+ACK, and over lone ACKs.
type listener struct {
	socket  *os.File
	diag    *diag
	monitor *monitor
	buffer  []byte // belongs to read

	mu    sync.Mutex // guards what follows
	judge *judge
	known map[int]Interface
	c     Counters
}

func openPackets(_ context.Context, o Options) (source, []net.Listener, error) {
	l, err := listenPackets(o, false)
	if err != nil {
		return nil, nil, explainRaw(err)
	}
	return l, nil, nil
}

func explainRaw(err error) error {
	if denied(err) {
		return fmt.Errorf("%w\nhint: this needs CAP_NET_RAW at start, and none afterwards", err)
	}
	return err
}

func listenPackets(o Options, answers bool) (*listener, error) {
	d, err := newDiag()
	if err != nil {
		return nil, err
	}
	l := &listener{diag: d, judge: newJudge(o, answers, d.exists), buffer: make([]byte, 1<<16), known: map[int]Interface{}}
	if l.socket, err = packetSocket(); err == nil {
		l.monitor, err = newMonitor(l.changed, func(err error) { o.Log.Warn("interfaces and addresses are not known any more", "err", err) })
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

func packetSocket() (*os.File, error) {
	// Protocol 0 takes nothing in, until the filter stands.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("open a packet socket", err)
	}
	f := os.NewFile(uintptr(fd), "packets")
	raw, err := bpf.Assemble(coarse)
	if err == nil {
		filter := make([]unix.SockFilter, len(raw))
		for i, x := range raw {
			filter[i] = unix.SockFilter{Code: x.Op, Jt: x.Jt, Jf: x.Jf, K: x.K}
		}
		err = unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})
	}
	if err == nil {
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 16<<20) != nil {
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 16<<20)
		}
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: swapped(unix.ETH_P_ALL)})
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// swapped is a 16-bit number in the order of the network.
func swapped(n uint16) uint16 {
	b := [2]byte{byte(n >> 8), byte(n)}
	return binary.NativeEndian.Uint16(b[:])
}

// coarse keeps away from us what is no event: later fragments, and segments that
// go on with a connection or end it.
var coarse = []bpf.Instruction{
	bpf.LoadExtension{Num: bpf.ExtType},
	bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.PACKET_HOST, SkipTrue: 27},
	bpf.LoadExtension{Num: bpf.ExtProto},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.ETH_P_IPV6, SkipTrue: 13},
	bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.ETH_P_IP, SkipTrue: 24},
	// IPv4: no later fragments.
	bpf.LoadAbsolute{Off: 6, Size: 2},
	bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 0x1fff, SkipTrue: 22},
	bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 0x2000, SkipTrue: 20},
	bpf.LoadAbsolute{Off: 9, Size: 1},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: ProtocolUDP, SkipTrue: 18},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: ProtocolICMP, SkipTrue: 17},
	bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: ProtocolTCP, SkipTrue: 17},
	bpf.LoadMemShift{Off: 0},
	bpf.LoadIndirect{Off: 13, Size: 1},
	bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: FlagSYN, SkipTrue: 13},
	bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: FlagACK | FlagRST, SkipTrue: 13},
	bpf.Jump{Skip: 11},
	// IPv6: whatever has extension headers.
	bpf.LoadAbsolute{Off: 6, Size: 1},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: ProtocolTCP, SkipTrue: 6},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0, SkipTrue: 8},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: 43, SkipTrue: 7},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: 44, SkipTrue: 6},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: 60, SkipTrue: 5},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: ProtocolUDP, SkipTrue: 4},
	bpf.JumpIf{Cond: bpf.JumpEqual, Val: ProtocolICMPv6, SkipTrue: 3, SkipFalse: 4},
	bpf.LoadAbsolute{Off: 40 + 13, Size: 1},
	bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: FlagSYN, SkipTrue: 1},
	bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: FlagACK | FlagRST, SkipTrue: 1},
	bpf.RetConstant{Val: 1 << 16},
	bpf.RetConstant{Val: 0},
}

func (l *listener) changed(devices []device, locals []netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.judge.setLocals(locals)
	clear(l.known)
	for _, d := range devices {
		i := Interface{Name: d.name}
		switch {
		case !l.judge.opt.wants(d.name):
			i.Why = "not asked for"
		case d.port != "" && d.port != "vrf":
			_, i.Why = d.head()
		}
		i.Watched = i.Why == ""
		l.known[d.index] = i
	}
}

func (l *listener) read(e *Event) error {
	for {
		n, from, err := l.receive()
		if errors.Is(err, os.ErrClosed) {
			return net.ErrClosed
		}
		if err != nil {
			return err
		}
		if l.take(l.buffer[:n], from.Ifindex, e) {
			return nil
		}
	}
}

func (l *listener) receive() (n int, from *unix.SockaddrLinklayer, err error) {
	raw, err := l.socket.SyscallConn()
	if err != nil {
		return 0, nil, err
	}
	var in error
	err = raw.Read(func(fd uintptr) bool {
		var sa unix.Sockaddr
		n, sa, in = unix.Recvfrom(int(fd), l.buffer, 0)
		from, _ = sa.(*unix.SockaddrLinklayer)
		return !errors.Is(in, unix.EAGAIN)
	})
	if err == nil {
		err = in
	}
	if errors.Is(err, unix.ENETDOWN) || err == nil && from == nil {
		return 0, &unix.SockaddrLinklayer{}, nil // an interface went; the others stay
	}
	return n, from, err
}

// take judges a packet and counts it.
func (l *listener) take(b []byte, ifindex int, e *Event) bool {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	i := l.known[ifindex]
	if !i.Watched {
		return false
	}
	switch l.judge.see(b, ifindex, now, e) {
	case ignored:
		l.c.Ignored++
	case limited:
		l.c.Seen++
		l.c.Limited++
	case emitted:
		l.c.Seen++
		l.c.Emitted++
		e.At, e.Interface = now, i.Name
		return true
	}
	return false
}

// counters adds what the socket had no room for: nobody has looked whether it
// would have found a socket.
func (l *listener) counters() Counters {
	l.mu.Lock()
	defer l.mu.Unlock()
	if raw, err := l.socket.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) {
			if s, err := unix.GetsockoptTpacketStats(int(fd), unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
				l.c.Seen += uint64(s.Drops)
				l.c.RingLost += uint64(s.Drops)
			}
		})
	}
	return l.c
}

func (l *listener) interfaces() []Interface {
	l.mu.Lock()
	defer l.mu.Unlock()
	return listed(l.known)
}

func listed[K comparable](known map[K]Interface) []Interface {
	var all []Interface
	for _, i := range known {
		all = append(all, i)
	}
	slices.SortFunc(all, func(a, b Interface) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (l *listener) steered(netip.AddrPort, netip.AddrPort) bool { return false }

func (l *listener) Close() error {
	var errs []error
	if l.monitor != nil {
		errs = append(errs, l.monitor.Close())
	}
	if l.socket != nil {
		errs = append(errs, l.socket.Close())
	}
	return errors.Join(append(errs, l.diag.conn.Close())...)
}
