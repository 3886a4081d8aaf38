package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/internal/store"
	"github.com/portolan/portolan/internal/store/sqlite"
	"github.com/portolan/portolan/internal/visit"
	"github.com/portolan/portolan/registry"
)

// visitsFlags are the flags of the command.
type visitsFlags struct {
	store, since, until, port, source, kind string
	limit                                   int
	payloads                                bool
}

func (a *app) visitsCommand() *cobra.Command {
	f := visitsFlags{}
	c := &cobra.Command{
		Use:   "visits",
		Short: "Show who knocked, from a sentinel's store",
		Long: `Shows the visits that a sentinel has kept, the newest first: who came, which ports
were touched, what was said first, with which tool, and what to make of it.

Passwords are masked in what is shown; --json has the bytes as they came.`,
		Example: `  portolan visits --store /var/lib/portolan/visits.db --since 24h
  portolan visits --store visits.db --port 378 --payloads
  portolan visits --store visits.db --source 10.0.0.0/8 --kind scan --json`,
		Args: a.atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.checkOutput(c, nil); err != nil {
				return err
			}
			if !c.Flags().Changed("limit") && !a.env.OutTerminal {
				f.limit = 0
			}
			return a.visits(c.Context(), f)
		},
	}
	l := c.Flags()
	l.SortFlags = false
	l.StringVar(&f.store, "store", "", "the `FILE` that a sentinel keeps visits in")
	l.StringVar(&f.since, "since", "", "only visits that ended after a `TIME`: 24h, 2026-11-23 or 2026-11-23T09:00:00Z")
	l.StringVar(&f.until, "until", "", "only visits that ended before a `TIME`")
	l.StringVar(&f.port, "port", "", "only visits that touched a `PORT`: 378, 378/udp or ssh")
	l.StringVar(&f.source, "source", "", "only visits from an `ADDRESS` or CIDR")
	l.StringVar(&f.kind, "kind", "", "only visits of a `KIND`: knock, scan, sweep, two-phase, backscatter, misconfiguration or local")
	l.IntVarP(&f.limit, "limit", "n", screenful, "how many to show, 0 for all; into a pipe or a file all")
	l.BoolVar(&f.payloads, "payloads", false, "show what was said")
	return c
}

// visitList is what was kept.
type visitList struct {
	visits   []visit.Document
	raw      []json.RawMessage
	payloads bool
	limited  bool
}

func (a *app) visits(ctx context.Context, f visitsFlags) error {
	want, err := a.visitFilter(f)
	if err != nil {
		return err
	}
	db, err := sqlite.OpenRead(ctx, f.store)
	if errors.Is(err, fs.ErrNotExist) {
		return fail(exitNotFound, "%w", err).hint("portolan sentinel --store %s makes it", f.store)
	}
	if err != nil {
		return storeFailed(err)
	}
	defer db.Close()
	list := &visitList{payloads: f.payloads}
	err = db.Visits(ctx, want, func(v store.Visit) error {
		d, err := visit.ParseDocument(v.Document)
		if err != nil {
			return fmt.Errorf("visit %q: %w", v.ID, err)
		}
		list.visits, list.raw = append(list.visits, d), append(list.raw, v.Document)
		return nil
	})
	if err != nil {
		return storeFailed(err)
	}
	list.limited = want.Most > 0 && len(list.visits) == want.Most
	if err := a.print(list.document()); err != nil {
		return err
	}
	if list.limited {
		a.notice(fmt.Sprintf("note: the newest %d are shown; --limit 0 shows all", want.Most))
	}
	if len(list.visits) == 0 {
		return &failure{code: exitNotFound}
	}
	return nil
}

func (a *app) visitFilter(f visitsFlags) (want store.Filter, err error) {
	if f.store == "" {
		return want, usage("--store is missing").hint("name the file that portolan sentinel --store keeps visits in")
	}
	want.Most = max(f.limit, 0)
	if want.Since, err = a.ago("--since", f.since); err != nil {
		return want, err
	}
	if want.Until, err = a.ago("--until", f.until); err != nil {
		return want, err
	}
	if f.kind != "" && !slices.Contains(visit.Kinds, visit.Kind(f.kind)) {
		return want, usage("--kind %q: no such kind", f.kind).hint("kinds are %s", strings.Trim(fmt.Sprint(visit.Kinds), "[]"))
	}
	want.Kind = f.kind
	if f.source != "" {
		if want.Source, err = netip.ParsePrefix(f.source); err != nil {
			addr, err := netip.ParseAddr(f.source)
			if err != nil {
				return want, usage("--source %q: write an address or a CIDR", f.source)
			}
			want.Source = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())
		}
	}
	if f.port != "" {
		keys, err := a.parsePorts(f.port, false)
		if err != nil {
			return want, err
		}
		if len(keys) != 1 {
			return want, usage("--port %q means %d ports", f.port, len(keys)).hint("name one: 378 or 378/udp")
		}
		want.Port = &keys[0]
	}
	return want, nil
}

// ago reads a time, or how long ago it was.
func (a *app) ago(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return a.env.Now().Add(-d), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage("%s %q: no time", flag, text).hint("write 24h, 2026-11-23 or 2026-11-23T09:00:00Z")
}

func (l *visitList) document() *report.Document {
	return &report.Document{Schema: visit.ListSchema, DataVersion: registry.Version(), Value: visit.NewList(registry.Version(), l.raw), Items: each(l.raw),
		Columns: []string{"id", "first", "last", "source", "origin", "kind", "verdict", "severity", "packets", "connections", "ports", "protocols", "tools", "state"}, Rows: l.rows, Text: l.text}
}

func (l *visitList) rows(yield func([]string) bool) {
	for _, v := range l.visits {
		if !yield([]string{v.ID, v.First.Format(time.RFC3339), v.Last.Format(time.RFC3339), v.Source.String(), string(v.Origin), string(v.Kind), string(v.Verdict), v.Severity.String(),
			strconv.FormatUint(v.Packets, 10), strconv.FormatUint(v.Connections, 10), portsTouched(v.Visit), protocolsSpoken(v.Visit), toolsShown(v.Visit), string(v.State)}) {
			return
		}
	}
}

func portsTouched(v visit.Visit) string {
	var all []string
	for _, t := range v.Ports {
		for _, s := range t.Ports {
			all = append(all, s.String()+"/"+t.Transport.String())
		}
	}
	return strings.Join(all, " ")
}

func protocolsSpoken(v visit.Visit) string {
	var all []string
	for _, p := range v.Protocols {
		all = append(all, p.Name)
	}
	return strings.Join(all, " ")
}

func toolsShown(v visit.Visit) string {
	var all []string
	for _, t := range v.Tools {
		all = append(all, t.Name)
	}
	return strings.Join(all, " ")
}

func (l *visitList) text(p *report.Page) {
	if len(l.visits) == 0 {
		p.Para(0, report.Text("No visit is held that was asked for."))
		return
	}
	for i, v := range l.visits {
		if i > 0 {
			p.Blank()
		}
		l.one(p, v.Visit)
	}
}

// one shows a visit.
func (l *visitList) one(p *report.Page, v visit.Visit) {
	p.Finding(v.Severity.String(), report.Part{Text: v.Source.String(), Style: report.Place}, report.Text("  "+string(v.Kind)+"  "+v.First.Format("2006-01-02 15:04:05")+forHowLong(v)))
	for _, t := range v.Ports {
		p.Hang(2, "", report.Text(fmt.Sprintf("%s of %s: %s", count(t.Count, "port"), t.Transport, shortPorts(t))))
	}
	for _, a := range v.Assigned[:min(len(v.Assigned), 3)] {
		p.Hang(2, "", report.Text(strings.TrimSpace(fmt.Sprintf("%s is %s %s", portolan.Key{Port: a.Port, Transport: a.Transport}, a.Status, a.Service))))
	}
	for _, r := range slices.Concat(v.Evidence, v.Reasons) {
		p.Hang(2, "- ", report.Text(r.Text))
	}
	if v.Process != nil {
		p.Hang(2, "- ", report.Text(fmt.Sprintf("process %d, %s", v.Process.PID, v.Process.Program)))
	}
	for _, t := range v.Tools {
		for _, e := range t.Evidence[:min(len(t.Evidence), 1)] {
			p.Hang(2, "- ", report.Text(fmt.Sprintf("%s: %s [%s]", t.Name, e.Saw, e.Source)))
		}
	}
	if !l.payloads {
		return
	}
	for _, x := range v.Payloads {
		what := fmt.Sprintf("%d/%s, %d bytes", x.Port, x.Transport, x.Length)
		if x.Protocol != "" {
			what += ", " + x.Protocol
		}
		if x.Times > 1 {
			what += fmt.Sprintf(", %d times", x.Times)
		}
		p.Hang(2, "> ", report.Text(what+": "+x.Preview))
	}
}

func forHowLong(v visit.Visit) string {
	if d := v.Last.Sub(v.First).Round(time.Second); d > 0 {
		return " for " + d.String()
	}
	return ""
}

// mostRuns is how many runs of ports a line shows.
const mostRuns = 12

func shortPorts(t visit.TransportPorts) string {
	var runs []string
	for _, s := range t.Ports {
		if len(runs) == mostRuns {
			return strings.Join(runs, " ") + " …"
		}
		runs = append(runs, s.String())
	}
	return strings.Join(runs, " ")
}
