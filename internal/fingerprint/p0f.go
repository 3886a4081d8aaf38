package fingerprint

import (
	"strconv"

	"github.com/portolan/portolan/internal/packet"
)

// AppendP0f appends a SYN as p0f 3 prints it, "ver:ittl:olen:mss:wsize,scale:
// olayout:quirks:pclass" (p0f's README, section 5): what was seen, with the
// distance guessed from the time to live. b is returned as it is where p is no
// whole SYN.
func AppendP0f(b []byte, p *packet.Packet) []byte {
	if TechniqueOf(p) != SYN || p.Known < packet.Header {
		return b
	}
	version := int64(6)
	if p.Is4() {
		version = 4
	}
	b = append(strconv.AppendInt(b, version, 10), ':')
	b = append(appendDistance(b, p.TTL), ':')
	b = append(strconv.AppendInt(b, int64(p.IPOptions), 10), ':')
	b = append(strconv.AppendInt(b, int64(p.MSS), 10), ':')
	b = append(appendWindow(b, p), ',')
	b = append(strconv.AppendInt(b, int64(p.WindowScale), 10), ':')
	b = append(appendLayout(b, p.Options), ':')
	b = append(appendQuirks(b, p), ':')
	if p.PayloadSize > 0 {
		return append(b, '+')
	}
	return append(b, '0')
}

// P0f is AppendP0f as a string; "" for what is no whole SYN.
func P0f(p *packet.Packet) string { return string(AppendP0f(nil, p)) }

// mostHops is how far away p0f believes a system to be.
const mostHops = 35

// appendDistance writes "64+0": what is left of the time to live, and how far
// that is below the next usual beginning.
func appendDistance(b []byte, ttl uint8) []byte {
	b = append(strconv.AppendInt(b, int64(ttl), 10), '+')
	for _, start := range [...]uint8{32, 64, 128, 255} {
		if ttl <= start {
			if start-ttl > mostHops {
				return append(b, '?')
			}
			return strconv.AppendInt(b, int64(start-ttl), 10)
		}
	}
	return b
}

// appendWindow writes the window as a multiple of what systems count it in.
func appendWindow(b []byte, p *packet.Packet) []byte {
	unit, n := windowUnit(p)
	if n == 0 {
		return strconv.AppendInt(b, int64(p.Window), 10)
	}
	b = append(append(b, unit...), '*')
	return strconv.AppendInt(b, int64(n), 10)
}

// windowUnit finds the segment size, or the size of a whole packet, that the
// window is a multiple of. Some systems take off what a timestamp takes, or
// count in the segments of an Ethernet whatever they offer. n is 0 for none.
func windowUnit(p *packet.Packet) (unit string, n int) {
	const ethernet, header4, header6, timestamp = 1500, 40, 60, 12
	window, mss := int(p.Window), int(p.MSS)
	if window == 0 || mss < 100 {
		return "", 0
	}
	header := header4
	if !p.Is4() {
		header = header6
	}
	sizes := [...]struct {
		size int
		unit string
		only bool
	}{
		{mss, "mss", true},
		{mss - timestamp, "mss", p.Timestamp != 0},
		{ethernet - header4, "mss", true},
		{ethernet - header4 - timestamp, "mss", true},
		{ethernet - header6, "mss", !p.Is4()},
		{ethernet - header6 - timestamp, "mss", !p.Is4()},
		{mss + header4, "mtu", true},
		{mss + header, "mtu", true},
		{ethernet, "mtu", true},
	}
	for _, s := range sizes {
		if s.only && window%s.size == 0 {
			return s.unit, window / s.size
		}
	}
	return "", 0
}

// layouts are the names of TCP options in a signature.
var layouts = map[int]string{
	packet.NoOperation: "nop", packet.MaximumSize: "mss", packet.ScaleWindow: "ws",
	packet.SACKPermitted: "sok", packet.SACK: "sack", packet.Timestamps: "ts",
}

func appendLayout(b, options []byte) []byte {
	first := true
	for kind, value := range packet.EachOption(options) {
		if kind < 0 {
			break
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		switch name := layouts[kind]; {
		case kind == packet.EndOfOptions:
			b = strconv.AppendInt(append(b, "eol+"...), int64(len(value)), 10)
		case name != "":
			b = append(b, name...)
		default:
			b = strconv.AppendInt(append(b, '?'), int64(kind), 10)
		}
	}
	return b
}

// quirks are what p0f calls so, in its order.
var quirks = [...]struct {
	name string
	has  func(p *packet.Packet) bool
}{
	{"df", func(p *packet.Packet) bool { return p.DF }},
	{"id+", func(p *packet.Packet) bool { return p.DF && p.ID != 0 }},
	{"id-", func(p *packet.Packet) bool { return p.Is4() && !p.DF && p.ID == 0 }},
	{"ecn", func(p *packet.Packet) bool { return p.Traffic&3 != 0 || p.Flags&(packet.ECE|packet.CWR) != 0 }},
	{"0+", func(p *packet.Packet) bool { return p.Reserved }},
	{"flow", func(p *packet.Packet) bool { return p.FlowLabel != 0 }},
	{"seq-", func(p *packet.Packet) bool { return p.Seq == 0 }},
	{"ack+", func(p *packet.Packet) bool { return p.Ack != 0 && !p.Flags.Has(packet.ACK) }},
	{"ack-", func(p *packet.Packet) bool { return p.Ack == 0 && p.Flags.Has(packet.ACK) }},
	{"uptr+", func(p *packet.Packet) bool { return p.Urgent != 0 && !p.Flags.Has(packet.URG) }},
	{"urgf+", func(p *packet.Packet) bool { return p.Flags.Has(packet.URG) }},
	{"pushf+", func(p *packet.Packet) bool { return p.Flags.Has(packet.PSH) }},
	{"ts1-", func(p *packet.Packet) bool { return p.Has&packet.HasTimestamp != 0 && p.Timestamp == 0 }},
	{"ts2+", func(p *packet.Packet) bool { return p.Echo != 0 }},
	{"opt+", func(p *packet.Packet) bool { return paddingSpeaks(p.Options) }},
	{"exws", func(p *packet.Packet) bool { return p.WindowScale > 14 }},
	{"bad", func(p *packet.Packet) bool { return p.Has&packet.BadOptions != 0 }},
}

func appendQuirks(b []byte, p *packet.Packet) []byte {
	first := true
	for i := range quirks {
		if !quirks[i].has(p) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		b, first = append(b, quirks[i].name...), false
	}
	return b
}

// paddingSpeaks reports whether something stands behind the end of the options.
func paddingSpeaks(options []byte) bool {
	for kind, value := range packet.EachOption(options) {
		if kind != packet.EndOfOptions {
			continue
		}
		for _, c := range value {
			if c != 0 {
				return true
			}
		}
	}
	return false
}
