package judge

import (
	"fmt"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// outgoing judges a connection by its remote port. Only what legitimate
// clients have no business with is worth a word: that is how malware uses a
// quiet port.
func (j *judging) outgoing() {
	k := j.o.Key
	system := portolan.RangeOf(k.Port) == portolan.System
	s := Warning
	if ExposureOf(j.o.Remote.Addr(), "") == Loopback {
		s = Notice
	}
	switch {
	case j.a.Status == registry.Assigned && j.a.Ghost && j.a.is(j.services()):
		j.Verdict = AsAssigned
	case !system && j.ordinary():
		j.Verdict = Unknown
	case j.a.Status == registry.Assigned && j.a.Ghost:
		j.Verdict = GhostSquatter
		j.quiet(s, "outgoing-ghost", fmt.Sprintf("a ghost: assigned to %s, and %s", j.a.words(), j.a.silence()))
	case system && j.a.Status == registry.Reserved:
		j.Verdict = Reserved
		j.quiet(s, "outgoing-reserved", "which the registry keeps reserved")
	case system && j.a.Status == registry.Unassigned:
		j.Verdict = Unassigned
		j.quiet(s, "outgoing-unassigned", "a system port that nobody was given")
	case j.a.Status == registry.Dynamic:
		j.Verdict = Ephemeral
	default:
		j.Verdict = Unknown // an ordinary connection, not looked into
	}
	if j.Severity > OK && j.Process != nil {
		j.holder()
	}
}

// ordinary reports whether a program of the table has the port as its default:
// the book's sources are silent on it, the world is not.
func (j *judging) ordinary() bool {
	b, _ := readBook()
	return len(b.usual(j.o.Key)) > 0
}

// quiet finds a connection to a port that should be silent. It is worth less
// where the port lies outside the system range, where another transport's is
// in use, or where a program of the table has it as its default.
func (j *judging) quiet(s Severity, code, what string) {
	if portolan.RangeOf(j.o.Key.Port) != portolan.System || j.a.TwinAlive || j.ordinary() {
		s = Notice
	}
	j.add(s, code, fmt.Sprintf("a connection goes out to %s, %s", j.o.Key, what), j.a.Cite...)
	j.usual()
	j.reported(registry.UseC2, registry.UseTransfers)
}

func (j *judging) services() []string {
	if j.Identity.Program == nil {
		return nil
	}
	return j.Identity.Program.Services
}
