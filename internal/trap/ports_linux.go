package trap

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ports is the mode without privileges: ordinary sockets on the ports that are
// given. A datagram is an event, under headers that are put before it here; a
// connection is not, it comes out of Serve alone.
type ports struct {
	opt     Options
	sockets []*net.UDPConn
	queue   chan *Event
	closed  chan struct{}
	done    sync.WaitGroup
	names   linkCache

	emitted, lost atomic.Uint64
}

// queued datagrams are what may wait for read.
const queued = 1024

func openListeners(ctx context.Context, o Options) (source, []net.Listener, error) {
	if len(o.Ports) == 0 {
		return nil, nil, fmt.Errorf("%w: no ports to listen on", errors.ErrUnsupported)
	}
	p := &ports{opt: o, queue: make(chan *Event, queued), closed: make(chan struct{})}
	var all []net.Listener
	var errs []error
	for _, port := range o.Ports {
		l, err := p.open(ctx, port)
		all = append(all, l...)
		if err != nil {
			o.Log.Warn("a port is not listened on", "port", port, "err", err)
			errs = append(errs, err)
		}
	}
	if len(all) == 0 && len(p.sockets) == 0 {
		return nil, nil, errors.Join(errs...)
	}
	for _, c := range p.sockets {
		p.done.Go(func() { p.listen(c) })
	}
	return p, all, nil
}

// open listens on a port of both transports and families. It is good for what of
// that can be had.
func (p *ports) open(ctx context.Context, port uint16) (all []net.Listener, err error) {
	var errs []error
	at := ":" + strconv.Itoa(int(port))
	for _, family := range []string{"4", "6"} {
		var config net.ListenConfig
		config.SetMultipathTCP(false)
		if p.opt.Answer && p.opt.TCP.Has(port) && p.opt.AnswerOnly.Has(port) {
			l, err := config.Listen(ctx, "tcp"+family, at)
			if err == nil {
				all = append(all, l)
			}
			errs = append(errs, err)
		}
		if p.opt.UDP.Has(port) {
			config.Control = packetInfo(family)
			c, err := config.ListenPacket(ctx, "udp"+family, at)
			if err == nil {
				p.sockets = append(p.sockets, c.(*net.UDPConn))
			}
			errs = append(errs, err)
		}
	}
	return all, errors.Join(errs...)
}

// packetInfo lets a socket say where each datagram was sent to.
func packetInfo(family string) func(string, string, syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) (err error) {
		e := c.Control(func(fd uintptr) {
			if family == "4" {
				err = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_PKTINFO, 1)
			} else {
				err = unix.SetsockoptInt(int(fd), unix.SOL_IPV6, unix.IPV6_RECVPKTINFO, 1)
			}
		})
		return errors.Join(e, err)
	}
}

func (p *ports) listen(c *net.UDPConn) {
	b, oob := make([]byte, 1<<16), make([]byte, 128)
	for {
		n, more, _, from, err := c.ReadMsgUDPAddrPort(b, oob)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP error about what we never sent
		}
		to, index := parseInfo(oob[:more])
		port := c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
		packet := datagram(from, netip.AddrPortFrom(to, port), b[:n])
		e := &Event{At: time.Now(), Interface: p.names.name(index), Length: len(packet), Why: UDP, Packet: packet[:min(len(packet), p.opt.SnapUDP)]}
		select {
		case p.queue <- e:
			p.emitted.Add(1)
		default:
			p.lost.Add(1)
		}
	}
}

// parseInfo finds the destination and the interface among what comes beside a
// datagram.
func parseInfo(oob []byte) (to netip.Addr, index uint32) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return netip.Addr{}, 0
	}
	for _, m := range messages {
		switch {
		case m.Header.Level == unix.SOL_IP && m.Header.Type == unix.IP_PKTINFO && len(m.Data) >= 12:
			return netip.AddrFrom4([4]byte(m.Data[8:])), binary.NativeEndian.Uint32(m.Data)
		case m.Header.Level == unix.SOL_IPV6 && m.Header.Type == unix.IPV6_PKTINFO && len(m.Data) >= 20:
			return netip.AddrFrom16([16]byte(m.Data)), binary.NativeEndian.Uint32(m.Data[16:])
		}
	}
	return netip.Addr{}, 0
}

// datagram puts the headers back before a payload, as far as they are known.
func datagram(from, to netip.AddrPort, payload []byte) []byte {
	source := from.Addr().Unmap().WithZone("")
	udp := binary.BigEndian.AppendUint16(nil, from.Port())
	udp = binary.BigEndian.AppendUint16(udp, to.Port())
	udp = append(binary.BigEndian.AppendUint16(udp, uint16(8+len(payload))), 0, 0)
	udp = append(udp, payload...)
	var b []byte
	if source.Is4() {
		b = make([]byte, 20)
		b[0], b[9] = 0x45, ProtocolUDP
		binary.BigEndian.PutUint16(b[2:], uint16(min(20+len(udp), 1<<16-1)))
		copy(b[12:], source.AsSlice())
		copy(b[16:], to.Addr().AsSlice())
		return append(b, udp...)
	}
	b = make([]byte, 40)
	b[0], b[6] = 0x60, ProtocolUDP
	binary.BigEndian.PutUint16(b[4:], uint16(min(len(udp), 1<<16-1)))
	copy(b[8:], source.AsSlice())
	copy(b[24:], to.Addr().AsSlice())
	return append(b, udp...)
}

// linkCache names interfaces by their index, and asks for each once.
type linkCache struct {
	mu    sync.Mutex // guards names
	names map[uint32]string
}

func (c *linkCache) name(index uint32) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name, ok := c.names[index]; ok {
		return name
	}
	if len(c.names) > 1024 || c.names == nil {
		c.names = map[uint32]string{}
	}
	name := fmt.Sprint("interface ", index)
	if i, err := net.InterfaceByIndex(int(index)); err == nil {
		name = i.Name
	}
	c.names[index] = name
	return name
}

func (p *ports) read(e *Event) error {
	select {
	case x := <-p.queue:
		packet := append(e.Packet[:0], x.Packet...)
		*e = *x
		e.Packet = packet
		return nil
	case <-p.closed:
		return net.ErrClosed
	}
}

func (p *ports) counters() Counters {
	emitted, lost := p.emitted.Load(), p.lost.Load()
	return Counters{Seen: emitted + lost, Emitted: emitted, RingLost: lost}
}

// interfaces says nothing: these sockets are of all of them.
func (p *ports) interfaces() []Interface { return nil }

func (p *ports) steered(netip.AddrPort, netip.AddrPort) bool { return false }

func (p *ports) Close() error {
	var errs []error
	for _, c := range p.sockets {
		errs = append(errs, c.Close())
	}
	p.done.Wait()
	close(p.closed)
	return errors.Join(errs...)
}
