package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"math/big"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/probe"
	"github.com/portolan/portolan/internal/protocol"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/internal/sweep"
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
	xml     *probeXML // nil without --xml

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
	if r.xml, err = a.newProbeXML(f.xml); err != nil {
		return nil, err
	}
	r.progress = newProgress(a.env)
	r.takeOld()
	return r, nil
}

// pace keeps the rate of connections that leave this host.
func (r *probing) pace() func(context.Context, probe.Target) error {
	own := r.env.Addresses()
	isOwn := func(addr netip.Addr) bool { return addr.IsLoopback() || slices.Contains(own, addr.WithZone("")) }
	leaves := slices.ContainsFunc(r.aims, func(t aim) bool { return t.first != t.last || !isOwn(t.first) })
	if r.flags.rate == 0 || !leaves {
		return nil
	}
	limit := rate.NewLimiter(rate.Limit(r.flags.rate), max(1, int(r.flags.rate/10)))
	return func(ctx context.Context, t probe.Target) error {
		if isOwn(t.Addr.Addr()) {
			return nil
		}
		return limit.Wait(ctx)
	}
}

// most is how many ports one run may ask: more than anybody has the time for.
const most = 1 << 40

// total is how many ports the aims have, twice what two of them share.
func (r *probing) total() (uint64, error) {
	sum := new(big.Int)
	for _, t := range r.aims {
		sum.Add(sum, new(big.Int).Mul(t.size(), big.NewInt(int64(len(t.keys)))))
	}
	if sum.Cmp(big.NewInt(most)) > 0 {
		return 0, usage("%s ports are more than one run can ask", sum).hint("name smaller ranges, or fewer ports")
	}
	return sum.Uint64(), nil
}

// endpoints are all ports to ask, less what is excluded and what a resumed run
// has done. They come in an order that looks random, so that no host gets all of
// its knocks at once, and is the same when a run is resumed.
func (r *probing) endpoints(total uint64) iter.Seq[endpoint] {
	h := fnv.New64a()
	io.WriteString(h, r.plan())
	order := sweep.Order(total, h.Sum64())
	return func(yield func(endpoint) bool) {
		for i := range total {
			e, ok := r.at(order(i))
			if ok && r.state.done(e) {
				r.locked(func() { r.progress.step(false) })
				ok = false
			}
			if ok && !yield(e) {
				return
			}
		}
	}
}

// at returns the endpoint of a number; false where an aim before has it too, or
// it is excluded.
func (r *probing) at(i uint64) (endpoint, bool) {
	for n, t := range r.aims {
		size := t.size().Uint64() * uint64(len(t.keys))
		if i >= size {
			i -= size
			continue
		}
		e := endpoint{addressAt(t.first, i/uint64(len(t.keys))), t.name, t.keys[i%uint64(len(t.keys))]}
		if slices.ContainsFunc(r.exclude, func(s span) bool { return s.contains(e.addr.WithZone("")) }) {
			r.locked(func() { r.summary.Excluded++ })
			return e, false
		}
		for _, before := range r.aims[:n] {
			if (span{before.first, before.last}).contains(e.addr) && slices.Contains(before.keys, e.key) {
				return e, false
			}
		}
		return e, true
	}
	return endpoint{}, false
}

// addressAt is the n-th address behind another.
func addressAt(first netip.Addr, n uint64) netip.Addr {
	b := first.AsSlice()
	for i := len(b) - 1; i >= 0 && n > 0; i-- {
		n += uint64(b[i])
		b[i] = byte(n)
		n >>= 8
	}
	a, _ := netip.AddrFromSlice(b)
	return a.WithZone(first.Zone())
}

func (r *probing) locked(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

// sweepFrom is from how many TCP ports on those that are open are found first,
// without a word, and only they are asked.
const sweepFrom = 64

// all asks every endpoint, some at a time.
func (r *probing) all(ctx context.Context) error {
	total, err := r.total()
	if err != nil {
		return err
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
	give := func(e endpoint) bool {
		if ctx.Err() != nil {
			return false
		}
		select {
		case work <- e:
			return true
		case <-ctx.Done():
			return false
		}
	}
	if total > sweepFrom || r.flags.noAsk || r.flags.syn {
		// The context's end is what finish speaks of.
		if err := r.swept(ctx, r.endpoints(total), give); err != nil && ctx.Err() == nil {
			r.locked(func() { r.outErr = cmp.Or(r.outErr, sweepFailed(err)) })
		}
	} else {
		for e := range r.endpoints(total) {
			if !give(e) {
				break
			}
		}
	}
	close(work)
	wg.Wait()
	return r.outErr
}

// swept finds out which TCP ports are open, and gives those to be asked. UDP
// ports can only be asked.
func (r *probing) swept(ctx context.Context, all iter.Seq[endpoint], give func(endpoint) bool) error {
	opt := sweep.Options{Dial: r.env.Dial, Retries: 1, Longest: 2 * time.Second}
	if pace := r.pace(); pace != nil {
		opt.Pace = func(ctx context.Context, to netip.AddrPort) error { return pace(ctx, probe.Target{Addr: to}) }
	}
	targets := func(yield func(netip.AddrPort) bool) {
		for e := range all {
			if e.key.Transport == portolan.TCP {
				if !yield(netip.AddrPortFrom(e.addr, e.key.Port)) {
					return
				}
			} else if !r.flags.noAsk && !give(e) {
				return
			}
		}
	}
	find := sweep.Connect
	if r.flags.syn {
		find, opt.Dial, opt.Retries = sweep.SYN, nil, 0
	}
	return find(ctx, opt, targets, func(x sweep.Result) {
		e := endpoint{x.Addr.Addr(), r.nameOf(x.Addr.Addr()), portolan.Key{Port: x.Addr.Port()}}
		if x.State == sweep.Open && !r.flags.noAsk {
			give(e)
			return
		}
		as := r.assignedOf(e.key)
		p := probe.Report{Target: probe.Target{Addr: x.Addr}, State: probe.State(x.State), Reason: x.Reason, Connections: 1}
		if x.State == sweep.Open {
			p.Conduct = probe.NotAsked
		}
		r.take(e, as, p)
	})
}

// sweepFailed says what to do about a sweep that could not be made.
func sweepFailed(err error) error {
	if errors.Is(err, sweep.ErrLoopback) || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return fail(exitFailure, "%w", err).hint("leave --syn out: connects need no privilege and reach every address")
	}
	return fail(exitFailure, "sweep: %w", err)
}

// nameOf is the name that the user gave an address.
func (r *probing) nameOf(addr netip.Addr) string {
	for _, t := range r.aims {
		if t.name != "" && t.first == addr {
			return t.name
		}
	}
	return ""
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
		r.locked(func() { r.summary.Failed = r.summary.Failed || f.Severity >= r.limit })
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.summary.add(result)
	r.xml.take(e, result)
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
			r.xml.takeOld(l)
			continue
		}
		r.summary.add(*l.Result)
		r.xml.takeOld(l)
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
	s.Protocol, s.Product, s.Version = p.Match.Protocol, p.Match.Product, p.Match.Version
	s.Strength = judge.Strength(p.Match.Strength.String())
	s.Title, s.Services = promises(s.Protocol, p.InTLS)
	return s
}

// promises returns a protocol's name for people, and the registered names whose
// promise speaking it keeps.
func promises(name string, inTLS bool) (title string, services []string) {
	title = name
	for pr, ok := protocol.Named(name); ok; pr, ok = protocol.Named(pr.Over) {
		if pr.Name == name {
			title = pr.Title
		}
		services = append(services, pr.Services...)
		if inTLS {
			services = append(services, pr.TLSServices...)
		}
	}
	return title, services
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
	if r.format != string(report.FormatNDJSON) && r.flags.xml != "-" {
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
	r.xml.close()
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
