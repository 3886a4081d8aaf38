package sockets

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// dumps lists what is asked of sock_diag. IPPROTO_MPTCP is 262.
var dumps = [...]struct {
	kind     Kind
	protocol uint16
	v4, v6   string // names in /proc/net/protocols
}{{KindTCP, unix.IPPROTO_TCP, "TCP", "TCPv6"}, {KindUDP, unix.IPPROTO_UDP, "UDP", "UDPv6"}, {KindUDPLite, unix.IPPROTO_UDPLITE, "UDP-Lite", "UDPLITEv6"},
	{KindSCTP, unix.IPPROTO_SCTP, "SCTP", "SCTPv6"}, {KindDCCP, unix.IPPROTO_DCCP, "DCCP", "DCCPv6"}, {KindMPTCP, 262, "MPTCP", "MPTCPv6"},
	{KindRaw, unix.IPPROTO_RAW, "RAW", "RAWv6"}}

// worthAsking reports whether the kernel may have sockets of a protocol. To ask
// sock_diag for one that is not loaded makes the kernel look for its module,
// and a walk over its tables takes a millisecond where there is nothing. The
// counts leave half-open and waiting TCP connections out.
func worthAsking(used map[string]int, name string, kind Kind) bool {
	if len(used) == 0 || kind == KindTCP {
		return true // the kernel does not say
	}
	return used[name] != 0
}

// diag reads all sockets of the thread's namespace by netlink.
func (l *look) diag(ctx context.Context, ns *Namespace) error {
	// One read for 32 KiB of answers, the most that the kernel puts into one.
	config := &netlink.Config{MessageBufferSize: 64 << 10}
	c, err := netlink.Dial(unix.NETLINK_SOCK_DIAG, config)
	if err != nil {
		return err
	}
	defer c.Close()
	// A dump of many sockets should not be told off for a slow reader.
	_ = c.SetReadBuffer(1 << 20)
	names := &linkNames{}
	text, _ := os.ReadFile(l.net("protocols"))
	used := parseProtocols(text)
	l.reserve(used)
	for _, d := range dumps {
		if d.kind == KindRaw && !l.opt.All {
			continue
		}
		for _, family := range []uint8{familyV4, familyV6} {
			name := d.v4
			if family == familyV6 {
				name = d.v6
			}
			if !worthAsking(used, name, d.kind) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			err := l.dump(c, d.kind, diagRequest(family, d.protocol, l.states(d.kind)), ns, names)
			if err != nil && absent(err) {
				if err := l.notInDiag(ns, d.kind); err != nil {
					return err
				}
				break // nor will it list those of the other family
			}
			if err != nil {
				return fmt.Errorf("list %s sockets: %w", d.kind, err)
			}
		}
	}
	return nil
}

// reserve makes room for as many sockets as the kernel counts, so that tens of
// thousands are not copied again and again. A count that is out of all reason
// is not believed.
func (l *look) reserve(used map[string]int) {
	n := 0
	for _, d := range dumps {
		n += max(used[d.v4], 0) + max(used[d.v6], 0)
	}
	l.table.Sockets = slices.Grow(l.table.Sockets, min(n, 1<<17))
}

// notInDiag reads sockets that the kernel has and sock_diag does not list, as
// where the module for it (raw_diag, udp_diag) is not built.
func (l *look) notInDiag(ns *Namespace, kind Kind) error {
	before := len(l.table.Sockets)
	err := l.procNet(ns, kind)
	if len(l.table.Sockets) > before && kind != KindRaw {
		l.because("sock_diag of this kernel does not list %s sockets: /proc/net was read, which tells neither interfaces nor IPv6-only sockets", kind)
	}
	return err
}

// absent reports whether the kernel has no such protocol or no lister for it.
func absent(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EPROTONOSUPPORT) || errors.Is(err, unix.EOPNOTSUPP)
}

// states returns the mask of states to ask for, so that the kernel leaves out
// what would be thrown away.
func (l *look) states(kind Kind) uint32 {
	switch {
	case l.opt.All:
		return ^uint32(0)
	case l.opt.Established:
		return ^uint32(1<<TimeWait | 1<<BoundInactive)
	case kind == KindUDP || kind == KindUDPLite:
		return 1 << Closed
	}
	return 1<<Listen | 1<<Closed // SCTP's endpoints are "closed" until they listen
}

func (l *look) dump(c *netlink.Conn, kind Kind, request []byte, ns *Namespace, names *linkNames) error {
	const sockDiagByFamily = 20
	_, err := c.Send(netlink.Message{Header: netlink.Header{Type: sockDiagByFamily, Flags: netlink.Request | netlink.Dump}, Data: request})
	if err != nil {
		return err
	}
	for m, err := range c.ReceiveIter() {
		if err != nil {
			return err
		}
		d, err := decodeDiag(m.Data)
		if err != nil {
			return err
		}
		s := d.socket(kind)
		if kind != KindUDP && kind != KindUDPLite && kind != KindRaw && s.State == Closed && !l.opt.All {
			continue
		}
		if d.device != 0 && (kind != KindSCTP || s.Listening()) { // of an association it is the route's
			s.Interface = names.name(d.device)
			s.Local = zoned(s.Local, s.Interface)
		}
		l.add(s, ns)
	}
	return nil
}

// zoned gives a link-local address its interface, without which it means nothing.
func zoned(a netip.AddrPort, zone string) netip.AddrPort {
	if !a.Addr().Is6() || !a.Addr().IsLinkLocalUnicast() {
		return a
	}
	return netip.AddrPortFrom(a.Addr().WithZone(zone), a.Port())
}

// linkNames names the interfaces of a namespace; they are asked for when the
// first socket is bound to one.
type linkNames struct{ names map[uint32]string }

func (n *linkNames) name(index uint32) string {
	if n.names == nil {
		n.names = map[uint32]string{}
		n.read()
	}
	if name := n.names[index]; name != "" {
		return name
	}
	return "interface " + strconv.Itoa(int(index))
}

// read asks for all links. A name that can't be had is shown as its number.
func (n *linkNames) read() {
	c, err := netlink.Dial(unix.NETLINK_ROUTE, nil)
	if err != nil {
		return
	}
	defer c.Close()
	messages, err := c.Execute(netlink.Message{Header: netlink.Header{Type: unix.RTM_GETLINK, Flags: netlink.Request | netlink.Dump}, Data: make([]byte, unix.SizeofIfInfomsg)})
	if err != nil {
		return
	}
	for _, m := range messages {
		if index, name, ok := decodeLink(m.Data); ok {
			n.names[index] = name
		}
	}
}

// decodeLink reads the index and the name out of an ifinfomsg.
func decodeLink(b []byte) (index uint32, name string, ok bool) {
	if len(b) < unix.SizeofIfInfomsg {
		return 0, "", false
	}
	ad, err := netlink.NewAttributeDecoder(b[unix.SizeofIfInfomsg:])
	if err != nil {
		return 0, "", false
	}
	for ad.Next() {
		if ad.Type() == unix.IFLA_IFNAME {
			name = string(bytes.TrimRight(ad.Bytes(), "\x00"))
		}
	}
	return binary.NativeEndian.Uint32(b[4:]), name, ad.Err() == nil && name != ""
}
