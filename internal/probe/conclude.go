package probe

import (
	"slices"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/protocol"
)

// conclude says how the port behaved, from all that was exchanged.
func (a *asking) conclude() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.r.State != Open || a.r.Conduct != "" {
		a.keepSomething()
		return
	}
	if a.r.named() {
		a.r.Conduct = Spoke
		return
	}
	a.keepSomething()
	a.r.Conduct = conduct(a.all)
}

// keepSomething keeps what says most where nothing is known.
func (a *asking) keepSomething() {
	if a.r.Evidence != nil {
		return
	}
	for i := range a.all {
		if e := &a.all[i]; a.r.Evidence == nil || len(e.Received) > len(a.r.Evidence.Received) {
			a.r.Evidence = e
		}
	}
}

// conduct reads the behaviour of a port of which no word is known.
func conduct(all []Exchange) Conduct {
	spoke, floods, trickles, hangs, tongues := 0, 0, 0, 0, 0
	for _, e := range all {
		switch {
		case len(e.matches) > 1:
			tongues++
		case e.Ending == Full:
			floods++
		case e.Ending == Trickled:
			trickles++
		}
		if len(e.Received) > 0 {
			spoke++
		}
		if e.Question != "" && len(e.Received) == 0 && (e.Ending == PeerEnded || e.Ending == Reset) {
			hangs++
		}
	}
	switch {
	case tongues > 0:
		return ManyTongues
	case trickles > 0, floods > 1, floods > 0 && floods == spoke:
		return Tarpit
	case spoke > 0:
		return Unrecognised
	case hangs > 0:
		return Hangs
	}
	return Silent
}

// enrich asks a server that is known what else it says of itself.
func (a *asking) enrich() {
	a.limit = MostConnections - 1
	m := a.r.Match
	if m.Version != "" || web(m.Protocol) && m.Product != "" {
		return
	}
	for _, q := range followUps(a.t, m.Protocol) {
		if q.InTLS != a.r.InTLS && !q.InTLS {
			continue
		}
		e, ok := a.again(q, a.r.InTLS)
		if !ok || a.better(e) {
			return
		}
	}
}

// web reports whether a protocol is HTTP and nothing that is carried by it.
func web(name string) bool { return name == "http" || name == "http2" }

// carrier is what questions to a server of a protocol name it by: who speaks
// HTTP/2 answers in HTTP/1.1 too.
func carrier(name string) string {
	if name == "http2" {
		return "http"
	}
	return name
}

// better takes an answer that says more of the same protocol, or names what is
// carried by it. It reports whether nothing more need be asked.
func (a *asking) better(e Exchange) bool {
	for _, m := range e.matches {
		p, ok := protocol.Named(m.Protocol)
		if !ok || m.Strength < protocol.Likely {
			continue
		}
		have := a.r.Match
		same := m.Protocol == have.Protocol
		// What carries another's figures besides its own stays what it was.
		carried := p.Over != "" && p.Over == carrier(have.Protocol)
		if carried || same && (m.Version != "" || m.Product != "" && have.Product == "") {
			if same {
				m.Details = merged(have.Details, m.Details)
			}
			a.r.Match, a.r.Evidence = &m, &e
			return m.Version != ""
		}
	}
	return false
}

// merged adds the details of more whose names are new.
func merged(have, more []protocol.Detail) []protocol.Detail {
	out := slices.Clone(have)
	for _, d := range more {
		if !slices.ContainsFunc(out, func(o protocol.Detail) bool { return o.Name == d.Name }) {
			out = append(out, d)
		}
	}
	return out
}

// again asks a question on a new connection, inside TLS or not.
func (a *asking) again(q ranked, inTLS bool) (Exchange, bool) {
	if a.t.Transport == portolan.UDP {
		return a.datagram(a.ctx, q)
	}
	if inTLS {
		return a.inside(q)
	}
	return a.once(a.ctx, q)
}

// confirm asks once more before a protocol counts against a port: the same
// question must give the same protocol, and one of another must not give another.
func (a *asking) confirm() {
	a.limit = MostConnections
	if a.t.keeps(a.r.Match.Protocol, a.r.InTLS) {
		return
	}
	first := *a.r.Match
	how := a.r.Evidence.Question
	e, ok := a.repeat(how)
	if !ok {
		return
	}
	a.r.Confirmed = slices.ContainsFunc(e.matches, func(m protocol.Match) bool { return related(m.Protocol, first.Protocol) })
	for _, m := range e.matches {
		a.also(m, first)
	}
	if len(a.r.Also) > 0 {
		// The same question, another protocol: nobody honest answers so.
		a.r.Also = append([]string{first.Protocol}, a.r.Also...)
		a.r.Conduct, a.r.Match = ManyTongues, nil
		return
	}
	if a.t.Transport != portolan.TCP {
		return
	}
	for _, name := range [...]string{"http-get", "redis-ping", "postgresql-version"} {
		q, ok := asked(name)
		if !ok || name == how || related(q.of.Name, first.Protocol) {
			continue
		}
		if e, ok := a.again(q, a.r.InTLS); ok {
			for _, m := range e.matches {
				a.also(m, first)
			}
		}
		if len(a.r.Also) == 0 {
			break
		}
	}
	if len(a.r.Also) > 1 {
		a.r.Also = append([]string{first.Protocol}, a.r.Also...)
		a.r.Conduct, a.r.Match = ManyTongues, nil
	}
}

// repeat has the exchange once more that a match came from.
func (a *asking) repeat(how string) (Exchange, bool) {
	q, ok := asked(how)
	if !ok {
		q = ranked{Question: protocol.Question{Bytes: func(protocol.Ask) []byte { return nil }}}
	}
	return a.again(q, a.r.InTLS)
}

// also notes a protocol that a port speaks besides its first.
func (a *asking) also(m protocol.Match, first protocol.Match) {
	if m.Strength == protocol.Certain && !related(m.Protocol, first.Protocol) && !slices.Contains(a.r.Also, m.Protocol) {
		a.r.Also = append(a.r.Also, m.Protocol)
	}
}

// related reports whether two protocols are one, or one carries the other.
func related(a, b string) bool {
	if a == b {
		return true
	}
	p, ok := protocol.Named(a)
	q, also := protocol.Named(b)
	return ok && also && (p.Overrules(b) || q.Overrules(a) || p.Over != "" && p.Over == q.Over)
}
