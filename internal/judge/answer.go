package judge

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

// Spoken is what a port said when it was asked.
type Spoken struct {
	Protocol         string // "" where nothing that it said is known
	Title            string // the protocol's name for people
	Product, Version string // as the peer states them; "" where it does not
	Services         []string
	Strength         Strength
	TLS              bool
	Confirmed        bool     // a second connection was answered alike
	Also             []string // what else it spoke
	// Conduct says how it behaved where nothing is known: "silent".
	Conduct string
	// By is the scanner on whose word this rests; "" where portolan asked. Word is
	// what the scanner calls what it found, where no protocol is known by that.
	By, Word string
}

func (s *Spoken) known() bool { return s != nil && s.Protocol != "" }

// words says what was spoken: "SSH (OpenSSH 9.2p1)", "HTTP in TLS".
func (s *Spoken) words() string {
	text := s.Title
	if s.TLS {
		text += " in TLS"
	}
	if s.Product != "" {
		text += " (" + strings.TrimSpace(s.Product+" "+s.Version) + ")"
	}
	return text
}

// answers says what was heard, and from whom.
func (s *Spoken) answers() string {
	if s.By != "" {
		return s.By + " said that it answers in " + s.words()
	}
	return "it answers in " + s.words()
}

// asked says how it behaved, and from whom that is.
func (s *Spoken) asked() string {
	if s.By != "" {
		return s.By + " said: " + s.Conduct
	}
	return "it was asked: " + s.Conduct
}

// defaultOf returns the program of the table that speaks what was spoken and has
// the port as its default; nil for none.
func (s *Spoken) defaultOf(k portolan.Key) *Program {
	b, _ := readBook()
	for _, p := range b.usual(k) {
		if slices.ContainsFunc(p.Services, func(name string) bool { return slices.Contains(s.Services, name) }) || p.is(s.Protocol) || p.is(s.Product) {
			return p
		}
	}
	return nil
}

// is reports whether the program goes by a protocol's or a product's name.
func (p *Program) is(name string) bool {
	name = strings.ToLower(name)
	return len(name) > 2 && slices.ContainsFunc(p.Names, func(n string) bool { return strings.Contains(strings.ToLower(n), name) })
}

// Answer gives the verdict on what an open port of any host said when it was
// asked. p may be nil.
func Answer(k portolan.Key, addr netip.Addr, a Assigned, s Spoken, p *Policy) Finding {
	f := Finding{Exposure: ExposureOf(addr, "")}
	j := &judging{Finding: &f, o: Observation{Key: k, Spoken: &s}, a: a}
	switch d := p.find(k); {
	case d != nil:
		j.declaredAnswer(d)
	case s.known():
		j.answered()
	case s.Word != "" && a.is([]string{s.Word}):
		j.Verdict = AsAssigned
		j.add(OK, "same-name", fmt.Sprintf("%s calls it %q, which is the name of what %s is assigned for; portolan knows no protocol by it", s.By, s.Word, k), a.Cite...)
	default:
		j.mute()
	}
	j.trap()
	if j.Verdict != AsAssigned && j.Verdict != Alternative && j.Verdict != Ephemeral {
		j.reported(registry.UseC2, registry.UseListens)
	}
	return f
}

// answered compares what was spoken with what the port is assigned for.
func (j *judging) answered() {
	s, k := j.o.Spoken, j.o.Key
	switch {
	case j.a.is(s.Services):
		j.Verdict = AsAssigned
		j.add(OK, "as-assigned", fmt.Sprintf("%s: what %s is assigned for (%s)", s.answers(), k, j.a.service(s.Services)), j.a.Cite...)
		return
	case s.defaultOf(k) != nil:
		p := s.defaultOf(k)
		j.Verdict = Alternative
		j.add(OK, "own-default", fmt.Sprintf("%s, and %s is a default port of it (%s: %s); the registry %s", s.answers(), k, p.What, p.Source, j.registrySays()), j.a.Cite...)
		return
	case !s.Confirmed:
		j.Verdict = Unknown
		j.add(Notice, "asked-once", fmt.Sprintf("it answered in %s once, and not so when it was asked again; the registry %s", s.words(), j.registrySays()), j.a.Cite...)
		return
	case j.a.Status == registry.Assigned && j.a.Ghost:
		j.ghost()
	case j.a.Status == registry.Assigned:
		j.Verdict = Foreign
		severity := Notice
		if portolan.RangeOf(k.Port) == portolan.System && j.Exposure > Loopback {
			severity = Warning
		}
		j.add(severity, "other-service", fmt.Sprintf("%s is assigned to %s", k, j.a.words()), j.a.Cite...)
	default:
		j.elsewhere()
	}
	twice := ", asked twice"
	if s.By != "" {
		twice = ""
	}
	j.add(OK, "answers", s.answers()+twice)
}

// elsewhere judges an answer on a port that nobody was given.
func (j *judging) elsewhere() {
	switch {
	case j.a.Status == registry.Reserved:
		j.free(Reserved, "reserved", "reserved: the registry keeps it from being assigned")
	case j.a.Status == registry.Dynamic || j.h.inEphemeral(j.o.Key.Port):
		j.Verdict = Ephemeral
		j.add(OK, "unassigned-by-rule", fmt.Sprintf("%s %s", j.o.Key, j.registrySays()), j.a.Cite...)
	default:
		j.free(Unassigned, "unassigned", "unassigned: nobody was given it")
	}
}

// mute judges an open port that said nothing which is known.
func (j *judging) mute() {
	switch {
	case j.a.Status == registry.Assigned && j.a.Ghost:
		j.ghost()
	case j.a.Status == registry.Assigned:
		j.Verdict = Unknown
		j.add(Notice, "not-recognised", fmt.Sprintf("%s is assigned to %s; whether that is what is here can't be told from what %s says", j.o.Key, j.a.words(), cmp.Or(j.o.Spoken.By, "it")), j.a.Cite...)
	default:
		j.elsewhere()
	}
	j.add(OK, "conduct", j.o.Spoken.asked())
}

// declaredAnswer compares an answer with the user's own chart.
func (j *judging) declaredAnswer(d *Declaration) {
	j.Verdict = Declared
	s := j.o.Spoken
	if !s.known() {
		j.add(OK, "declared", fmt.Sprintf("%s declares it for %s; what it says is not known (%s)", d.Place, d.Service, s.Conduct))
		return
	}
	j.add(OK, "declared", fmt.Sprintf("%s declares it for %s; %s", d.Place, d.Service, s.answers()))
}

// trap says of a port that it may be there to hold scanners, or to deceive them.
func (j *judging) trap() {
	s := j.o.Spoken
	switch {
	case s.Conduct == "tarpit":
		j.add(Notice, "tarpit", "it sends without end or a byte at a time, as traps for scanners do")
	case s.Conduct == "many protocols":
		j.add(Notice, "many-protocols", "what it says belongs to protocols that exclude each other, as traps for scanners do: "+strings.Join(s.Also, ", "))
	case len(s.Also) > 0:
		j.add(Notice, "also", "it answers in another protocol too: "+strings.Join(s.Also, ", "))
	}
}
