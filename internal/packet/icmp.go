package packet

// takeICMP reads an ICMP message (RFC 792; RFC 4443): all of them begin with
// type, code and checksum, and four bytes of their own.
func (p *Packet) takeICMP(b []byte) {
	if len(b) < 2 {
		return
	}
	p.Type, p.Code = b[0], b[1]
	p.behind(b, 8)
	if p.Known >= Header && p.IsError() {
		p.Quoted = decodeQuoted(p.Payload)
	}
}

// IsError reports whether the packet is an ICMP error, which quotes the packet
// that it is about. Every ICMPv6 type below 128 is one.
func (p *Packet) IsError() bool {
	switch p.Protocol {
	case ICMP:
		return p.Type == 3 || p.Type == 4 || p.Type == 5 || p.Type == 11 || p.Type == 12
	case ICMPv6:
		return p.Type > 0 && p.Type < 128
	}
	return false
}

// decodeQuoted reads the packet inside an ICMP error. It may be cut anywhere;
// its own quotes, if it is an error too, are not followed.
func decodeQuoted(b []byte) Quoted {
	var in Packet
	rest, err := in.takeIP(b)
	if err != nil {
		return Quoted{}
	}
	if in.Protocol != ICMP && in.Protocol != ICMPv6 {
		in.takeCarried(rest)
	}
	return Quoted{Source: in.Source, Dest: in.Dest, Protocol: in.Protocol, Known: in.Known, Seq: in.Seq}
}
