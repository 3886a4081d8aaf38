package fingerprint

import (
	"fmt"

	"github.com/portolan/portolan/internal/packet"
)

// Technique is how a packet asks, by what it is alone.
type Technique uint8

// The techniques. Those of TCP go by the names that nmap's manual made known.
const (
	None     Technique = iota
	SYN                // asks for a connection
	FIN                // FIN alone
	Null               // no flag at all
	Xmas               // FIN, PSH and URG
	Maimon             // FIN and ACK
	ACK                // ACK alone
	SYNACK             // an answer to a SYN
	RST                // a refusal
	Data               // ACK and PSH: of a connection that is not here
	Odd                // any other flags
	Datagram           // UDP, and whatever else has ports
	Fragment           // a first fragment too small for a TCP header
	Error              // an ICMP error
	techniques
)

var techniqueNames = [techniques]string{
	"none", "syn", "fin", "null", "xmas", "maimon", "ack", "syn-ack", "rst", "data", "odd-flags", "datagram", "tiny-fragment", "icmp-error",
}

// String returns the lower-case word.
func (t Technique) String() string { return techniqueNames[min(t, techniques-1)] }

// MarshalText writes the same word as String.
func (t Technique) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText writes. Fuzzed by FuzzStated.
func (t *Technique) UnmarshalText(b []byte) error {
	for i, n := range techniqueNames {
		if n == string(b) {
			*t = Technique(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no technique", b)
}

// Asks reports whether the technique looks for something: what answers, and
// what is left of other conversations, does not.
func (t Technique) Asks() bool {
	switch t {
	case SYN, FIN, Null, Xmas, Maimon, ACK, Odd, Datagram, Fragment:
		return true
	}
	return false
}

// Stealthy reports whether no system's own TCP sends such a packet to a port that
// it has no connection with.
func (t Technique) Stealthy() bool {
	switch t {
	case FIN, Null, Xmas, Maimon, Odd, Fragment:
		return true
	}
	return false
}

// TechniqueOf returns how a packet asks.
func TechniqueOf(p *packet.Packet) Technique {
	switch {
	case p.Protocol == packet.ICMP || p.Protocol == packet.ICMPv6:
		if p.IsError() {
			return Error
		}
		return None
	case p.Tiny():
		return Fragment
	case p.Protocol != packet.TCP:
		if p.Known >= packet.Ports {
			return Datagram
		}
		return None
	case p.HeaderSize == 0:
		return None // the flags were not captured
	}
	return techniqueOf(p.Flags)
}

func techniqueOf(f packet.Flags) Technique {
	const said = packet.FIN | packet.SYN | packet.RST | packet.PSH | packet.ACK | packet.URG
	switch f &= said; {
	case f&packet.RST != 0:
		return RST
	case f == packet.SYN, f == packet.SYN|packet.PSH, f == packet.SYN|packet.URG:
		return SYN
	case f.Has(packet.SYN|packet.ACK) && f&packet.FIN == 0:
		return SYNACK
	case f == packet.FIN:
		return FIN
	case f == 0:
		return Null
	case f == packet.FIN|packet.PSH|packet.URG:
		return Xmas
	case f == packet.FIN|packet.ACK:
		return Maimon
	case f == packet.ACK:
		return ACK
	case f&(packet.SYN|packet.FIN) == 0 && f.Has(packet.ACK):
		return Data
	}
	return Odd
}
