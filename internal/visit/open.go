package visit

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/fingerprint"
	"github.com/portolan/portolan/internal/packet"
)

// open is a visit that goes on.
type open struct {
	who
	older, newer *open
	changed      int // its place in the Book's list of those that changed, from 1; 0 for none
	size         int // as the Book counts it

	id          string
	revision    uint32
	origin      Origin
	began, last time.Time
	first, seen time.Duration

	packets, connections uint64
	listens              bool
	process              *Process
	interfaces, why      []string
	sourcePorts          []uint16
	sets                 []portsOf
	dests                addresses
	techniques           [fingerprint.Error + 1]uint64

	sightings                        fingerprint.Sightings
	irregular, regular, regularAfter bool
	second                           string // how it is a second phase
	beat                             beat
	p0f, ja3, ja4                    []string
	looks                            looks // of the last SYN

	samples    []sample
	recognised int
	unkept     uint64
	protocols  []Protocol
	products   []Product

	wait, emitted time.Duration
	shown         mood
}

// portsOf are the ports of a transport.
type portsOf struct {
	transport portolan.Transport
	set       PortSet
	asked     bool // something asked for them, so that answers follow
}

// The bounds of a visit.
const (
	// openSize is what a visit takes at the least, in bytes, with its place in the
	// Book's tables and lists.
	openSize        = 1536
	mostInterfaces  = 4
	mostSourcePorts = 8
	mostPrints      = 4
	mostProtocols   = 16
	mostProducts    = 4
)

// meet notes where and by whom an event came.
func (v *open) meet(iface, why string, p *Process) {
	v.interfaces = keep(v.interfaces, iface, mostInterfaces)
	v.why = keep(v.why, why, mostInterfaces)
	if p != nil && v.process == nil {
		v.process = &Process{p.PID, clip(p.Program)}
	}
}

// keep adds a text that is new, as long as there is room.
func keep(all []string, s string, most int) []string {
	if s == "" || len(all) >= most || slices.Contains(all, s) {
		return all
	}
	return append(all, clip(s))
}

// mostText bounds a text that comes from outside.
const mostText = 256

// clip returns a copy, so that no part keeps the whole.
func clip(s string) string { return strings.Clone(s[:min(len(s), mostText)]) }

// knock adds a packet.
func (v *open) knock(p *packet.Packet, t fingerprint.Technique, now time.Duration) {
	v.packets++
	v.techniques[t]++
	source, dest := p.Source, p.Dest
	transport, ok := p.Transport()
	if t == fingerprint.Error {
		// What it is about was sent in our name: our end is the quoted source.
		source, dest = p.Quoted.Dest, p.Quoted.Source
		transport, ok = p.Quoted.Protocol.Transport()
	}
	v.addSourcePort(source.Port())
	v.dests.add(p.Dest.Addr().Unmap())
	if ok && dest.Addr().IsValid() {
		s := v.touchPort(transport, dest.Port())
		s.asked = s.asked || t.Asks()
	}
	if t != fingerprint.SYN && t.Asks() {
		v.sightings.Add(p)
	}
	if t == fingerprint.SYN {
		v.addP0f(p)
	}
	if t == fingerprint.SYN || t == fingerprint.Datagram {
		v.beat.add(attempt{from: p.Source.Port(), seq: p.Seq, to: dest.Port()}, now)
	}
}

func (v *open) addSourcePort(port uint16) {
	if port != 0 && len(v.sourcePorts) < mostSourcePorts && !slices.Contains(v.sourcePorts, port) {
		v.sourcePorts = append(v.sourcePorts, port)
	}
}

// touchPort adds a port. A port that was asked for stays so.
func (v *open) touchPort(t portolan.Transport, port uint16) *portsOf {
	for i := range v.sets {
		if v.sets[i].transport == t {
			v.sets[i].set.Add(port)
			return &v.sets[i]
		}
	}
	v.sets = append(v.sets, portsOf{transport: t})
	s := &v.sets[len(v.sets)-1]
	s.set.Add(port)
	return s
}

// asked reports whether the source asked for a port.
func (v *open) asked(t portolan.Transport, port uint16) bool {
	for i := range v.sets {
		if s := &v.sets[i]; s.transport == t {
			return s.asked && s.set.Has(port)
		}
	}
	return false
}

// ports is how many ports of all transports were touched.
func (v *open) ports() (n int) {
	for i := range v.sets {
		n += v.sets[i].set.Len()
	}
	return n
}

// addP0f keeps the first few signatures. Most packets of a source have the one
// of the packet before.
func (v *open) addP0f(p *packet.Packet) {
	looks := looksOf(p)
	if len(v.p0f) >= mostPrints || looks == v.looks {
		return
	}
	v.looks = looks
	var room [160]byte
	s := fingerprint.AppendP0f(room[:0], p)
	if len(s) == 0 || slices.ContainsFunc(v.p0f, func(o string) bool { return o == string(s) }) {
		return
	}
	v.p0f = append(v.p0f, string(s))
}

// looks is what a signature is made of, so that the same need not be written
// again; the values of timestamps are left out.
type looks struct {
	ttl, traffic, scale            uint8
	flags                          packet.Flags
	window, mss, urgent            uint16
	size, ipOptions                int
	has                            packet.Options
	df, reserved, id, seq, ack     bool
	flow, payload, ts, echo, isSet bool
	options                        [8]byte
}

func looksOf(p *packet.Packet) looks {
	l := looks{
		ttl: p.TTL, traffic: p.Traffic & 3, scale: p.WindowScale, flags: p.Flags, window: p.Window, mss: p.MSS, urgent: p.Urgent, size: p.HeaderSize,
		ipOptions: p.IPOptions, has: p.Has, df: p.DF, reserved: p.Reserved, id: p.ID == 0, seq: p.Seq == 0, ack: p.Ack == 0,
		flow: p.FlowLabel == 0, payload: p.PayloadSize == 0, ts: p.Timestamp == 0, echo: p.Echo == 0, isSet: true,
	}
	copy(l.options[:], p.Options)
	return l
}

// connected adds a connection.
func (v *open) connected(source, dest netip.AddrPort, t portolan.Transport, now time.Duration) {
	v.beat.add(attempt{from: source.Port(), to: dest.Port(), words: true}, now)
	v.connections++
	v.addSourcePort(source.Port())
	v.dests.add(dest.Addr().Unmap())
	v.touchPort(t, dest.Port()).asked = true
}

// bytes is what the visit takes.
func (v *open) bytes() int {
	n := openSize + v.dests.size() + 2*cap(v.sourcePorts)
	for i := range v.sets {
		n += v.sets[i].set.size() + 64
	}
	for _, list := range [...][]string{v.interfaces, v.why, v.p0f, v.ja3, v.ja4} {
		for _, s := range list {
			n += 16 + len(s)
		}
	}
	for i := range v.samples {
		n += v.samples[i].size()
	}
	for i := range v.protocols {
		n += v.protocols[i].size()
	}
	for _, p := range v.products {
		n += 64 + len(p.Name)
	}
	if v.process != nil {
		n += 24 + len(v.process.Program)
	}
	return n
}

func (p *Protocol) size() int {
	n := 128 + len(p.Product) + len(p.Version)
	for _, d := range p.Details {
		n += 32 + len(d.Value)
	}
	return n
}

// due reports whether a visit that changed is to be handed out: at once where
// it became something else, or else when its time has come.
func (v *open) due(now time.Duration) bool {
	return v.revision == 0 || now-v.emitted >= v.wait || v.mood() != v.shown
}

// waits makes the next wait longer.
func (v *open) waits(now, slowest time.Duration) {
	v.emitted, v.wait, v.shown = now, min(slowest, max(time.Second, 2*v.wait)), v.mood()
}
