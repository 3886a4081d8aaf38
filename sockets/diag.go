package sockets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// This file knows the messages of sock_diag(7), from linux/inet_diag.h, and
// opens nothing.

// Address families, as in the messages. They are Linux's on every system.
const (
	familyV4 = 2
	familyV6 = 10
)

// Attributes of an answer.
const (
	attrV6Only   = 11
	attrProtocol = 10 // of a raw socket, its IP protocol
)

const (
	diagRequestSize = 56
	diagMessageSize = 72
)

// diagRequest asks for all sockets of a family and protocol in the states of
// the mask. A protocol above 255 (MPTCP) goes into an attribute of its own.
func diagRequest(family uint8, protocol uint16, states uint32) []byte {
	b := make([]byte, diagRequestSize, diagRequestSize+8)
	b[0], b[1] = family, uint8(protocol)
	binary.NativeEndian.PutUint32(b[4:], states)
	if protocol > 255 {
		const attrRequestProtocol = 3
		b[1] = 255
		b = binary.NativeEndian.AppendUint16(b, 8)
		b = binary.NativeEndian.AppendUint16(b, attrRequestProtocol)
		b = binary.NativeEndian.AppendUint32(b, uint32(protocol))
	}
	return b
}

// diagMessage is an answer, taken apart.
type diagMessage struct {
	state          uint8
	local, remote  netip.AddrPort
	v6, v6only     bool
	device         uint32
	rqueue, wqueue uint32
	uid            uint32
	inode          uint64
	protocol       uint8
}

var errShort = errors.New("shorter than its parts")

// decodeDiag takes an inet_diag_msg with its attributes apart.
func decodeDiag(b []byte) (m diagMessage, err error) {
	if len(b) < diagMessageSize {
		return m, fmt.Errorf("inet_diag_msg of %d bytes: %w", len(b), errShort)
	}
	m.v6, m.state = b[0] == familyV6, b[1]
	if !m.v6 && b[0] != familyV4 {
		return m, fmt.Errorf("inet_diag_msg of family %d", b[0])
	}
	m.local = diagAddr(b[8:24], m.v6, binary.BigEndian.Uint16(b[4:]))
	m.remote = diagAddr(b[24:40], m.v6, binary.BigEndian.Uint16(b[6:]))
	m.device = binary.NativeEndian.Uint32(b[40:])
	m.rqueue = binary.NativeEndian.Uint32(b[56:])
	m.wqueue = binary.NativeEndian.Uint32(b[60:])
	m.uid = binary.NativeEndian.Uint32(b[64:])
	m.inode = uint64(binary.NativeEndian.Uint32(b[68:]))
	return m, m.attributes(b[diagMessageSize:])
}

func diagAddr(b []byte, v6 bool, port uint16) netip.AddrPort {
	if !v6 {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[:16])).Unmap(), port)
}

// attributes walks the netlink attributes behind a message.
func (m *diagMessage) attributes(b []byte) error {
	for len(b) >= 4 {
		n := int(binary.NativeEndian.Uint16(b))
		kind := binary.NativeEndian.Uint16(b[2:])
		if n < 4 || n > len(b) {
			return fmt.Errorf("attribute %d of %d bytes in %d: %w", kind, n, len(b), errShort)
		}
		if n > 4 {
			switch kind {
			case attrV6Only:
				m.v6only = b[4] != 0
			case attrProtocol:
				m.protocol = b[4]
			}
		}
		b = b[min(len(b), (n+3)&^3):]
	}
	return nil
}

// socket makes a Socket of the message. Names of interfaces and namespaces are
// for the caller.
func (m *diagMessage) socket(kind Kind) Socket {
	s := Socket{Kind: kind, State: State(m.state), Local: m.local, Remote: m.remote, UID: m.uid, Inode: m.inode, Group: 1,
		ReceiveQueue: m.rqueue, SendQueue: m.wqueue}
	if kind == KindSCTP && m.remote.Port() != 0 {
		s.State = associationState(m.state)
	}
	s.DualStack = m.v6 && !m.v6only && m.local.Addr() == netip.IPv6Unspecified()
	s.settle()
	if kind == KindRaw && m.protocol != 0 {
		s.Local = netip.AddrPortFrom(s.Local.Addr(), uint16(m.protocol))
	}
	return s
}

// settle gives datagram sockets, which the kernel calls closed, their state,
// and takes the peer off those that have none.
func (s *Socket) settle() {
	datagram := s.Kind == KindUDP || s.Kind == KindUDPLite || s.Kind == KindRaw
	if datagram && s.State == Closed {
		s.State = Unconnected
	}
	if s.Listening() {
		s.Remote = netip.AddrPort{}
	}
	if s.State > BoundInactive && s.State != Unconnected {
		s.State = StateUnknown
	}
}
