package trap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// diag asks the kernel, by sock_diag, for the socket that a packet would find.
type diag struct{ conn *netlink.Conn }

// newDiag also finds out whether this kernel answers: it must know a socket that
// is there, of either kind.
func newDiag() (*diag, error) {
	c, err := netlink.Dial(unix.NETLINK_SOCK_DIAG, nil)
	if err != nil {
		return nil, err
	}
	d := &diag{c}
	if err := d.prove(); err != nil {
		c.Close()
		return nil, err
	}
	return d, nil
}

func (d *diag) prove() error {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	u, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer u.Close()
	for _, p := range []Packet{
		{Protocol: ProtocolTCP, Flags: FlagSYN, Destination: addrPort(l.Addr())},
		{Protocol: ProtocolUDP, Destination: u.LocalAddr().(*net.UDPAddr).AddrPort()},
	} {
		p.Source = netip.AddrPortFrom(p.Destination.Addr(), 1)
		if there, err := d.exists(&p, loopbackIndex); err != nil || !there {
			return fmt.Errorf("%w: sock_diag does not find a socket that is there (%w)", errors.ErrUnsupported, err)
		}
	}
	return nil
}

const sockDiagByFamily = 20

func (d *diag) exists(p *Packet, ifindex int) (bool, error) {
	_, err := d.conn.Execute(netlink.Message{
		Header: netlink.Header{Type: sockDiagByFamily, Flags: netlink.Request},
		Data:   question(p, ifindex),
	})
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	return err == nil, err
}

// question is a struct inet_diag_req_v2. For UDP the kernel takes the two ends
// the other way round, "for historical reasons". A SYN asks for a listener alone,
// by a port that nobody has: the connection that it opened may be there already.
func question(p *Packet, ifindex int) []byte {
	b := make([]byte, 56)
	b[0], b[1] = unix.AF_INET, p.Protocol
	if p.Destination.Addr().Is6() {
		b[0] = unix.AF_INET6
	}
	binary.NativeEndian.PutUint32(b[4:], ^uint32(0)) // any state
	first, second := p.Destination, p.Source
	if p.Protocol == ProtocolTCP && classifyTCP(p.Flags) == SYN {
		second = netip.AddrPortFrom(second.Addr(), 0)
	}
	if p.Protocol == ProtocolUDP {
		first, second = second, first
	}
	binary.BigEndian.PutUint16(b[8:], first.Port())
	binary.BigEndian.PutUint16(b[10:], second.Port())
	copy(b[12:28], first.Addr().AsSlice())
	copy(b[28:44], second.Addr().AsSlice())
	binary.NativeEndian.PutUint32(b[44:], uint32(ifindex))
	binary.NativeEndian.PutUint64(b[48:], ^uint64(0)) // no cookie
	return b
}
