package sweep

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"
)

// wire is the raw sockets of one family.
type wire struct {
	six       bool
	tcp, icmp *net.IPConn
	many      batcher
	hold      int    // a socket that keeps others off the port
	port      uint16 // that all SYNs come from
}

// batcher is what ipv4.PacketConn and ipv6.PacketConn have in common.
type batcher interface {
	ReadBatch([]ipv4.Message, int) (int, error)
	WriteBatch([]ipv4.Message, int) (int, error)
}

func openWire(six bool) (*wire, error) {
	w := &wire{six: six, hold: -1}
	if err := w.open(); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *wire) open() (err error) {
	tcp, icmp := "ip4:tcp", "ip4:icmp"
	if w.six {
		tcp, icmp = "ip6:tcp", "ip6:ipv6-icmp"
	}
	if w.tcp, err = net.ListenIP(tcp, nil); err != nil {
		return err
	}
	if w.icmp, err = net.ListenIP(icmp, nil); err != nil {
		return err
	}
	if w.hold, w.port, err = holdPort(w.six); err != nil {
		return err
	}
	if err = prepare(w.tcp, w.six); err != nil {
		return err
	}
	return w.filter()
}

// filter keeps what is not for our port out of the sockets' buffers.
func (w *wire) filter() error {
	program := []bpf.Instruction{
		bpf.LoadMemShift{Off: 0}, // the length of the IPv4 header
		bpf.LoadIndirect{Off: 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(w.port), SkipFalse: 1},
		bpf.RetConstant{Val: 128},
		bpf.RetConstant{Val: 0},
	}
	if w.six { // the kernel gives no IPv6 header
		program = append([]bpf.Instruction{bpf.LoadAbsolute{Off: 2, Size: 2}}, program[2:]...)
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return err
	}
	if !w.six {
		c := ipv4.NewPacketConn(w.tcp)
		w.many = c
		return c.SetBPF(raw)
	}
	c := ipv6.NewPacketConn(w.tcp)
	w.many = c
	f := new(ipv6.ICMPFilter)
	f.SetAll(true)
	f.Accept(ipv6.ICMPTypeDestinationUnreachable)
	f.Accept(ipv6.ICMPTypeTimeExceeded)
	return errors.Join(c.SetBPF(raw), ipv6.NewPacketConn(w.icmp).SetICMPFilter(f))
}

func (w *wire) close() {
	if w.tcp != nil {
		w.tcp.Close()
	}
	if w.icmp != nil {
		w.icmp.Close()
	}
	if w.hold >= 0 {
		_ = unix.Close(w.hold)
	}
}

// holdPort binds a TCP socket that never listens to a free port, so that no
// connection of this host gets it meanwhile.
func holdPort(six bool) (fd int, port uint16, err error) {
	family, any := unix.AF_INET, unix.Sockaddr(&unix.SockaddrInet4{})
	if six {
		family, any = unix.AF_INET6, &unix.SockaddrInet6{}
	}
	if fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, 0, err
	}
	if six {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1)
	}
	if err = unix.Bind(fd, any); err != nil {
		return fd, 0, err
	}
	own, err := unix.Getsockname(fd)
	switch a := own.(type) {
	case *unix.SockaddrInet4:
		port = uint16(a.Port)
	case *unix.SockaddrInet6:
		port = uint16(a.Port)
	}
	return fd, port, err
}

// prepare makes room for the answers of a burst, though only root gets as much as
// that, and takes the IPv4 header on us, which saves the kernel a lock and a copy.
func prepare(c *net.IPConn, six bool) error {
	const room = 16 << 20
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var own error
	err = raw.Control(func(fd uintptr) {
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, room) != nil {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, room)
		}
		if !six {
			own = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_HDRINCL, 1)
		}
	})
	return errors.Join(err, own)
}

// readSegments hands on what comes until the wire is closed.
func (w *wire) readSegments(take func(netip.Addr, segment)) {
	ms := make([]ipv4.Message, batchSize)
	for i := range ms {
		ms[i].Buffers = [][]byte{make([]byte, 128)}
	}
	for {
		n, err := w.many.ReadBatch(ms, 0)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		for _, m := range ms[:max(n, 0)] {
			if from, payload, ok := w.split(m); ok {
				if seg, ok := parseSegment(payload); ok {
					take(from, seg)
				}
			}
		}
	}
}

// split tells who sent a packet, and what is in it.
func (w *wire) split(m ipv4.Message) (netip.Addr, []byte, bool) {
	b := m.Buffers[0][:m.N]
	if !w.six {
		from, _, _, payload, ok := payload4(b)
		return from, payload, ok
	}
	a, ok := m.Addr.(*net.IPAddr)
	if !ok {
		return netip.Addr{}, nil, false
	}
	from, ok := netip.AddrFromSlice(a.IP)
	return from, b, ok
}

// readICMP is readSegments for ICMP.
func (w *wire) readICMP(take func(unreachable)) {
	b := make([]byte, 2048)
	for {
		n, _, err := w.icmp.ReadFromIP(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		parse := parseICMP4
		if w.six {
			parse = parseICMP6
		}
		if u, ok := parse(b[:n]); ok {
			take(u)
		}
	}
}

// batch is SYNs that are sent at once.
type batch struct {
	wire  *wire
	n     int
	ms    [batchSize]ipv4.Message
	bytes [batchSize][]byte
	which [batchSize]int32 // in the block
	to    [batchSize]netip.AddrPort
}

func (b *batch) reset() { b.wire, b.n = nil, 0 }

// add is false where the question goes over another wire.
func (b *batch) add(i int32, q *question) bool {
	if b.wire != nil && b.wire != q.host.wire {
		return false
	}
	b.wire = q.host.wire
	to := b.bytes[b.n][:0]
	if !b.wire.six {
		to = appendHeader4(to, q.host.from.Addr(), q.dst.Addr())
	}
	b.bytes[b.n] = appendSYN(to, q.host.from, q.dst, q.seq)
	m := &b.ms[b.n]
	if m.Buffers == nil {
		m.Buffers = make([][]byte, 1)
	}
	m.Buffers[0], m.Addr = b.bytes[b.n], q.host.addr
	b.which[b.n], b.to[b.n] = i, q.to
	b.n++
	return true
}

// send sends the batch. A full queue is waited out; what this host refuses to
// send is told, and left out.
func (b *batch) send(ctx context.Context, refused func(int32, error)) error {
	for at, full := 0, 0; at < b.n; {
		n, err := b.wire.many.WriteBatch(b.ms[at:b.n], 0)
		at += max(n, 0)
		switch {
		case err == nil:
		case errors.Is(err, net.ErrClosed):
			return err
		case isShort(err) && full < patience:
			full++
			if !sleep(ctx, time.Millisecond) {
				return ctx.Err()
			}
		case errors.Is(err, syscall.EINTR):
		default:
			refused(b.which[at], err)
			at++
		}
	}
	return nil
}
