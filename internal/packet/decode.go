package packet

import (
	"encoding/binary"
	"net/netip"
)

// Decode reads one packet, from its IP header on. An error means that not even
// its addresses are known; whatever else is missing, Known says.
func Decode(b []byte) (Packet, error) {
	var p Packet
	rest, err := p.takeIP(b)
	if err != nil {
		return p, err
	}
	p.takeCarried(rest)
	return p, nil
}

// takeIP reads the IP header and all extension headers, and returns what is
// behind them. PayloadSize is then what should be there.
func (p *Packet) takeIP(b []byte) (rest []byte, err error) {
	if len(b) == 0 {
		return nil, ErrShort
	}
	switch b[0] >> 4 {
	case 4:
		return p.take4(b)
	case 6:
		return p.take6(b)
	}
	return nil, ErrVersion
}

// take4 reads an IPv4 header (RFC 791, section 3.1).
func (p *Packet) take4(b []byte) ([]byte, error) {
	if len(b) < 20 {
		return nil, ErrShort
	}
	header := int(b[0]&15) * 4
	p.Length = int(binary.BigEndian.Uint16(b[2:]))
	if p.Length == 0 {
		p.Length = len(b) // a packet that the network card was to cut up
	}
	if header < 20 || p.Length < header {
		return nil, ErrHeader
	}
	if len(b) < header {
		return nil, ErrShort
	}
	p.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:16])), 0)
	p.Dest = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[16:20])), 0)
	p.Traffic, p.TTL, p.Protocol = b[1], b[8], Protocol(b[9])
	p.ID = binary.BigEndian.Uint16(b[4:])
	fragment := binary.BigEndian.Uint16(b[6:])
	p.Reserved, p.DF = fragment&0x8000 != 0, fragment&0x4000 != 0
	if f := (Fragment{ID: uint32(p.ID), Offset: int(fragment&0x1fff) * 8, More: fragment&0x2000 != 0}); f.Is() {
		p.Fragment = f
	}
	p.IPOptions = header - 20
	p.PayloadSize = p.Length - header
	// What is behind the datagram's end is the link's padding.
	return b[header:min(len(b), p.Length)], nil
}

// IPv6's extension headers (RFC 8200, section 4; IANA, IPv6 Extension Header Types).
const (
	hopByHop     Protocol = 0
	routing      Protocol = 43
	fragment     Protocol = 44
	authHeader   Protocol = 51
	noNext       Protocol = 59
	destOptions  Protocol = 60
	mobility     Protocol = 135
	hostIdentity Protocol = 139
	shim6        Protocol = 140
	mostHeaders           = 16 // a chain is followed no further
)

// take6 reads an IPv6 header (RFC 8200, section 3) and those behind it.
func (p *Packet) take6(b []byte) ([]byte, error) {
	if len(b) < 40 {
		return nil, ErrShort
	}
	p.Source = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), 0)
	p.Dest = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[24:40])), 0)
	first := binary.BigEndian.Uint32(b)
	p.Traffic, p.FlowLabel = uint8(first>>20), first&0xfffff
	p.TTL = b[7]
	p.PayloadSize = int(binary.BigEndian.Uint16(b[4:]))
	if p.PayloadSize == 0 {
		p.PayloadSize = len(b) - 40 // a jumbogram, or one that the network card was to cut up
	}
	p.Length = 40 + p.PayloadSize
	return p.takeChain(Protocol(b[6]), b[40:min(len(b), p.Length)]), nil
}

// takeChain follows extension headers to what the packet carries. Where the
// chain breaks off, Protocol is the header that is missing.
func (p *Packet) takeChain(next Protocol, b []byte) []byte {
	p.Protocol = next
	for range mostHeaders {
		size, ok := extensionSize(p.Protocol, b)
		if !ok || size > len(b) || size > p.PayloadSize {
			return b
		}
		if p.Protocol == fragment {
			place := binary.BigEndian.Uint16(b[2:])
			if f := (Fragment{ID: binary.BigEndian.Uint32(b[4:]), Offset: int(place &^ 7), More: place&1 != 0}); f.Is() {
				p.Fragment = f
			}
		}
		p.Protocol, b = Protocol(b[0]), b[size:]
		p.IPOptions += size
		p.PayloadSize -= size
		if p.Fragment.Later() {
			return b // the next header begins in another part
		}
	}
	return nil
}

// extensionSize is how long an extension header is; false where b begins with
// none, or with too little of one.
func extensionSize(kind Protocol, b []byte) (int, bool) {
	switch kind {
	case hopByHop, routing, destOptions, mobility, hostIdentity, shim6:
		if len(b) < 2 {
			return 0, false
		}
		return (int(b[1]) + 1) * 8, true
	case fragment:
		return 8, len(b) >= 8
	case authHeader:
		if len(b) < 2 {
			return 0, false
		}
		return (int(b[1]) + 2) * 4, true
	}
	return 0, false
}

// takeCarried reads the transport's header and finds the payload.
func (p *Packet) takeCarried(b []byte) {
	if p.Fragment.Later() {
		p.Payload = b
		return
	}
	switch p.Protocol {
	case TCP:
		p.takeTCP(b)
	case UDP:
		p.takeUDP(b)
	case SCTP:
		p.takeFixed(b, 12)
	case DCCP:
		p.takeFixed(b, 12)
	case ICMP, ICMPv6:
		p.takeICMP(b)
	default:
		p.Payload = b
	}
}

// behind takes a header of the given size off, and says how much is known.
func (p *Packet) behind(b []byte, size int) {
	if len(b) < size || p.PayloadSize < size {
		return
	}
	p.Payload, p.PayloadSize = b[size:], p.PayloadSize-size
	if p.Known = Header; len(p.Payload) >= p.PayloadSize {
		p.Known = Whole
	}
}

// takeFixed reads what all transports begin with, of a header of a fixed size.
func (p *Packet) takeFixed(b []byte, size int) {
	if p.takePorts(b) {
		p.behind(b, size)
	}
}

func (p *Packet) takePorts(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	p.Source = netip.AddrPortFrom(p.Source.Addr(), binary.BigEndian.Uint16(b))
	p.Dest = netip.AddrPortFrom(p.Dest.Addr(), binary.BigEndian.Uint16(b[2:]))
	p.Known = Ports
	return true
}

// takeUDP reads a UDP header (RFC 768). Its length bounds the payload, since
// padding may follow; in a jumbogram it is 0 (RFC 2675).
func (p *Packet) takeUDP(b []byte) {
	if !p.takePorts(b) || len(b) < 8 {
		return
	}
	if size := int(binary.BigEndian.Uint16(b[4:])); size >= 8 && size < p.PayloadSize && !p.Fragment.Is() {
		p.PayloadSize = size
		b = b[:min(len(b), size)]
	}
	p.behind(b, 8)
}
