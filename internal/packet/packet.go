package packet

import (
	"errors"
	"net/netip"

	"github.com/portolan/portolan"
)

// Protocol is the number of what an IP packet carries.
type Protocol uint8

// The protocols that are read (IANA, Assigned Internet Protocol Numbers).
const (
	ICMP   Protocol = 1
	TCP    Protocol = 6
	UDP    Protocol = 17
	DCCP   Protocol = 33
	ICMPv6 Protocol = 58
	SCTP   Protocol = 132
)

// Transport returns the transport whose ports the protocol has; false for none.
func (p Protocol) Transport() (portolan.Transport, bool) {
	switch p {
	case TCP:
		return portolan.TCP, true
	case UDP:
		return portolan.UDP, true
	case SCTP:
		return portolan.SCTP, true
	case DCCP:
		return portolan.DCCP, true
	}
	return 0, false
}

// Flags are the control bits of a TCP header (RFC 9293, section 3.1), with AE
// (RFC 9768; NS of RFC 3540) above the byte that the others share.
type Flags uint16

// The flags.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
	AE
)

// Has reports whether all flags of f are set.
func (f Flags) Has(all Flags) bool { return f&all == all }

// Known says how much of a packet was there.
type Known uint8

// The steps. Each holds those before it.
const (
	// Addresses: the IP header, nothing of what it carries.
	Addresses Known = iota
	// Ports: the first four bytes of the transport's header.
	Ports
	// Sequence: of TCP, the first eight, as a quoted or tiny first fragment has.
	Sequence
	// Header: the transport's header, options included.
	Header
	// Whole: the payload too, as long as the headers say.
	Whole
)

// Packet is one IP packet. Where Known does not reach, fields are zero.
type Packet struct {
	Source, Dest netip.AddrPort // port 0 where there is none, or it is not known
	Protocol     Protocol
	Known        Known

	TTL       uint8 // IPv6's hop limit
	Traffic   uint8 // type of service or traffic class; its last two bits are ECN's
	ID        uint16
	DF        bool
	Reserved  bool   // the bit beside DF, which must be zero
	FlowLabel uint32 // IPv6's
	IPOptions int    // bytes of IPv4 options, or of IPv6 extension headers
	Length    int    // of the whole packet, as its header says
	Fragment  Fragment

	// Of TCP.
	Flags       Flags
	Seq, Ack    uint32
	Window      uint16
	Urgent      uint16
	HeaderSize  int // as the header says, 20 to 60
	Options     []byte
	MSS         uint16
	WindowScale uint8
	Timestamp   uint32
	Echo        uint32 // the timestamp that is echoed
	Has         Options

	// Of ICMP.
	Type, Code uint8
	Quoted     Quoted

	Payload     []byte
	PayloadSize int // as the headers say; more than len(Payload) where it was cut
}

// Options says which TCP options were there and well formed.
type Options uint8

// The options that are read (IANA, TCP Option Kind Numbers).
const (
	HasMSS Options = 1 << iota
	HasWindowScale
	HasTimestamp
	HasSACKPermitted
	// BadOptions: the list breaks off, or an option has a length that it can't have.
	BadOptions
)

// Fragment says which part of a datagram a packet is; its zero value is all.
type Fragment struct {
	ID     uint32
	Offset int // bytes before this part
	More   bool
}

// Is reports whether the packet is a part only. IPv6's "atomic fragments", which
// are whole (RFC 6946), are none.
func (f Fragment) Is() bool { return f.More || f.Offset > 0 }

// Later reports whether the part has no transport header.
func (f Fragment) Later() bool { return f.Offset > 0 }

// mostTCPHeader is the longest TCP header.
const mostTCPHeader = 60

// Tiny reports whether the packet is a first fragment of TCP so short that a
// header might not fit: no system cuts its own segments like that (RFC 1858,
// section 3; nmap -f).
func (p *Packet) Tiny() bool {
	return p.Fragment.More && p.Fragment.Offset == 0 && p.Protocol == TCP && p.carried() < mostTCPHeader
}

// carried is how long the part behind the IP headers is.
func (p *Packet) carried() int {
	if p.Is4() {
		return p.Length - 20 - p.IPOptions
	}
	return p.Length - 40 - p.IPOptions
}

// Transport returns the packet's transport; false for ICMP and the unknown.
func (p *Packet) Transport() (portolan.Transport, bool) { return p.Protocol.Transport() }

// Is4 reports whether it is an IPv4 packet.
func (p *Packet) Is4() bool { return p.Source.Addr().Is4() }

// Truncated reports whether less of the payload was captured than was sent.
func (p *Packet) Truncated() bool { return p.PayloadSize > len(p.Payload) }

// Quoted is the packet that an ICMP error is about, as far as it is quoted: at
// least eight bytes behind the IP header (RFC 792; RFC 4443). Protocol is 0
// where there is none.
type Quoted struct {
	Source, Dest netip.AddrPort
	Protocol     Protocol
	Known        Known
	Seq          uint32
}

// Errors of packets of which not even the addresses are known.
var (
	ErrShort   = errors.New("cut before the end of the IP header")
	ErrVersion = errors.New("neither IPv4 nor IPv6")
	ErrHeader  = errors.New("an IP header of an impossible length")
)
