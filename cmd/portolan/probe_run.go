package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/probe"
	"github.com/portolan/portolan/internal/protocol"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
)

// probing is one run of the command.
type probing struct {
	*app
	flags   probeFlags
	aims    []aim
	exclude []span
	chart   *judge.Policy
	limit   judge.Severity
	prober  *probe.Prober
	started time.Time
	state   *resumeFile // nil without --resume
	sentLog io.WriteCloser

	mu       sync.Mutex // guards what follows
	results  []probeResult
	summary  probeSummary
	assigned map[portolan.Key]judge.Assigned
	progress *progress
	outErr   error
}

// endpoint is one port to ask.
type endpoint struct {
	addr netip.Addr
	name string
	key  portolan.Key
}

func (e endpoint) String() string {
	return netip.AddrPortFrom(e.addr, e.key.Port).String() + "/" + e.key.Transport.String()
}

// newProbing understands the command line; nothing is sent before all of it is clear.
func (a *app) newProbing(ctx context.Context, f probeFlags, args []string) (*probing, error) {
	r := &probing{app: a, flags: f, assigned: map[portolan.Key]judge.Assigned{}, started: a.env.Now()}
	var err error
	if r.limit, err = failLimit(f.failOn); err != nil {
		return nil, err
	}
	if f.rate < 0 || f.parallel < 1 || f.parallel > 1024 || f.wait < 0 || f.wait > 30*time.Second {
		return nil, usage("--rate, --parallel or --wait is out of bounds").hint("--rate is 0 or more, --parallel 1 to 1024, --wait at most 30s")
	}
	if f.sweep != "connect" && f.sweep != "syn" {
		return nil, usage("--sweep %q: use connect or syn", f.sweep)
	}
	agent, err := a.agent(f.contact)
	if err != nil {
		return nil, err
	}
	if r.aims, err = a.aims(ctx, f, args); err != nil {
		return nil, err
	}
	if err = a.authorise(r.aims, f); err != nil {
		return nil, err
	}
	if r.exclude, err = a.exclusions(f); err != nil {
		return nil, err
	}
	if r.chart, err = a.loadPolicy(f.policy); err != nil {
		return nil, err
	}
	r.prober = &probe.Prober{Dial: a.env.Dial, Pace: r.pace(), Patience: f.wait, Industrial: f.industrial, Agent: agent}
	if f.resume != "" {
		if r.state, err = a.openResume(f.resume, r.plan()); err != nil {
			return nil, err
		}
	}
	if f.log != "" {
		if r.sentLog, err = a.env.Create(f.log, false); err != nil {
			return nil, fail(exitFailure, "write the log: %w", err)
		}
		r.prober.Sent = r.logSent
	}
	r.progress = newProgress(a.env)
	r.takeOld()
	return r, nil
}

// pace keeps the rate of connections that leave this host.
func (r *probing) pace() func(context.Context, probe.Target) error {
	if r.flags.rate == 0 {
		return nil
	}
	limit := rate.NewLimiter(rate.Limit(r.flags.rate), max(1, int(r.flags.rate/10)))
	own := r.env.Addresses()
	return func(ctx context.Context, t probe.Target) error {
		if addr := t.Addr.Addr(); addr.IsLoopback() || slices.Contains(own, addr.WithZone("")) {
			return nil
		}
		return limit.Wait(ctx)
	}
}

// endpoints are all ports to ask, less what is excluded and what a resumed run
// has done.
func (r *probing) endpoints(yield func(endpoint) bool) {
	seen := map[string]bool{} // only where targets overlap can one come twice
	overlap := len(r.aims) > 1
	for _, t := range r.aims {
		for addr := t.first; ; addr = addr.Next() {
			if slices.ContainsFunc(r.exclude, func(s span) bool { return s.contains(addr.WithZone("")) }) {
				r.count(func(s *probeSummary) { s.Excluded++ })
			} else {
				for _, k := range t.keys {
					e := endpoint{addr, t.name, k}
					if overlap {
						if seen[e.String()] {
							continue
						}
						seen[e.String()] = true
					}
					if !yield(e) {
						return
					}
				}
			}
			if addr == t.last {
				break
			}
		}
	}
}

func (r *probing) count(f func(*probeSummary)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.summary)
}

// all asks every endpoint, some at a time.
func (r *probing) all(ctx context.Context) error {
	total := 0
	for _, t := range r.aims {
		if n := t.size(); n.IsInt64() {
			total += int(n.Int64()) * len(t.keys)
		}
	}
	r.progress.begin(total)
	defer r.progress.end()
	work := make(chan endpoint)
	var wg sync.WaitGroup
	for range r.flags.parallel {
		wg.Go(func() {
			for e := range work {
				r.one(ctx, e)
			}
		})
	}
	for e := range r.endpoints {
		if r.state.done(e) {
			r.progress.step(false)
			continue
		}
		select {
		case work <- e:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(work)
	wg.Wait()
	return r.outErr
}

// one asks an endpoint and takes the answer. What was interrupted is not taken:
// a resumed run asks it again.
func (r *probing) one(ctx context.Context, e endpoint) {
	as := r.assignedOf(e.key)
	t := probe.Target{Addr: netip.AddrPortFrom(e.addr, e.key.Port), Transport: e.key.Transport, Name: e.name, Services: as.Services}
	report := r.prober.Ask(ctx, t)
	if ctx.Err() != nil {
		return
	}
	r.take(e, as, report)
}

func (r *probing) assignedOf(k portolan.Key) judge.Assigned {
	r.mu.Lock()
	defer r.mu.Unlock()
	as, ok := r.assigned[k]
	if !ok {
		as = judge.AssignedOf(k)
		r.assigned[k] = as
	}
	return as
}

// take judges an answer, keeps it, and writes it where results are wanted as
// they come.
func (r *probing) take(e endpoint, as judge.Assigned, p probe.Report) {
	result := newProbeResult(e, as, p)
	if p.State == probe.Open {
		f := judge.Answer(e.key, e.addr, as, spokenOf(p), r.chart)
		result.judge(f)
		r.count(func(s *probeSummary) { s.Failed = s.Failed || f.Severity >= r.limit })
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.summary.add(result)
	r.progress.step(p.State == probe.Open)
	if err := r.state.write(e, result); err != nil && r.outErr == nil {
		r.outErr = err
	}
	if !r.flags.all && !result.shown() {
		return
	}
	if r.format == string(report.FormatNDJSON) {
		r.progress.clear()
		if err := r.print(&report.Document{Schema: probeSchema, DataVersion: registry.Version(), Value: result, Items: each([]probeResult{result})}); err != nil && r.outErr == nil {
			r.outErr = err
		}
		return
	}
	r.results = append(r.results, result)
}

// takeOld counts what an earlier run had done. Its results are printed with the
// others, but not streamed twice.
func (r *probing) takeOld() {
	if r.state == nil {
		return
	}
	for _, l := range r.state.old {
		if l.Result == nil {
			r.summary.add(probeResult{State: l.State})
			continue
		}
		r.summary.add(*l.Result)
		if severity, err := judge.ParseSeverity(deref(l.Result.Severity)); err == nil {
			r.summary.Failed = r.summary.Failed || severity >= r.limit
		}
		r.results = append(r.results, *l.Result)
	}
}

// spokenOf is what the judge needs of a report.
func spokenOf(p probe.Report) judge.Spoken {
	s := judge.Spoken{Conduct: string(p.Conduct), Confirmed: p.Confirmed, Also: p.Also, TLS: p.InTLS}
	if p.Match == nil || p.Match.Strength < protocol.Likely {
		return s
	}
	s.Protocol, s.Title, s.Product, s.Version = p.Match.Protocol, p.Match.Protocol, p.Match.Product, p.Match.Version
	s.Strength = judge.Strength(p.Match.Strength.String())
	for pr, ok := protocol.Named(p.Match.Protocol); ok; pr, ok = protocol.Named(pr.Over) {
		if pr.Name == s.Protocol {
			s.Title = pr.Title
		}
		s.Services = append(s.Services, pr.Services...)
		if p.InTLS {
			s.Services = append(s.Services, pr.TLSServices...)
		}
	}
	return s
}

// finish prints what was found.
func (r *probing) finish(ctx context.Context) error {
	slices.SortFunc(r.results, func(x, y probeResult) int {
		return cmp.Or(x.addr.Compare(y.addr), cmp.Compare(x.Transport, y.Transport), cmp.Compare(x.Port, y.Port))
	})
	r.summary.Milliseconds = r.env.Now().Sub(r.started).Milliseconds()
	r.summary.Interrupted = ctx.Err() != nil
	if err := r.writeXML(); err != nil {
		return err
	}
	if r.format != string(report.FormatNDJSON) {
		if err := r.print(r.document()); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		f := fail(exitInterrupted, "interrupted; what was found until then is shown")
		if r.state != nil {
			f.hint("the same command goes on from there")
		}
		return f
	}
	if r.summary.Failed {
		return &failure{code: exitNo}
	}
	return nil
}

func (r *probing) close() {
	r.state.close()
	if r.sentLog != nil {
		r.sentLog.Close()
	}
}

// logSent notes a request that was sent.
func (r *probing) logSent(t probe.Target, question string, data []byte) {
	line, _ := json.Marshal(struct {
		Time     string `json:"time"`
		Target   string `json:"target"`
		Question string `json:"question"`
		Sent     []byte `json:"sent"`
	}{r.env.Now().UTC().Format(time.RFC3339Nano), t.String(), question, data})
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.sentLog.Write(append(line, '\n')); err != nil && r.outErr == nil {
		r.outErr = fail(exitFailure, "write the log: %w", err)
	}
}

// plan names what a run asks, so that a resumed one is the same.
func (r *probing) plan() string {
	var text []string
	for _, t := range r.aims {
		text = append(text, fmt.Sprintf("%s-%s:%s", t.first, t.last, keysWords(t.keys)))
	}
	return fmt.Sprint(text)
}

// keysWords writes keys as runs: "22/tcp,80-90/tcp".
func keysWords(keys []portolan.Key) string {
	var b []byte
	for i := 0; i < len(keys); {
		j := i
		for j+1 < len(keys) && keys[j+1].Transport == keys[i].Transport && keys[j+1].Port == keys[j].Port+1 {
			j++
		}
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = append(b, portolan.Span{First: keys[i].Port, Last: keys[j].Port}.String()+"/"+keys[i].Transport.String()...)
		i = j + 1
	}
	return string(b)
}
