package main

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"sync"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/probe"
)

// reviewAnswer is what a listener said when it was asked.
type reviewAnswer struct {
	Protocol  *string       `json:"protocol"`
	Product   *string       `json:"product"`
	Version   *string       `json:"version"`
	InTLS     bool          `json:"in_tls"`
	Strength  *string       `json:"strength"`
	Confirmed bool          `json:"confirmed"`
	Also      []string      `json:"also"`
	Conduct   probe.Conduct `json:"conduct"`
}

// askOwn asks this host's own listeners, over its own addresses, what they
// speak, and judges them anew. Sockets that share an address and a port are asked once.
func (a *app) askOwn(ctx context.Context, l *look) error {
	agent, err := a.agent("")
	if err != nil {
		return err
	}
	p := &probe.Prober{Dial: a.env.Dial, Agent: agent}
	at := map[probeKey]*probe.Report{}
	for i := range l.seen {
		if k, ok := l.seen[i].askable(l.host); ok {
			at[k] = nil
		}
	}
	var mu sync.Mutex // guards at
	var wg sync.WaitGroup
	slots := make(chan struct{}, defaultParallel)
	for _, k := range sortedKeys(at) {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			r := p.Ask(ctx, probe.Target{Addr: k.at, Transport: k.transport, Services: judge.AssignedOf(portolan.Key{Port: k.at.Port(), Transport: k.transport}).Services})
			mu.Lock()
			defer mu.Unlock()
			at[k] = &r
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i := range l.seen {
		j := &l.seen[i]
		k, ok := j.askable(l.host)
		if !ok || at[k] == nil || at[k].State != probe.Open {
			continue
		}
		s := spokenOf(*at[k])
		j.report, j.observed.Spoken = at[k], &s
		j.finding = judge.Judge(j.observed, j.assigned, l.host, l.policy)
	}
	l.sort()
	return nil
}

// probeKey is an address that is asked.
type probeKey struct {
	at        netip.AddrPort
	transport portolan.Transport
}

func sortedKeys(m map[probeKey]*probe.Report) []probeKey {
	var all []probeKey
	for k := range m {
		all = append(all, k)
	}
	slices.SortFunc(all, func(x, y probeKey) int {
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.transport, y.transport))
	})
	return all
}

// askable returns where a listener of this host can be asked. Those of other
// namespaces can't be reached, and a datagram socket in the ephemeral range is
// most often a client, which is not ours to disturb.
func (j *judged) askable(h judge.Host) (probeKey, bool) {
	t := j.key.Transport
	ns := j.socket.Namespace
	if j.observed.Direction != judge.Listening || t != portolan.TCP && t != portolan.UDP || ns != nil && !ns.Own || j.key.Port == 0 {
		return probeKey{}, false
	}
	if e := h.Ephemeral; t == portolan.UDP && e.Last > 0 && e.Contains(j.key.Port) {
		return probeKey{}, false
	}
	addr := j.observed.Local.Addr()
	switch {
	case addr.IsUnspecified() && (addr.Is4() || j.socket.DualStack):
		addr = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case addr.IsUnspecified():
		addr = netip.IPv6Loopback()
	case addr.IsMulticast():
		return probeKey{}, false
	}
	return probeKey{netip.AddrPortFrom(addr, j.key.Port), t}, true
}

// answerOf is what a listener said; nil where it was not asked, or not open to us.
func answerOf(r *probe.Report) *reviewAnswer {
	if r == nil {
		return nil
	}
	a := &reviewAnswer{InTLS: r.InTLS, Confirmed: r.Confirmed, Also: append([]string{}, r.Also...), Conduct: r.Conduct}
	if m := r.Match; m != nil {
		strength := m.Strength.String()
		a.Protocol, a.Strength, a.Product, a.Version = &m.Protocol, &strength, stated(m.Product), stated(m.Version)
	}
	return a
}
