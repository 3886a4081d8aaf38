package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/metrics"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/internal/sentinel"
	"github.com/portolan/portolan/internal/sink"
	"github.com/portolan/portolan/internal/store"
	"github.com/portolan/portolan/internal/store/sqlite"
	"github.com/portolan/portolan/internal/trap"
	"github.com/portolan/portolan/internal/visit"
	"github.com/portolan/portolan/registry"
	"github.com/portolan/portolan/sockets"
)

// watching is one run of the sentinel.
type watching struct {
	*app
	flags  sentinelFlags
	format report.Format
	guard  *sentinel.Guard
	alerts *visit.Alerts
	db     *sqlite.Store // nil without --store
	writer *store.Writer // nil without --store
	outs   []outlet
	said   trap.Counters // what of losses was said already
	ports  []uint16      // of --ports
	failed error
}

// outlet is where alerts go.
type outlet struct {
	name   string
	add    func(sink.Message)
	counts func() sink.Counts
	close  func() error
}

func (a *app) sentinel(ctx context.Context, f sentinelFlags) error {
	w := &watching{app: a, flags: f}
	defer w.close()
	options, book, err := w.prepare(ctx)
	if err != nil {
		return err
	}
	w.ports = options.Ports
	options.Log = slog.New(slog.NewTextHandler(a.env.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	t, err := trap.Open(ctx, options)
	if err != nil {
		return trapFailed(err)
	}
	defer t.Close()
	w.guard = &sentinel.Guard{Trap: t, Answers: options.Answer, Listener: w.listener(), Process: a.whoHolds, Local: book.Local, Ticked: w.tick}
	stop, err := w.serveMetrics(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if !f.privileged {
		if err := trap.DropPrivileges(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return fail(exitFailure, "%w", err).hint("--keep-privileges goes on with them")
		}
	}
	a.notice(w.standing(t))
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { w.keepHouse(ctx, ended) })
	err = w.guard.Run(ctx, book)
	close(ended)
	wg.Wait()
	w.sayLosses()
	if err == nil {
		err = w.failed
	}
	return err
}

// trapFailed says what to do where nothing can be stood behind.
func trapFailed(err error) error {
	f := fail(exitFailure, "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	switch {
	case errors.Is(err, trap.ErrTaken):
		return f.hint("one sentinel a network namespace: end the other one first")
	case errors.Is(err, fs.ErrPermission):
		return fail(exitFailure, "standing behind every port needs CAP_BPF and CAP_NET_ADMIN at start, as root has them").
			hint("portolan sentinel doctor says what this host allows, and why").
			hint("portolan sentinel --mode listeners --ports 2378 needs no privilege, and listens on ports that you name")
	case errors.Is(err, errors.ErrUnsupported):
		return f.hint("portolan sentinel --mode listeners --ports 378 listens on ports that you name, on every system")
	}
	return f.hint("portolan sentinel doctor says what this host allows, and why")
}

// prepare opens everything that is opened before the trap: it needs the privileges.
func (w *watching) prepare(ctx context.Context) (o trap.Options, b visit.Options, err error) {
	out, err := w.output()
	if err != nil {
		return o, b, err
	}
	if w.format = out.Format; w.format != report.FormatTable && w.format != report.FormatNDJSON {
		return o, b, usage("--format %s: the sentinel writes as it hears", w.format).hint("use --format table or --format ndjson")
	}
	if w.flags.ecs && w.format != report.FormatNDJSON {
		return o, b, usage("--ecs needs --format ndjson")
	}
	if o, err = w.trapOptions(w.flags); err != nil {
		return o, b, err
	}
	rules, err := w.alertRules(w.flags.rules)
	if err != nil {
		return o, b, err
	}
	w.alerts = visit.NewAlerts(rules)
	b = visit.Options{Emit: w.take, MostBytes: w.flags.memory << 20, Registry: registered, Local: isOwnAddress(w.env.Addresses, w.env.Now)}
	if b.Own, err = w.ownNetworks(w.flags.own); err != nil {
		return o, b, err
	}
	_, _ = rand.Read(b.Seed[:]) // never fails
	if err := w.openOutlets(); err != nil {
		return o, b, err
	}
	return o, b, w.openStore(ctx)
}

func (w *watching) openStore(ctx context.Context) error {
	if w.flags.store == "" {
		return nil
	}
	db, err := sqlite.Open(ctx, w.flags.store)
	if err != nil {
		return storeFailed(err)
	}
	w.db = db
	w.writer = store.NewWriter(db, w.saying("the store"))
	w.prune(ctx)
	return nil
}

func storeFailed(err error) error {
	f := fail(exitFailure, "%w", err)
	switch {
	case errors.Is(err, store.ErrForeign):
		return f.hint("name a file that the sentinel made, or one that is not there yet")
	case errors.Is(err, store.ErrBusy):
		return f.hint("another program holds the file: wait, or name another one")
	}
	return f
}

// saying tells of a failure of something once, and of its end.
func (w *watching) saying(what string) func(error) {
	return func(err error) {
		if err != nil {
			w.notice("warning: " + what + " fails, what it does not take is counted: " + err.Error())
			return
		}
		w.notice("note: " + what + " works again")
	}
}

func (w *watching) prune(ctx context.Context) {
	_, err := w.db.Prune(ctx, w.env.Now().Add(-w.flags.keep), int64(w.flags.maxSize)<<20)
	if err != nil && ctx.Err() == nil {
		w.notice("warning: old visits are not removed: " + err.Error())
	}
}

// openOutlets opens where alerts go.
func (w *watching) openOutlets() error {
	f := w.flags
	if f.alerts != "" {
		file, err := w.env.Create(f.alerts, true)
		if err != nil {
			return fail(exitFailure, "write alerts: %w", err)
		}
		w.queue("the file of alerts", sink.NewLines(file))
	}
	if f.syslog != "" {
		host, _ := os.Hostname()
		s, err := sink.NewSyslog(f.syslog, host, "portolan", os.Getpid())
		if err != nil {
			return usage("%w", err)
		}
		w.queue("syslog", s)
	}
	if f.webhook == "" {
		if f.secret != "" || f.spool != "" {
			return usage("--webhook-secret and --spool need --webhook")
		}
		return nil
	}
	var secret []byte
	if f.secret != "" {
		b, err := w.env.ReadFile(f.secret)
		if err != nil {
			return fail(exitFailure, "read the secret: %w", err)
		}
		if secret = bytes.TrimSpace(b); len(secret) < 16 {
			return usage("--webhook-secret: %s holds fewer than 16 bytes", f.secret).hint("openssl rand -hex 32 >FILE makes one")
		}
	}
	hook, err := sink.NewWebhook(f.webhook, secret, "portolan/"+w.versionInfo().Version)
	if err != nil {
		return usage("%w", err)
	}
	if f.spool == "" {
		w.queue("the webhook", hook)
		return nil
	}
	s, err := sink.NewSpool(f.spool, hook, w.saying("the webhook"))
	if err != nil {
		return fail(exitFailure, "open the spool: %w", err)
	}
	w.outs = append(w.outs, outlet{"the webhook", func(m sink.Message) {
		if err := s.Add(m); err != nil {
			w.notice("warning: an alert is lost: " + err.Error())
		}
	}, s.Counts, func() error { _, err := s.Close(); return err }})
	return nil
}

func (w *watching) queue(name string, to sink.Sink) {
	q := sink.NewQueue(to, w.saying(name))
	w.outs = append(w.outs, outlet{name, q.Add, q.Counts, func() error { _, err := q.Close(); return err }})
}

// talks are the ports where TELNET is expected and nobody knows what is said:
// tnETOS and dsETOS.
var talks = map[uint16]bool{377: true, 378: true}

func (w *watching) listener() sentinel.Listener {
	l := sentinel.Listener{Most: w.flags.most, For: w.flags.hear - w.flags.hear/20, Talk: func(port uint16) sentinel.Talk {
		if talks[port] || w.flags.greet && port == 23 {
			return new(visit.Telnet)
		}
		return nil
	}}
	if w.flags.greet {
		l.Greeting = func(port uint16) []byte {
			_, service := registered(portolan.TCP, port)
			return sentinel.GreetingOf([]string{service})
		}
	}
	return l
}

// whoHolds finds the process that holds an end of this host's.
// It gives up soon: a visit without a name is worth more than none.
func (a *app) whoHolds(ctx context.Context, t portolan.Transport, end netip.AddrPort) *visit.Process {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	table, err := a.env.Sockets(ctx, sockets.Options{Established: true, Ports: []portolan.Span{{First: end.Port(), Last: end.Port()}}})
	if err != nil {
		return nil
	}
	for _, s := range table.Sockets {
		if have, ok := s.Transport(); ok && have == t && s.Local == end && len(s.Owners) > 0 {
			return &visit.Process{PID: s.Owners[0].PID, Program: s.Owners[0].Program}
		}
	}
	return nil
}

// standing says where the trap stands.
func (w *watching) standing(t *trap.Trap) string {
	watched, text := 0, ""
	for _, i := range t.Interfaces() {
		if i.Watched {
			watched++
		} else {
			text += fmt.Sprintf("; %s is not watched: %s", i.Name, i.Why)
		}
	}
	if t.Mode() == trap.Listeners {
		return "listening on " + count(len(w.ports), "port") + " without privileges; other ports are not watched"
	}
	answers := "connections are taken"
	if !w.guard.Answers {
		answers = "nothing is answered"
	}
	return fmt.Sprintf("standing behind every port without a socket (%s, %s; %s)%s", t.Mode(), count(watched, "interface"), answers, text)
}

// take is told of every visit that began, grew or ended, one at a time.
func (w *watching) take(v visit.Visit) {
	var document []byte
	if w.writer != nil || w.format == report.FormatNDJSON && !w.flags.ecs {
		var err error
		if document, err = v.JSON(registry.Version()); err != nil {
			w.failed = err
			return
		}
	}
	if w.writer != nil {
		w.writer.Add(record(v, document))
	}
	w.show(v, document)
	if alert, ok := w.alerts.Consider(v, w.env.Now()); ok {
		w.alert(alert)
	}
}

// tick raises what waited whether it grows.
func (w *watching) tick(now time.Time) {
	for _, alert := range w.alerts.Tick(now) {
		w.alert(alert)
	}
}

// record is a visit as the store has it.
func record(v visit.Visit, document []byte) store.Visit {
	r := store.Visit{ID: v.ID, Revision: v.Revision, First: v.First, Last: v.Last, Source: v.Source, Kind: string(v.Kind), Origin: string(v.Origin), Severity: v.Severity.String(), Document: document}
	for _, t := range v.Ports {
		for _, s := range t.Ports {
			r.Ports = append(r.Ports, store.Ports{Transport: t.Transport, First: s.First, Last: s.Last})
		}
	}
	return r
}

// show writes a visit as it comes. A reader that has left ends the run: what is
// written next fails.
func (w *watching) show(v visit.Visit, document []byte) {
	if w.format == report.FormatNDJSON {
		if w.flags.ecs {
			document, _ = json.Marshal(visit.ECS(v))
		}
		_, _ = w.out.Write(append(document, '\n'))
		return
	}
	mark := "~"
	switch {
	case v.Revision == 1:
		mark = "+"
	case v.State != visit.Open:
		mark = "-"
	}
	fmt.Fprintf(w.out, "%s %s %-7s %s\n", v.Last.UTC().Format("15:04:05"), mark, v.Severity, report.Escape(v.Summary()))
}

// alertDocument is what is handed to others.
type alertDocument struct {
	Schema      string      `json:"schema"` // portolan.alert/v1
	DataVersion string      `json:"data_version"`
	ID          string      `json:"id"`
	Rule        string      `json:"rule"`
	At          time.Time   `json:"at"`
	Summary     string      `json:"summary"`
	Withheld    int         `json:"withheld"` // alerts before this one that were too many
	Visit       visit.Visit `json:"visit"`    // without the bytes of its payloads
}

func (w *watching) alert(x visit.Alert) {
	if w.format == report.FormatTable {
		fmt.Fprintf(w.out, "%s ! %-7s %s\n", x.At.UTC().Format("15:04:05"), x.Visit.Severity, report.Escape(x.Summary))
	}
	b, err := json.Marshal(alertDocument{"portolan.alert/v1", registry.Version(), x.ID, x.Rule, x.At.UTC(), x.Summary, x.Withheld, x.Visit})
	if err != nil {
		w.failed = err
		return
	}
	m := sink.Message{ID: x.ID, At: x.At, Severity: syslogSeverity(x.Visit.Severity), Summary: report.Escape(x.Summary), Document: b}
	for _, o := range w.outs {
		o.add(m)
	}
}

func syslogSeverity(s visit.Severity) sink.Severity {
	switch s {
	case visit.Urgent:
		return sink.Alert
	case visit.Warning:
		return sink.Warning
	case visit.Notice:
		return sink.Notice
	}
	return sink.Info
}

// keepHouse says what was lost, and removes old visits, until the run ends.
func (w *watching) keepHouse(ctx context.Context, ended <-chan struct{}) {
	losses, hour := time.NewTicker(10*time.Second), time.NewTicker(time.Hour)
	defer losses.Stop()
	defer hour.Stop()
	for {
		select {
		case <-losses.C:
			w.sayLosses()
		case <-hour.C:
			if w.db != nil {
				w.prune(ctx)
			}
		case <-ended:
			return
		}
	}
}

// sayLosses tells what was seen and not noted since it was told last.
func (w *watching) sayLosses() {
	c := w.guard.Trap.Counters()
	ring, limited := c.RingLost-w.said.RingLost, c.Limited-w.said.Limited
	if ring+limited > 0 {
		w.notice(fmt.Sprintf("warning: of %d packets seen, %d were over their source's share and %d found no room; all are counted", c.Seen, c.Limited, c.RingLost))
	}
	w.said = c
}

// serveMetrics listens before privileges go.
func (w *watching) serveMetrics(ctx context.Context) (stop func(), err error) {
	if w.flags.metrics == "" {
		return func() {}, nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", w.flags.metrics)
	if err != nil {
		return nil, fail(exitFailure, "serve metrics: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := metrics.Serve(ctx, l, w.measure); err != nil {
			w.notice("warning: metrics are not served any more: " + err.Error())
		}
	})
	return func() { cancel(); wg.Wait() }, nil
}

// measure gives what there is to count.
func (w *watching) measure(yield func(metrics.Metric) bool) {
	t := w.guard.Trap.Counters()
	g, b, open, bytes := w.guard.Counts()
	counter := func(name, help string, value uint64, labels ...string) metrics.Metric {
		return metrics.Metric{Name: "portolan_sentinel_" + name, Help: help, Counter: true, Value: float64(value), Labels: labels}
	}
	const packets, connections, visits = "Packets that found no socket, by what became of them.", "Connections that were taken, by what became of them.", "Visits by what happened to them."
	all := []metrics.Metric{
		counter("packets_total", packets, t.Emitted, "end", "emitted"), counter("packets_total", packets, t.Limited, "end", "limited"), counter("packets_total", packets, t.RingLost, "end", "lost"),
		counter("packets_ignored_total", "Packets that were not to be noted.", t.Ignored), counter("packets_unreadable_total", "Packets that could not be decoded.", g.Unreadable),
		counter("connections_total", connections, g.Heard, "end", "heard"), counter("connections_total", connections, t.Refused, "end", "refused"),
		counter("heard_bytes_total", "Bytes that connections said.", g.Bytes),
		counter("visits_total", visits, b.Started, "event", "started"), counter("visits_total", visits, b.Ended, "event", "ended"), counter("visits_total", visits, b.Evicted, "event", "evicted"),
		{Name: "portolan_sentinel_open_visits", Help: "Visits that are open.", Value: float64(open)},
		{Name: "portolan_sentinel_open_visits_bytes", Help: "What open visits take in memory.", Value: float64(bytes)},
	}
	if w.writer != nil {
		c := w.writer.Counts()
		const stored = "Revisions of visits for the store, by what became of them."
		all = append(all, counter("store_revisions_total", stored, c.Stored, "end", "stored"), counter("store_revisions_total", stored, c.Superseded, "end", "superseded"), counter("store_revisions_total", stored, c.Lost, "end", "lost"))
	}
	for _, o := range w.outs {
		c := o.counts()
		const alerts = "Alerts by where they went and what became of them."
		all = append(all, counter("alerts_total", alerts, c.Sent, "sink", o.name, "end", "sent"), counter("alerts_total", alerts, c.Refused, "sink", o.name, "end", "refused"), counter("alerts_total", alerts, c.Lost, "sink", o.name, "end", "lost"))
	}
	for _, m := range all {
		if !yield(m) {
			return
		}
	}
}

// close ends what was opened, the last first.
func (w *watching) close() {
	for _, o := range w.outs {
		if err := o.close(); err != nil {
			w.notice("warning: " + o.name + ": " + err.Error())
		}
	}
	if w.writer != nil {
		if c := w.writer.Close(); c.Lost > 0 {
			w.notice(fmt.Sprintf("warning: %d of %d revisions of visits are not in the store", c.Lost, c.Offered))
		}
	}
	if w.db != nil {
		if err := w.db.Close(); err != nil {
			w.notice("warning: the store: " + err.Error())
		}
	}
}
