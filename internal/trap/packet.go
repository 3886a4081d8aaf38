package trap

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// Protocols of IP that a trap knows.
const (
	ProtocolICMP   = 1
	ProtocolTCP    = 6
	ProtocolUDP    = 17
	ProtocolICMPv6 = 58
)

// TCP's flags, RFC 9293.
const (
	FlagFIN = 1 << iota
	FlagSYN
	FlagRST
	FlagPSH
	FlagACK
	FlagURG
)

// Packet is what the headers of one say.
type Packet struct {
	Source, Destination netip.AddrPort // the ports are 0 where there are none
	Protocol            uint8
	Flags               uint8  // of TCP
	First               bool   // the first of several fragments
	Transport           []byte // from the transport's header on, as much as was kept
	Payload             []byte // of TCP and UDP, as much as was kept
	Size                int    // of the transport's header and what follows, on the wire
}

// errShort: there is no more of the packet than this.
var errShort = errors.New("a packet without all of its headers")

// errLater: a later fragment has no ports.
var errLater = errors.New("a later fragment")

// errEndless: as for Headers.
var errEndless = errors.New("extension headers that go on and on")

// DecodePacket reads a packet from the IP header on. What it returns with an
// error is what it read until then; its slices are parts of b.
func DecodePacket(b []byte) (Packet, error) {
	if len(b) < 20 {
		return Packet{}, errShort
	}
	switch b[0] >> 4 {
	case 4:
		return decodeIPv4(b)
	case 6:
		return decodeIPv6(b)
	}
	return Packet{}, errors.New("neither IPv4 nor IPv6")
}

func decodeIPv4(b []byte) (p Packet, err error) {
	size, length := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if size < 20 || len(b) < size || length < size {
		return p, errShort
	}
	p.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:])), 0)
	p.Destination = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[16:])), 0)
	p.Protocol = b[9]
	p.Size = length - size
	fragment := binary.BigEndian.Uint16(b[6:])
	p.First = fragment&0x2000 != 0
	if fragment&0x1fff != 0 {
		return p, errLater
	}
	return p, p.transport(b[size:min(length, len(b))])
}

func decodeIPv6(b []byte) (p Packet, err error) {
	if len(b) < 40 {
		return p, errShort
	}
	p.Source = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:])), 0)
	p.Destination = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[24:])), 0)
	p.Protocol = b[6]
	p.Size = int(binary.BigEndian.Uint16(b[4:]))
	rest := b[40:min(40+p.Size, len(b))]
	for range mostHeaders {
		size, ok, err := p.extension(rest)
		if err != nil {
			return p, err
		}
		if !ok {
			return p, p.transport(rest)
		}
		p.Protocol = rest[0]
		p.Size -= size
		rest = rest[size:]
	}
	return p, errEndless
}

// mostHeaders is how many extension headers are read: nobody sends more.
const mostHeaders = 8

// extension returns the size of the extension header that is next, false if the
// transport is.
func (p *Packet) extension(b []byte) (size int, ok bool, err error) {
	const hopByHop, routing, fragment, authentication, options = 0, 43, 44, 51, 60
	switch p.Protocol {
	case hopByHop, routing, fragment, authentication, options:
	default:
		return 0, false, nil
	}
	if len(b) < 4 {
		return 0, false, errShort
	}
	size = (int(b[1]) + 1) * 8
	switch p.Protocol {
	case authentication:
		size = (int(b[1]) + 2) * 4
	case fragment:
		size = 8
		offset := binary.BigEndian.Uint16(b[2:])
		p.First = offset&1 != 0
		if offset&0xfff8 != 0 {
			return 0, false, errLater
		}
	}
	if len(b) < size {
		return 0, false, errShort
	}
	return size, true, nil
}

// transport reads ports, flags and payload.
func (p *Packet) transport(b []byte) error {
	p.Transport = b
	if p.Protocol != ProtocolTCP && p.Protocol != ProtocolUDP {
		return nil
	}
	if len(b) < 4 {
		return errShort
	}
	p.Source = netip.AddrPortFrom(p.Source.Addr(), binary.BigEndian.Uint16(b))
	p.Destination = netip.AddrPortFrom(p.Destination.Addr(), binary.BigEndian.Uint16(b[2:]))
	head := 8
	if p.Protocol == ProtocolTCP {
		if len(b) < 14 {
			return errShort
		}
		head = int(b[12]>>4) * 4
		p.Flags = b[13]
	}
	if len(b) >= head {
		p.Payload = b[head:]
	}
	return nil
}
