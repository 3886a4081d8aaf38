package fingerprint

import (
	"encoding/binary"
	"net/netip"

	"github.com/portolan/portolan/internal/packet"
)

// Rule is something that a tool's packets show.
type Rule uint8

// The rules. unicornscan's (seq is a key of each run ^ source ^ ports) is left
// out: it is told in a comment of Spoki's source, which does not use it, and no
// packet of a running unicornscan was there to hold it to.
const (
	MasscanID Rule = iota
	ZMapID
	ZMapWindows
	NmapSYN
	NmapSYN6
	NmapOdd
	MiraiSeq
	Irregular
	rules
)

// Rules is a set of rules.
type Rules uint16

// Has reports whether a rule is in the set.
func (r Rules) Has(one Rule) bool { return r&(1<<one) != 0 }

// The sources of rules.
const (
	masscanSource = "masscan 1.3.2, src/templ-pkt.c"
	nmapSource    = "nmap 7.93, tcpip.cc and its manual"
	spokiSource   = "Spoki, USENIX Security 2022"
)

// rule is what stands behind a Rule.
type rule struct {
	name   string
	tool   string // "" where it names none
	source string
	says   string
	// byChance: a stranger's packet can match, so that a source has to show it in a
	// good part of its packets.
	byChance bool
	holds    func(p *packet.Packet, t Technique) bool
}

var table = [rules]rule{
	MasscanID: {
		name: "masscan-id", tool: "masscan", source: masscanSource, byChance: true,
		says:  "the IP id is the low 16 bits of destination address ^ destination port ^ sequence number",
		holds: func(p *packet.Packet, t Technique) bool { return t == SYN && p.Is4() && p.ID == masscanID(p) },
	},
	ZMapID: {
		name: "zmap-id", tool: "zmap", source: "ZMap before 2024, src/probe_modules/packet.c; " + spokiSource, byChance: true,
		says:  "the IP id is 54321",
		holds: func(p *packet.Packet, t Technique) bool { return p.Is4() && p.ID == 54321 && p.TTL > foreignTTL },
	},
	// Its id is random since March 2024. Windows begins to count at 128.
	ZMapWindows: {
		name: "zmap-windows", tool: "zmap", source: "ZMap since March 2024, whose SYN has the options of Windows by default; no packet of it was at hand",
		says:  "a SYN with the options of Windows, the largest window, and a time to live that Windows never has",
		holds: zmapWindows,
	},
	NmapSYN: {
		name: "nmap-syn", tool: "nmap", source: nmapSource,
		says: "a SYN with window 1024, a maximum segment size of 1460 as its only option, and a time to live of at most 59",
		holds: func(p *packet.Packet, t Technique) bool {
			return t == SYN && p.Is4() && p.TTL <= nmapTTL && nmapOptions(p)
		},
	},
	// Over IPv6 an Ethernet's segments have 1440 bytes at most.
	NmapSYN6: {
		name: "nmap-syn6", tool: "nmap", source: "packets of nmap 7.93 -6 -sS",
		says:  "a SYN over IPv6 with window 1024, and the maximum segment size of IPv4 as its only option",
		holds: func(p *packet.Packet, t Technique) bool { return t == SYN && !p.Is4() && nmapOptions(p) },
	},
	NmapOdd: {
		name: "nmap-odd", tool: "nmap", source: nmapSource,
		says:  "flags of a FIN, NULL, Xmas, Maimon or ACK scan with window 1024, no option, and a time to live of at most 59",
		holds: nmapOdd,
	},
	MiraiSeq: {
		name: "mirai-seq", tool: "mirai", source: "Mirai, scanner.c; " + spokiSource,
		says: "the sequence number of a SYN is the destination address",
		holds: func(p *packet.Packet, t Technique) bool {
			return t == SYN && p.Is4() && p.Seq == addressWord(p.Dest.Addr())
		},
	},
	Irregular: {
		name: "irregular-syn", source: spokiSource,
		says:  "a SYN with the id 54321, a time to live above 200, or no options",
		holds: irregular,
	},
}

const (
	// foreignTTL is what is left above of a time to live that began at 255: no
	// common system begins its TCP there.
	foreignTTL = 200
	// nmapTTL: it begins anywhere from 37 to 59.
	nmapTTL = 59
)

// Look returns the rules that a packet matches.
func Look(p *packet.Packet) Rules {
	if p.Protocol != packet.TCP || p.Known < packet.Header {
		return 0
	}
	var all Rules
	t := TechniqueOf(p)
	if !t.Asks() {
		return 0
	}
	for i := range table {
		if table[i].holds(p, t) {
			all |= 1 << i
		}
	}
	return all
}

func masscanID(p *packet.Packet) uint16 {
	return uint16(addressWord(p.Dest.Addr()) ^ uint32(p.Dest.Port()) ^ p.Seq)
}

// addressWord is an IPv4 address as a number.
func addressWord(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

// windowsLayout: mss, nop, ws, nop, nop, sok.
var windowsLayout = [...]int{packet.MaximumSize, packet.NoOperation, packet.ScaleWindow, packet.NoOperation, packet.NoOperation, packet.SACKPermitted}

func zmapWindows(p *packet.Packet, t Technique) bool {
	if t != SYN || p.TTL <= foreignTTL || p.Window != 65535 || p.HeaderSize != 32 {
		return false
	}
	i := 0
	for kind := range packet.EachOption(p.Options) {
		if i >= len(windowsLayout) || kind != windowsLayout[i] {
			return false
		}
		i++
	}
	return i == len(windowsLayout)
}

func nmapOptions(p *packet.Packet) bool {
	return p.Window == 1024 && p.HeaderSize == 24 && p.Has == packet.HasMSS && p.MSS == 1460
}

func nmapOdd(p *packet.Packet, t Technique) bool {
	switch t {
	case FIN, Null, Xmas, Maimon, ACK:
		return p.Is4() && p.Window == 1024 && p.HeaderSize == 20 && p.TTL <= nmapTTL
	}
	return false
}

// irregular is of IPv4 only: over IPv6 a hop limit of 255 is nmap's own.
func irregular(p *packet.Packet, t Technique) bool {
	return t == SYN && p.Is4() && (p.ID == 54321 || p.TTL > foreignTTL || len(p.Options) == 0)
}
