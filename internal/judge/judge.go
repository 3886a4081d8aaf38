package judge

import (
	"net/netip"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// Verdict says how the assigned and the observed belong together.
type Verdict string

// The verdicts.
const (
	AsAssigned    Verdict = "as-assigned"
	Alternative   Verdict = "alternative"
	Declared      Verdict = "declared"
	Foreign       Verdict = "foreign"
	GhostSquatter Verdict = "ghost-squatter"
	Unassigned    Verdict = "unassigned"
	Reserved      Verdict = "reserved"
	Ephemeral     Verdict = "ephemeral"
	Unknown       Verdict = "unknown"
)

// Direction tells a listener from a connection.
type Direction uint8

// The directions.
const (
	Listening Direction = iota
	Outgoing
	Inbound
)

// String returns listening, outgoing or inbound.
func (d Direction) String() string {
	return [...]string{"listening", "outgoing", "inbound"}[min(d, Inbound)]
}

// Observation is something seen on this host.
type Observation struct {
	Key       portolan.Key // of the local port; of the remote one for an outgoing connection
	Direction Direction
	Local     netip.AddrPort
	Remote    netip.AddrPort // of a connection
	Interface string         // that it is bound to
	Processes []Process      // that hold it
	// OwnersVisible: all processes can be looked at, so that no process means
	// that there is none.
	OwnersVisible bool
	// Spoken is what the port said when it was asked; nil where it was not.
	Spoken *Spoken
}

// Process is a holder of a socket.
type Process struct {
	PID              int
	Program          string // what it calls itself
	Exe              string
	ExeAlias         string // another name of the file of Exe, which the program goes by
	ExeDeleted       bool
	ExeWorldWritable bool // anyone may write into the folder of Exe
	Cmdline          []string
	User             string
	UID              uint32
	Unit, Container  string
}

// Host is what a verdict needs to know of the machine.
type Host struct {
	Ephemeral         portolan.Span   // zero where not known
	Reserved          []portolan.Span // kept out of it
	UnprivilegedStart int             // the lowest port that any user may bind; 0 where not known
}

// inEphemeral reports whether the kernel may give the port to any program.
func (h Host) inEphemeral(port uint16) bool {
	if h.Ephemeral.Last == 0 || !h.Ephemeral.Contains(port) {
		return false
	}
	for _, s := range h.Reserved {
		if s.Contains(port) {
			return false
		}
	}
	return true
}

// Reason is one thing that speaks for a verdict or a severity.
type Reason struct {
	Code string // stable, for programs: "ghost", "exposed"
	Text string
	Cite []registry.Citation
}

// Finding is the verdict on one observation.
type Finding struct {
	Verdict  Verdict
	Severity Severity
	Exposure Exposure
	Process  *Process // the one that the verdict is about; nil where none is seen
	Identity Identity
	Reasons  []Reason
	Next     []string // what to do
}

func (f *Finding) add(s Severity, code, text string, cite ...registry.Citation) {
	f.Severity = max(f.Severity, s)
	f.Reasons = append(f.Reasons, Reason{code, text, cite})
}

// Judge gives the verdict on an observation. p may be nil.
func Judge(o Observation, a Assigned, h Host, p *Policy) Finding {
	f := Finding{Exposure: ExposureOf(o.Local.Addr(), o.Interface)}
	f.Process, f.Identity = principal(o.Processes)
	j := &judging{Finding: &f, o: o, a: a, h: h}
	if o.Direction == Outgoing {
		j.outgoing()
	} else {
		j.listening(p)
	}
	j.next()
	return f
}

// principal picks the process that a verdict is about: one that is identified,
// before those that hold sockets for others.
func principal(list []Process) (*Process, Identity) {
	var best *Process
	var identity Identity
	for i := range list {
		id := Identify(list[i])
		if best == nil || id.rank() > identity.rank() {
			best, identity = &list[i], id
		}
	}
	return best, identity
}

// judging is a finding in the making.
type judging struct {
	*Finding
	o Observation
	a Assigned
	h Host
}
