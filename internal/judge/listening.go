package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// listening judges what takes connections or datagrams from anyone.
func (j *judging) listening(p *Policy) {
	if d := p.find(j.o.Key); d != nil {
		j.declared(d)
	} else {
		j.compare()
	}
	j.holder()
	j.unprivileged()
	j.exposed()
	j.place()
	if s := j.o.Spoken; s != nil {
		if !s.known() {
			j.add(OK, "conduct", "it was asked: "+s.Conduct)
		}
		j.trap()
	}
	if j.Verdict != AsAssigned && j.Verdict != Alternative && j.Verdict != Ephemeral {
		j.reported(registry.UseC2, registry.UseListens)
	}
}

// compare finds the verdict where no policy speaks.
func (j *judging) compare() {
	k := j.o.Key
	trusted := j.Identity.Known() && j.Identity.Pretends == "" && !j.Process.ExeWorldWritable
	switch {
	case j.o.Spoken.known() && trusted && j.Identity.Program.uses(k) && !j.a.is(j.o.Spoken.Services):
		j.Verdict = Alternative
		j.add(OK, "own-default", fmt.Sprintf("%s is a default port of %s (%s: %s) and it answers in %s; the registry %s", k, j.Process.Program, j.Identity.Program.What, j.Identity.Program.Source, j.o.Spoken.words(), j.registrySays()), j.a.Cite...)
	case j.o.Spoken.known():
		j.answered()
	case trusted && j.a.Status == registry.Assigned && j.a.is(j.Identity.Program.Services):
		j.Verdict = AsAssigned
		j.add(OK, "as-assigned", fmt.Sprintf("%s is %s, which speaks %s: what %s is assigned for", j.Process.Program, j.Identity.Program.What, j.a.service(j.Identity.Program.Services), k), j.a.Cite...)
	case trusted && j.Identity.Program.uses(k):
		j.Verdict = Alternative
		j.add(OK, "own-default", fmt.Sprintf("%s is a default port of %s (%s: %s); the registry %s", k, j.Process.Program, j.Identity.Program.What, j.Identity.Program.Source, j.registrySays()), j.a.Cite...)
	case trusted && k.Transport == portolan.UDP && j.Identity.Program.Has("client") && portolan.RangeOf(k.Port) != portolan.System:
		j.Verdict = Ephemeral
		j.add(OK, "client-socket", fmt.Sprintf("%s (%s) opens datagram sockets on any port to ask others", j.Process.Program, j.Identity.Program.What))
	case k.Transport == portolan.UDP && j.h.inEphemeral(k.Port):
		j.Verdict = Ephemeral
		j.add(OK, "client-socket", fmt.Sprintf("a datagram socket in this host's ephemeral range %s: most often a client waiting for an answer", j.h.Ephemeral))
	case j.a.Status == registry.Assigned && j.a.Ghost:
		j.ghost()
	case j.a.Status == registry.Assigned:
		j.occupied()
	case j.a.Status == registry.Reserved:
		j.free(Reserved, "reserved", "reserved: the registry keeps it from being assigned")
	case j.a.Status == registry.Dynamic || j.h.inEphemeral(k.Port):
		j.Verdict = Ephemeral
		j.add(OK, "unassigned-by-rule", fmt.Sprintf("%s %s", k, j.registrySays()), j.a.Cite...)
	default:
		j.free(Unassigned, "unassigned", "unassigned: nobody was given it")
	}
}

func (j *judging) registrySays() string {
	switch j.a.Status {
	case registry.Assigned:
		return "gives it to " + j.a.words()
	case registry.Dynamic:
		return "never assigns ports of the dynamic range"
	}
	return "has it " + j.a.Status.String()
}

// ghost judges a port that is assigned and that no witness lists.
func (j *judging) ghost() {
	j.Verdict = GhostSquatter
	s := Warning
	if portolan.RangeOf(j.o.Key.Port) == portolan.System {
		s = Alert
	}
	chance := j.h.inEphemeral(j.o.Key.Port)
	for _, milder := range []bool{j.surelyKnown(), j.a.TwinAlive, j.Exposure == Loopback, chance} {
		if milder {
			s = s.lower()
		}
	}
	there := "what is on it is not known to be that service"
	if j.o.Spoken.known() {
		there = j.o.Spoken.answers()
	}
	text := fmt.Sprintf("%s is a ghost: assigned to %s, and %s; %s", j.o.Key, j.a.words(), j.a.silence(), there)
	if j.a.TwinAlive {
		text += " (it is in use on another transport)"
	}
	if chance {
		text += "; the kernel gives out ports of this range, so that it may be here by chance"
	}
	j.add(s, "ghost", text, j.a.Cite...)
	j.usual()
}

// surelyKnown reports whether the program is known by its file. A name that it
// gives itself, or an argument, makes no severity milder: anyone can choose it.
func (j *judging) surelyKnown() bool { return j.Identity.Known() && j.Identity.Strength == Likely }

// usual names the programs that have the port as their default, for whoever
// looks for what is there.
func (j *judging) usual() {
	b, _ := readBook()
	var names []string
	for _, p := range b.usual(j.o.Key) {
		names = append(names, fmt.Sprintf("%s (%s)", strings.TrimSuffix(p.Names[0], "*"), p.What))
	}
	if n := len(names); n > 3 {
		names = append(names[:3], fmt.Sprintf("%d more", n-3))
	}
	if len(names) > 0 && !j.Identity.Known() {
		j.add(OK, "known-default", fmt.Sprintf("%s is a default port of %s", j.o.Key, strings.Join(names, ", ")))
	}
}

// occupied judges a port that is assigned and alive, where the program is not
// known to speak the service.
func (j *judging) occupied() {
	if !j.Identity.Known() {
		j.Verdict = Unknown
		j.add(Notice, "program-not-known", fmt.Sprintf("%s is assigned to %s; whether that is what is here can't be told from the program", j.o.Key, j.a.words()), j.a.Cite...)
		return
	}
	j.Verdict = Foreign
	s := Notice
	if portolan.RangeOf(j.o.Key.Port) == portolan.System && j.Exposure > Loopback {
		s = Warning
	}
	j.add(s, "other-service", fmt.Sprintf("%s is assigned to %s; %s is %s", j.o.Key, j.a.words(), j.Process.Program, j.Identity.Program.What), j.a.Cite...)
}

// free judges a port that nobody holds.
func (j *judging) free(v Verdict, code, words string) {
	j.Verdict = v
	s := Notice
	if portolan.RangeOf(j.o.Key.Port) == portolan.System {
		if s = Warning; !j.surelyKnown() && j.Exposure > Loopback {
			s = Alert
		}
		if j.Exposure == Loopback {
			s = s.lower()
		}
	}
	j.add(s, code, fmt.Sprintf("%s is %s", j.o.Key, words), j.a.Cite...)
	j.usual()
}

// declared compares what is there with the user's own chart.
func (j *judging) declared(d *Declaration) {
	j.Verdict = Declared
	place := d.Place
	if len(d.Programs) > 0 && !slices.ContainsFunc(j.o.Processes, d.allowsProgram) {
		if len(j.o.Processes) == 0 && !j.o.OwnersVisible {
			j.add(Notice, "policy-program-hidden", fmt.Sprintf("%s allows %s here; the owner can't be seen", place, strings.Join(d.Programs, ", ")))
		} else {
			j.Verdict = Foreign
			j.add(Warning, "policy-program", fmt.Sprintf("%s allows %s here, not %s", place, strings.Join(d.Programs, ", "), j.programWords()))
		}
	}
	if d.User != "" && j.Process != nil && !slices.ContainsFunc(j.o.Processes, func(p Process) bool { return p.User == d.User }) {
		j.add(Warning, "policy-user", fmt.Sprintf("%s has it run as %s, it runs as %s", place, d.User, j.Process.User))
	}
	if d.HasExposure && j.Exposure > d.Exposure {
		j.add(Warning, "policy-exposure", fmt.Sprintf("%s allows %s exposure at most; %s", place, d.Exposure, j.Exposure.words()))
	}
	if len(j.Reasons) == 0 {
		j.add(OK, "declared", fmt.Sprintf("%s declares it for %s", place, d.Service))
	}
}

func (j *judging) programWords() string {
	if j.Process == nil {
		return "a socket without an owner"
	}
	return j.Process.Program
}

// exposed raises what should not face everyone.
func (j *judging) exposed() {
	asks := j.Verdict == Ephemeral && j.o.Key.Transport == portolan.UDP // it waits for answers, and serves nobody
	if !j.Identity.Program.Has("sensitive") || j.Exposure == Loopback || j.Verdict == Declared || asks {
		return
	}
	s := Notice
	if j.Exposure >= Public {
		s = Warning
	}
	j.add(s, "exposed", fmt.Sprintf("%s (%s) should not face more than it must: %s", j.Process.Program, j.Identity.Program.What, j.Exposure.words()))
}

// place looks at where the port lies on this host.
func (j *judging) place() {
	k := j.o.Key
	if k.Transport == portolan.UDP || j.Verdict == Declared || !j.h.inEphemeral(k.Port) {
		return
	}
	j.add(Notice, "in-ephemeral-range", fmt.Sprintf("it listens inside this host's ephemeral range %s, and the port is not kept out of it: an outgoing connection may hold it when the service starts", j.h.Ephemeral))
}
