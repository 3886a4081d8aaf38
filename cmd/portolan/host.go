package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/page"
	"github.com/portolan/portolan/internal/policy"
	"github.com/portolan/portolan/internal/probe"
	"github.com/portolan/portolan/internal/witness"
	"github.com/portolan/portolan/sockets"
)

// look is this host, looked at and judged.
type look struct {
	taken      time.Time
	host       judge.Host
	visibility sockets.Visibility
	policy     *judge.Policy
	seen       []judged
}

// judged is a socket with the verdict on it.
type judged struct {
	socket   *sockets.Socket
	key      portolan.Key
	observed judge.Observation
	assigned judge.Assigned
	finding  judge.Finding
	report   *probe.Report // of a listener that was asked
}

// lookAround looks at this host and judges every listener, and every
// connection that goes out if asked.
func (a *app) lookAround(ctx context.Context, opt sockets.Options, chart *judge.Policy) (*look, error) {
	opt.Root = a.env.Root
	table, err := a.env.Sockets(ctx, opt)
	if err != nil {
		return nil, err
	}
	l := &look{taken: table.Taken, host: a.judgeHost(), visibility: table.Visibility, policy: chart}
	assigned := map[portolan.Key]judge.Assigned{}
	for i := range table.Sockets {
		s := &table.Sockets[i]
		o, ok := observation(s, table.Visibility.Full)
		if !ok {
			continue
		}
		as, known := assigned[o.Key]
		if !known {
			as = judge.AssignedOf(o.Key)
			assigned[o.Key] = as
		}
		l.seen = append(l.seen, judged{socket: s, key: o.Key, observed: o, assigned: as, finding: judge.Judge(o, as, l.host, chart)})
	}
	l.sort()
	return l, nil
}

// sort puts the worst first.
func (l *look) sort() {
	slices.SortStableFunc(l.seen, func(x, y judged) int {
		return cmp.Or(-cmp.Compare(x.finding.Severity, y.finding.Severity), cmp.Compare(x.key.Port, y.key.Port), cmp.Compare(x.key.Transport, y.key.Transport),
			x.observed.Local.Compare(y.observed.Local))
	})
}

// judgeHost asks the kernel what it does with ports. What it does not say is
// left open.
func (a *app) judgeHost() judge.Host {
	var h judge.Host
	h.Ephemeral, _ = sockets.EphemeralRange(a.env.Root)
	h.Reserved, _ = sockets.ReservedPorts(a.env.Root)
	h.UnprivilegedStart, _ = sockets.UnprivilegedStart(a.env.Root)
	return h
}

// observation makes plain values of a socket; ok is false for what has no port
// and for connections that came in, which their listener stands for.
func observation(s *sockets.Socket, full bool) (o judge.Observation, ok bool) {
	t, ok := s.Transport()
	if !ok || s.Direction == sockets.Inbound || !s.Listening() && s.Direction != sockets.Outgoing {
		return o, false
	}
	o = judge.Observation{Key: portolan.Key{Port: s.Local.Port(), Transport: t}, Local: s.Local, Interface: s.Interface, OwnersVisible: full}
	if s.Direction == sockets.Outgoing {
		o.Direction, o.Remote = judge.Outgoing, s.Remote
		o.Key.Port = s.Remote.Port()
	}
	for _, p := range s.Owners {
		o.Processes = append(o.Processes, judge.Process{PID: p.PID, Program: p.Program, Exe: p.Exe, ExeAlias: p.ExeAlias, ExeDeleted: p.ExeDeleted,
			ExeWorldWritable: p.ExeWorldWritable, Cmdline: p.Cmdline, User: p.User, UID: p.UID, Unit: p.Unit, Container: p.Container})
	}
	return o, true
}

// loadPolicy reads the policy that --policy names, or the one that the usual
// places hold; nil where there is none.
func (a *app) loadPolicy(file string) (*judge.Policy, error) {
	var data []byte
	var err error
	if file != "" {
		data, err = a.env.ReadFile(file)
	} else {
		file, data, err = policy.Find(a.env.Getenv, a.env.ReadFile)
	}
	if err != nil {
		return nil, fail(exitUsage, "read the policy: %w", err).hint("name another with --policy FILE")
	}
	if file == "" {
		return nil, nil
	}
	p, err := policy.Parse(file, data)
	if err != nil {
		return nil, fail(exitUsage, "policy %w", err).hint("docs/formats/policy.md describes the file; portolan help policy shows an example")
	}
	return p, nil
}

// hostFacts looks at this host once, for the pages of some ports.
func (a *app) hostFacts(ctx context.Context, ports []asked) (func(uint16) *page.Host, error) {
	chart, err := a.loadPolicy("")
	if err != nil {
		return nil, err
	}
	opt := sockets.Options{Established: true}
	if len(ports) <= maxPages { // a few ports are looked up quickly
		for _, p := range ports {
			opt.Ports = append(opt.Ports, portolan.Span{First: p.port, Last: p.port})
		}
	}
	l, err := a.lookAround(ctx, opt, chart)
	if errors.Is(err, errors.ErrUnsupported) {
		return func(uint16) *page.Host {
			return &page.Host{Visibility: "unsupported", Notes: []string{err.Error()}, Sockets: []page.Socket{}, Files: []page.FileSaying{}}
		}, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		// The book answers even where the host can't be looked at.
		return func(uint16) *page.Host {
			return &page.Host{Visibility: "partial", Notes: []string{"this host could not be looked at: " + err.Error()}, Sockets: []page.Socket{}, Files: []page.FileSaying{}}
		}, nil
	}
	look := l.pages()
	return func(p uint16) *page.Host {
		h := look(p)
		if len(opt.Ports) > 0 {
			h.Files = fileSayings(a.env.Root, p)
		}
		return h
	}, nil
}

// fileSayings asks the files of this machine that list ports. Firewalld's take
// longer to read and are asked by ghosts --why only.
func fileSayings(root string, p uint16) []page.FileSaying {
	all := []page.FileSaying{}
	fsys := os.DirFS(root)
	for _, t := range [...]portolan.Transport{portolan.TCP, portolan.UDP} {
		for _, s := range witness.Find(fsys, portolan.Key{Port: p, Transport: t}).Sayings {
			said := page.FileSaying{Path: s.Path, Modified: s.Modified.UTC().Format(time.DateOnly), Line: s.Line, Transport: t.String(), Name: s.Name}
			if s.HasFrequency {
				said.Frequency = &s.Frequency
			}
			all = append(all, said)
		}
	}
	return all
}

// pages returns what the pages of ports say of this host.
func (l *look) pages() func(uint16) *page.Host {
	at := map[uint16][]page.Socket{}
	for _, j := range l.seen {
		at[j.key.Port] = append(at[j.key.Port], pageSocket(j))
	}
	notes := append([]string{}, l.visibility.Reasons...)
	return func(p uint16) *page.Host {
		h := &page.Host{Visibility: visibilityWord(l.visibility), Notes: notes, Sockets: at[p], Files: []page.FileSaying{}}
		if h.Sockets == nil {
			h.Sockets = []page.Socket{}
		}
		if n := l.host.UnprivilegedStart; n > 0 && n < 1<<16 {
			start := uint16(n)
			h.UnprivilegedStart = &start
		}
		if l.host.Ephemeral.Last > 0 {
			h.Ephemeral, h.InEphemeral = l.host.Ephemeral.String(), l.host.Ephemeral.Contains(p)
		}
		return h
	}
}

func visibilityWord(v sockets.Visibility) string {
	if v.Full {
		return "full"
	}
	return "partial"
}

func pageSocket(j judged) page.Socket {
	s := page.Socket{Transport: j.key.Transport.String(), State: j.socket.State.String(), Local: localWords(j.socket), Exposure: j.finding.Exposure.String(),
		Verdict: string(j.finding.Verdict), Severity: j.finding.Severity.String()}
	if j.socket.Remote.IsValid() {
		s.Remote = j.socket.Remote.String()
	}
	if p := j.finding.Process; p != nil {
		s.Process = &page.Process{PID: p.PID, Program: p.Program, Exe: p.Exe, User: p.User, Unit: p.Unit, Container: p.Container}
	}
	return s
}

// localWords prints a local address; a dual-stack socket stands for both.
func localWords(s *sockets.Socket) string {
	if s.DualStack {
		return s.Local.String() + " and 0.0.0.0"
	}
	return s.Local.String()
}
