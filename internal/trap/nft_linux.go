package trap

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// tproxy is the mode of kernels without the programs: rules of nftables hand SYNs
// that find no socket to the trap, and a packet socket hears.
//
// The rules stand after the translation of destinations, so that what is
// published keeps going where it goes, and they let pass whatever has a socket.
// Their table is owned by the netlink socket: it goes with the process.
type tproxy struct {
	*listener
	conn  *nftables.Conn
	chain *nftables.Chain
	opt   Options
}

const tableName = "portolan-trap"

func openNftables(ctx context.Context, o Options) (source, []net.Listener, error) {
	if !o.Answer {
		return nil, nil, fmt.Errorf("%w: nothing is to be answered", errors.ErrUnsupported)
	}
	listeners, err := listenOwn(ctx, transparent)
	if err != nil {
		return nil, nil, explainNft(err)
	}
	t := &tproxy{opt: o}
	if t.listener, err = listenPackets(o, true); err == nil {
		if err = t.start(ctx, listeners); err != nil {
			t.Close()
		}
	}
	if err != nil {
		closeAll(listeners)
		return nil, nil, explainNft(err)
	}
	return t, listeners, nil
}

func explainNft(err error) error {
	if denied(err) {
		return fmt.Errorf("%w\nhint: this needs CAP_NET_ADMIN and CAP_NET_RAW at start, and none afterwards", err)
	}
	return err
}

// transparent lets a listener take what was meant for other addresses.
func transparent(fd int, v6 bool) error {
	if err := freebind(fd, v6); err != nil {
		return err
	}
	if v6 {
		return unix.SetsockoptInt(fd, unix.SOL_IPV6, unix.IPV6_TRANSPARENT, 1)
	}
	return unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_TRANSPARENT, 1)
}

var loopbackOnly = Options{Interfaces: []string{"lo"}}

// start makes the table, tests it on the loopback and then lets it be asked about
// the rest.
func (t *tproxy) start(ctx context.Context, listeners []net.Listener) error {
	if err := t.table(); err != nil {
		return err
	}
	if err := t.rules(listeners, loopbackOnly); err != nil {
		return err
	}
	if err := t.prove(ctx, listeners[0]); err != nil {
		return err
	}
	return t.rules(listeners, t.opt)
}

func (t *tproxy) prove(ctx context.Context, own net.Listener) error {
	if !addrPort(own.Addr()).Addr().Is4() {
		return nil
	}
	if err := selfTest(ctx, own); err != nil {
		return err
	}
	return t.forget()
}

// table makes one that its socket owns. The library leaves the flag out, so this
// message is ours, over the library's own socket: it is the owner who may add to it.
func (t *tproxy) table() (err error) {
	var owner *netlink.Conn
	t.conn, err = nftables.New(nftables.AsLasting(), nftables.WithSockOptions(func(c *netlink.Conn) error {
		owner = c
		return nil
	}))
	if err != nil {
		return err
	}
	if err := newTable(owner); err != nil {
		return fmt.Errorf("make a table: %w", err)
	}
	table := &nftables.Table{Name: tableName, Family: nftables.TableFamilyINet}
	if err := t.owned(table); err != nil {
		return err
	}
	t.chain = t.conn.AddChain(&nftables.Chain{
		Table: table, Name: "prerouting", Type: nftables.ChainTypeFilter,
		Hooknum: nftables.ChainHookPrerouting, Priority: nftables.ChainPriorityRef(*nftables.ChainPriorityNATDest + 10),
	})
	return t.conn.Flush()
}

const tableOwner = 0x2 // NFT_TABLE_F_OWNER

func newTable(c *netlink.Conn) error {
	data, err := netlink.MarshalAttributes([]netlink.Attribute{
		{Type: unix.NFTA_TABLE_NAME, Data: []byte(tableName + "\x00")},
		{Type: unix.NFTA_TABLE_FLAGS, Data: binary.BigEndian.AppendUint32(nil, tableOwner)},
	})
	if err != nil {
		return err
	}
	head := func(family byte, resource uint16) []byte {
		return binary.BigEndian.AppendUint16([]byte{family, 0}, resource)
	}
	const table = unix.NFNL_SUBSYS_NFTABLES<<8 | unix.NFT_MSG_NEWTABLE
	_, err = c.SendMessages([]netlink.Message{
		{Header: netlink.Header{Type: unix.NFNL_MSG_BATCH_BEGIN, Flags: netlink.Request}, Data: head(0, unix.NFNL_SUBSYS_NFTABLES)},
		{Header: netlink.Header{Type: table, Flags: netlink.Request | netlink.Acknowledge | netlink.Create | netlink.Excl}, Data: append(head(unix.NFPROTO_INET, 0), data...)},
		{Header: netlink.Header{Type: unix.NFNL_MSG_BATCH_END, Flags: netlink.Request}, Data: head(0, unix.NFNL_SUBSYS_NFTABLES)},
	})
	if err != nil {
		return err
	}
	_, err = c.Receive()
	return err
}

// owned makes sure that the flag has reached the kernel: without it the table
// would outlive us, and cut the host off.
func (t *tproxy) owned(table *nftables.Table) error {
	have, err := t.conn.ListTableOfFamily(table.Name, table.Family)
	if err != nil {
		return fmt.Errorf("look at the table: %w", err)
	}
	// The library reads the number in this machine's order, and it comes in the
	// network's.
	if flags := binary.BigEndian.Uint32(binary.NativeEndian.AppendUint32(nil, have.Flags)); flags&tableOwner == 0 {
		t.conn.DelTable(table)
		return fmt.Errorf("%w: this kernel does not let a table go with its process (Linux 5.12)", errors.Join(errors.ErrUnsupported, t.conn.Flush()))
	}
	return nil
}

// rules takes the place of those that there are.
func (t *tproxy) rules(listeners []net.Listener, o Options) error {
	t.conn.FlushChain(t.chain)
	ports, err := t.portSet(o)
	if err != nil {
		return err
	}
	for _, i := range o.Ignore {
		t.add(returns(ignoring(i)))
	}
	t.add(returns([]expr.Any{&expr.Socket{Key: expr.SocketKeyTransparent, Register: 1}}))
	names := o.Interfaces
	if names == nil {
		names = []string{""}
	}
	for _, name := range names {
		for _, l := range listeners {
			// The last ACK of a handshake by SYN cookies looks for the listener again.
			for _, flags := range []byte{FlagSYN, FlagACK} {
				t.add(handOver(name, addrPort(l.Addr()), flags, ports))
			}
		}
	}
	if err := t.conn.Flush(); err != nil {
		return fmt.Errorf("add the rules: %w", err)
	}
	return nil
}

func (t *tproxy) add(exprs []expr.Any) {
	t.conn.AddRule(&nftables.Rule{Table: t.chain.Table, Chain: t.chain, Exprs: exprs})
}

func returns(match []expr.Any) []expr.Any {
	return append(match, &expr.Verdict{Kind: expr.VerdictReturn})
}

// portSet names the ports that are answered, nil for all.
func (t *tproxy) portSet(o Options) (*nftables.Set, error) {
	if o.TCP == nil && o.AnswerOnly == nil {
		return nil, nil
	}
	set := &nftables.Set{Table: t.chain.Table, Name: "ports", KeyType: nftables.TypeInetService, Interval: true}
	var elements []nftables.SetElement
	var in bool
	for port := 0; port <= 1<<16; port++ {
		has := port < 1<<16 && o.TCP.Has(uint16(port)) && o.AnswerOnly.Has(uint16(port))
		if has != in {
			key := binary.BigEndian.AppendUint16(nil, uint16(min(port, 1<<16-1)))
			elements = append(elements, nftables.SetElement{Key: key, IntervalEnd: in})
		}
		in = has
	}
	return set, t.conn.AddSet(set, elements)
}

func family(a netip.Addr) byte {
	if a.Is4() {
		return unix.NFPROTO_IPV4
	}
	return unix.NFPROTO_IPV6
}

func equal(register uint32, data ...byte) expr.Any {
	return &expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: data}
}

// ofFamily begins a rule: TCP over the family of an address.
func ofFamily(a netip.Addr) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1}, equal(1, family(a)),
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1}, equal(1, ProtocolTCP),
	}
}

func ignoring(i Ignore) []expr.Any {
	a := i.Source.Addr()
	offset, size := uint32(12), uint32(4)
	if a.Is6() {
		offset, size = 8, 16
	}
	rule := append(ofFamily(a),
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: size},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: size, Mask: net.CIDRMask(i.Source.Bits(), int(size)*8), Xor: make([]byte, size)},
		equal(1, i.Source.Masked().Addr().AsSlice()...))
	if i.Port != 0 {
		rule = append(rule, &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2},
			equal(1, byte(i.Port>>8), byte(i.Port)))
	}
	return rule
}

// handOver gives segments with these flags, and nothing that contradicts them,
// to a listener.
func handOver(interfaceName string, to netip.AddrPort, flags byte, ports *nftables.Set) []expr.Any {
	rule := ofFamily(to.Addr())
	if interfaceName != "" {
		name := make([]byte, unix.IFNAMSIZ)
		copy(name, interfaceName)
		rule = append(rule, &expr.Meta{Key: expr.MetaKeyIIFNAME, Register: 1}, equal(1, name...))
	}
	rule = append(rule,
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 13, Len: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 1, Mask: []byte{FlagSYN | FlagACK | FlagRST | FlagFIN}, Xor: []byte{0}},
		equal(1, flags))
	if ports != nil {
		rule = append(rule, &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2},
			&expr.Lookup{SourceRegister: 1, SetName: ports.Name, SetID: ports.ID})
	}
	return append(rule,
		&expr.Fib{Register: 1, FlagDADDR: true, ResultADDRTYPE: true},
		equal(1, binaryutil.NativeEndian.PutUint32(unix.RTN_LOCAL)...),
		&expr.Immediate{Register: 1, Data: to.Addr().AsSlice()},
		&expr.Immediate{Register: 2, Data: binary.BigEndian.AppendUint16(nil, to.Port())},
		&expr.TProxy{Family: family(to.Addr()), TableFamily: unix.NFPROTO_INET, RegAddr: 1, RegPort: 2})
}

// forget throws away what was heard of the test of itself.
func (l *listener) forget() error {
	raw, err := l.socket.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Control(func(fd uintptr) {
		for {
			if _, _, err := unix.Recvfrom(int(fd), l.buffer, 0); err != nil {
				return
			}
		}
	})
}

func (t *tproxy) Close() error {
	errs := []error{t.listener.Close()}
	if t.conn != nil {
		errs = append(errs, t.conn.CloseLasting())
	}
	return errors.Join(errs...)
}
