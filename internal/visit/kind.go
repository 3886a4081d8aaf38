package visit

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/fingerprint"
)

// manyPorts and manyAddresses make a scan and a sweep.
const (
	manyPorts     = 3
	manyAddresses = 3
)

// asks is how many packets asked for something.
func (v *open) asks() (n uint64) {
	for t, count := range v.techniques {
		if fingerprint.Technique(t).Asks() {
			n += count
		}
	}
	return n + v.connections
}

// stealthy is how many packets no system sends by itself.
func (v *open) stealthy() (n uint64) {
	for t, count := range v.techniques {
		if fingerprint.Technique(t).Stealthy() {
			n += count
		}
	}
	return n
}

// kind says what the visit looks like so far, with the number of tools that its
// packets show. The first that holds counts: what says most of the visitor
// stands first.
func (v *open) kind(tools int) Kind {
	_, regular := v.beat.interval()
	switch {
	case v.origin == FromHost:
		return Local
	case v.packets > 0 && v.asks() == 0:
		return Backscatter
	case v.second != "":
		return TwoPhase
	case len(v.dests.all) >= manyAddresses:
		return Sweep
	case v.ports() >= manyPorts || tools > 0 || v.stealthy() > 1 || v.scanner() != "":
		return Scan
	case regular && !v.irregular:
		return Misconfiguration
	}
	return Single
}

// scanner is the one that the visitor says it is; "" for none.
func (v *open) scanner() string {
	for _, p := range v.products {
		if p.Scanner != "" {
			return p.Scanner
		}
	}
	return ""
}

// evidence says what a kind rests on.
func (v *open) evidence(k Kind, tools []fingerprint.Tool) []Reason {
	switch k {
	case Local:
		return []Reason{{"own-address", v.source.String() + " is an address of this host"}}
	case Backscatter:
		return []Reason{{"answers-only", "all it sent are answers or errors, about packets that this host did not send: " + v.techniqueWords()}}
	case TwoPhase:
		return []Reason{{"second-phase", v.second}}
	case Sweep:
		return append([]Reason{{"many-addresses", fmt.Sprintf("it touched %d of this host's addresses", len(v.dests.all))}}, v.scanning(tools)...)
	case Scan:
		return v.scanning(tools)
	case Misconfiguration:
		every, _ := v.beat.interval()
		return []Reason{{"regular", fmt.Sprintf("one port was tried %d times, the last ones every %s", v.beat.n, every.Round(time.Second/10))}}
	}
	return []Reason{{"few", fmt.Sprintf("%d of this host's ports, fewer than the %d of a scan", v.ports(), manyPorts)}}
}

// scanning says what shows a scan.
func (v *open) scanning(tools []fingerprint.Tool) (why []Reason) {
	if n := v.ports(); n >= manyPorts {
		why = append(why, Reason{"many-ports", fmt.Sprintf("it touched %d ports", n)})
	}
	if len(tools) > 0 {
		why = append(why, Reason{"tool", fmt.Sprintf("%d of its packets are those of %s", tools[0].Packets, tools[0].Name)})
	}
	if n := v.stealthy(); n > 1 {
		why = append(why, Reason{"stealthy", fmt.Sprintf("%d of its packets are such as no system's own TCP sends: %s", n, v.techniqueWords())})
	}
	if name := v.scanner(); name != "" {
		why = append(why, Reason{"stated", "it says that it is " + name})
	}
	return why
}

func (v *open) techniqueWords() (words string) {
	for t, n := range v.techniques {
		if n > 0 && fingerprint.Technique(t) != fingerprint.SYN {
			if words != "" {
				words += ", "
			}
			words += fmt.Sprintf("%d %s", n, fingerprint.Technique(t))
		}
	}
	return words
}

// etos reports whether a terminal of the family that tnETOS is named for spoke,
// or somebody who is no scanner began TELNET on its port.
func (v *open) etos(k Kind) bool {
	return slices.ContainsFunc(v.samples, func(s sample) bool {
		t := s.transcript
		return t != nil && (t.ETOS || t.Note != "" && t.spoke && k != Scan && k != Sweep && k != TwoPhase)
	})
}

// finding is what visits can come to.
type finding struct {
	verdict  Verdict
	severity Severity
	Reason
}

// The findings are heuristics, written from what is known of scanners; how often
// they are wrong was not measured.
var (
	foundETOS       = finding{Spoken, Urgent, Reason{"etos", "words of TELNET on the port of tnETOS or dsETOS, or a terminal of ETOS52: no evidence is held of one in use"}}
	foundListener   = finding{Inside, Warning, Reason{"local-listener", "a process of this host listens where nothing should be"}}
	foundLocal      = finding{Inside, Warning, Reason{"local-process", "a process of this host knocks where nothing listens"}}
	foundAnswers    = finding{Noise, OK, Reason{"backscatter", "others were answered in this host's name; nothing was asked for"}}
	foundConnection = finding{Lateral, Urgent, Reason{"own-connection", "a host of the own network completed a handshake with a port that nothing uses"}}
	foundOwnScan    = finding{Lateral, Urgent, Reason{"own-scan", "a host of the own network looks for ports"}}
	foundOwnKnock   = finding{Lateral, Warning, Reason{"own-knock", "a host of the own network asked for a port that nothing uses"}}
	foundScanner    = finding{Noise, Notice, Reason{"scanner", "scanners do this to every address"}}
	foundRegular    = finding{Unexpected, Notice, Reason{"regular", "a program seems to be told the wrong address or port"}}
	foundProtocol   = finding{Spoken, Warning, Reason{"spoken", "it spoke to a port that nothing uses, in a protocol that is known, and nothing shows a scanner"}}
	foundWords      = finding{Spoken, Notice, Reason{"words", "it spoke to a port that nothing uses, in no protocol that is known"}}
	foundKnock      = finding{Unexpected, Notice, Reason{"knock", "nothing shows what it wanted"}}
)

// judge says what a visit comes to.
func (v *open) judge(k Kind) *finding {
	looksAround := k == Scan || k == Sweep || k == TwoPhase
	switch {
	case v.etos(k):
		return &foundETOS
	case v.origin == FromHost && v.listens:
		return &foundListener
	case v.origin == FromHost:
		return &foundLocal
	case k == Backscatter:
		return &foundAnswers
	case v.origin == FromOwn && v.connections > 0:
		return &foundConnection
	case v.origin == FromOwn && looksAround:
		return &foundOwnScan
	case v.origin == FromOwn:
		return &foundOwnKnock
	case looksAround:
		return &foundScanner
	case k == Misconfiguration:
		return &foundRegular
	case len(v.protocols) > 0:
		return &foundProtocol
	case len(v.samples) > 0:
		return &foundWords
	}
	return &foundKnock
}

// mood is what makes a visit another one to its readers.
type mood struct {
	kind      Kind
	found     *finding
	tools     int
	protocols int
	connected bool
}

func (v *open) mood() mood {
	tools := v.sightings.Named()
	k := v.kind(tools)
	return mood{k, v.judge(k), tools, len(v.protocols), v.connections > 0}
}

// mostAssigned is of how many ports the registry's word is given.
const mostAssigned = 16

// value is the visit as it is handed out.
func (v *open) value(s State, registry func(portolan.Transport, uint16) (string, string)) Visit {
	tools := v.sightings.Tools()
	out := Visit{
		ID: v.id, Revision: v.revision, State: s, First: stamp(v.began), Last: stamp(v.last), Source: v.source, Origin: v.origin,
		SourcePorts: copied(v.sourcePorts), Interfaces: copied(v.interfaces), Why: copied(v.why),
		Packets: v.packets, Connections: v.connections, Listens: v.listens,
		Ports: []TransportPorts{}, Destinations: Destinations{copied(v.dests.all), v.dests.more}, Techniques: []TechniqueCount{},
		Protocols: copied(v.protocols), Tools: []Tool{}, Products: copied(v.products),
		Fingerprints: Fingerprints{copied(v.p0f), copied(v.ja3), copied(v.ja4)}, Payloads: []Payload{}, PayloadsMore: v.unkept,
	}
	if v.process != nil {
		p := *v.process
		out.Process = &p
	}
	out.Kind = v.kind(v.sightings.Named())
	out.Evidence = v.evidence(out.Kind, tools)
	f := v.judge(out.Kind)
	out.Verdict, out.Severity, out.Reasons = f.verdict, f.severity, []Reason{f.Reason}
	for i := range v.sets {
		set := &v.sets[i]
		out.Ports = append(out.Ports, TransportPorts{set.transport, set.set.Spans(), set.set.Len()})
	}
	out.Assigned = assigned(out.Ports, registry)
	for t, n := range v.techniques {
		if n > 0 {
			out.Techniques = append(out.Techniques, TechniqueCount{fingerprint.Technique(t), n})
		}
	}
	for _, t := range tools {
		out.Tools = append(out.Tools, toolOf(t))
	}
	for i := range v.samples {
		out.Payloads = append(out.Payloads, v.samples[i].payload())
	}
	return out
}

// copied is a copy that is never nil, so that JSON has [] and not null.
func copied[T string | uint16 | netip.Addr | Protocol | Product](all []T) []T {
	return append(make([]T, 0, len(all)), all...)
}

func toolOf(t fingerprint.Tool) Tool {
	out := Tool{t.Name, t.Packets, []Evidence{}}
	for _, e := range t.Evidence {
		out.Evidence = append(out.Evidence, Evidence(e))
	}
	return out
}

func assigned(all []TransportPorts, registry func(portolan.Transport, uint16) (string, string)) []Assigned {
	out := []Assigned{}
	if registry == nil {
		return out
	}
	for _, t := range all {
		for _, port := range t.Ports.First(mostAssigned - len(out)) {
			status, service := registry(t.Transport, port)
			out = append(out, Assigned{port, t.Transport, status, service})
		}
	}
	return out
}
