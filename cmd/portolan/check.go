package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/registry"
	"github.com/portolan/portolan/sockets"
)

// checkFlags are the flags of the command.
type checkFlags struct {
	failOn, policy          string
	all, namespaces, strict bool
	probe                   bool
}

func (a *app) checkCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check [PORT[/TRANSPORT] | RANGE | SERVICE]...",
		Short: "Review what listens on this host against what its ports are for",
		Long: `Looks at every listener of this host, and at connections that go out to ports
where nobody has business, and gives a verdict on each: does what is there belong
to what the port is assigned for? Each finding has its severity, its reasons and
what to do next. Ports declared in portolan.toml are held to what it says. With
--probe each listener is asked what it speaks, which counts more than its name.

Exits with 1 where a finding is at or above --fail-on. A finding is a question to
the operator, and no finding is no proof of anything.`,
		Example: `  portolan check
  portolan check 378 --json
  portolan check --probe
  portolan check --fail-on alert --policy ./portolan.toml`,
		Args:              a.checkOutput,
		ValidArgsFunction: completePorts,
		RunE:              func(c *cobra.Command, args []string) error { return a.check(c.Context(), f, args) },
	}
	c.Flags().SortFlags = false
	c.Flags().StringVar(&f.failOn, "fail-on", "warning", "exit with 1 from this severity on: notice, warning, alert or never")
	c.Flags().StringVar(&f.policy, "policy", "", "the `file` that declares your own ports (default: portolan.toml in the usual places)")
	c.Flags().BoolVar(&f.all, "all", false, "show what has no finding too")
	c.Flags().BoolVar(&f.probe, "probe", false, "ask each listener what it speaks, over this host's own addresses")
	c.Flags().BoolVar(&f.namespaces, "all-namespaces", false, "other network namespaces too (as root)")
	c.Flags().BoolVar(&f.strict, "strict", false, "exit with 4 where not everything can be seen")
	return c
}

func (a *app) check(ctx context.Context, f checkFlags, args []string) error {
	limit, err := failLimit(f.failOn)
	if err != nil {
		return err
	}
	subjects, err := a.resolve(args)
	if err != nil {
		return err
	}
	chart, err := a.loadPolicy(f.policy)
	if err != nil {
		return err
	}
	l, err := a.lookAround(ctx, sockets.Options{Established: true, AllNamespaces: f.namespaces}, chart)
	if err != nil {
		return lookFailure(err)
	}
	l.seen = slices.DeleteFunc(l.seen, func(j judged) bool { return !wanted(j, subjects) })
	if f.probe {
		if err := a.askOwn(ctx, l); err != nil {
			return err
		}
	}
	r := newReview(l, f, limit)
	if err := a.print(r.report()); err != nil {
		return err
	}
	for _, reason := range l.visibility.Reasons {
		a.notice("note: " + reason)
	}
	if r.Summary.Failed {
		return &failure{code: exitNo}
	}
	if f.strict && !l.visibility.Full {
		return fail(exitPartial, "only a part of this host's sockets and owners could be seen")
	}
	return nil
}

// never is above every severity.
const never = judge.Alert + 1

func failLimit(word string) (judge.Severity, error) {
	if strings.EqualFold(word, "never") {
		return never, nil
	}
	s, err := judge.ParseSeverity(word)
	if err != nil || s == judge.OK {
		return 0, usage("--fail-on %q: use notice, warning, alert or never", word)
	}
	return s, nil
}

// wanted reports whether a port was asked for, by its local number or, of a
// connection, by the remote one.
func wanted(j judged, subjects []subject) bool {
	return len(subjects) == 0 || slices.ContainsFunc(subjects, func(s subject) bool {
		return slices.ContainsFunc(s.Keys, func(k spanKey) bool { return k.Transport == j.key.Transport && k.Contains(j.key.Port) })
	})
}

// review is the JSON of a check.
type review struct {
	Schema       string          `json:"schema"`
	DataVersion  string          `json:"data_version"`
	Host         reviewHost      `json:"host"`
	Visibility   visibilityPart  `json:"visibility"`
	Findings     []reviewFinding `json:"findings"`
	Observations []reviewSeen    `json:"observations"`
	Summary      reviewSummary   `json:"summary"`

	showAll bool
	ok      []reviewFinding
}

type reviewHost struct {
	Taken             string   `json:"taken"` // RFC 3339
	Ephemeral         string   `json:"ephemeral_range"`
	Reserved          []string `json:"reserved_ports"`
	UnprivilegedStart int      `json:"unprivileged_port_start"`
}

type visibilityPart struct {
	Level     string   `json:"level"` // full, partial
	Hidden    int      `json:"hidden"`
	Ownerless int      `json:"ownerless"`
	Sockets   int      `json:"sockets"`
	Reasons   []string `json:"reasons"`
}

type reviewFinding struct {
	Verdict   judge.Verdict   `json:"verdict"`
	Severity  string          `json:"severity"`
	Port      uint16          `json:"port"` // of a connection, the remote one
	Transport string          `json:"transport"`
	Direction string          `json:"direction"`
	Local     string          `json:"local"`
	Remote    *string         `json:"remote"`
	DualStack bool            `json:"dual_stack"`
	Exposure  string          `json:"exposure"`
	Namespace *string         `json:"namespace"` // null: this program's own
	Process   *reviewProcess  `json:"process"`
	PIDs      []int           `json:"pids"` // all that hold it
	Identity  *reviewIdentity `json:"identity"`
	Answer    *reviewAnswer   `json:"answer"` // null without --probe
	Assigned  reviewAssigned  `json:"assigned"`
	Reasons   []reviewReason  `json:"reasons"`
	Next      []string        `json:"next"`
}

type reviewProcess struct {
	PID       int      `json:"pid"`
	Program   string   `json:"program"`
	Exe       string   `json:"exe"`
	Cmdline   []string `json:"cmdline"`
	User      string   `json:"user"`
	UID       uint32   `json:"uid"`
	Unit      string   `json:"unit"`
	Container string   `json:"container"`
}

type reviewIdentity struct {
	What     string         `json:"what"`
	Services []string       `json:"services"`
	Strength judge.Strength `json:"strength"`
	Evidence string         `json:"evidence"`
	Source   string         `json:"source"`
}

type reviewAssigned struct {
	Status   registry.Status `json:"status"`
	Service  string          `json:"service"`
	Services []string        `json:"services"` // also by the words of witnesses
	Holder   string          `json:"holder"`
	Ghost    bool            `json:"ghost"`
}

type reviewReason struct {
	Code string       `json:"code"`
	Text string       `json:"text"`
	Cite []reviewCite `json:"cite"`
}

type reviewCite struct {
	Source string `json:"source"`
	Date   string `json:"date"`
	Page   int    `json:"page,omitempty"`
	Line   int    `json:"line,omitempty"`
}

// reviewSeen is one thing that was looked at, finding or not.
type reviewSeen struct {
	Port      uint16        `json:"port"`
	Transport string        `json:"transport"`
	Direction string        `json:"direction"`
	Local     string        `json:"local"`
	Program   string        `json:"program"`
	PID       int           `json:"pid"` // 0: none seen
	Verdict   judge.Verdict `json:"verdict"`
	Severity  string        `json:"severity"`
}

type reviewSummary struct {
	LookedAt int     `json:"looked_at"`
	OK       int     `json:"ok"`
	Notice   int     `json:"notice"`
	Warning  int     `json:"warning"`
	Alert    int     `json:"alert"`
	FailOn   string  `json:"fail_on"`
	Failed   bool    `json:"failed"`
	Policy   *string `json:"policy"`
}

const checkSchema = "portolan.check/v1"

func newReview(l *look, f checkFlags, limit judge.Severity) *review {
	r := &review{Schema: checkSchema, DataVersion: registry.Version(), showAll: f.all, Findings: []reviewFinding{}, Observations: []reviewSeen{},
		Host:       reviewHost{Taken: l.taken.Format("2006-01-02T15:04:05Z07:00"), Reserved: []string{}, UnprivilegedStart: l.host.UnprivilegedStart},
		Visibility: visibilityPart{visibilityWord(l.visibility), l.visibility.Hidden, l.visibility.Ownerless, l.visibility.Sockets, append([]string{}, l.visibility.Reasons...)},
		Summary:    reviewSummary{LookedAt: len(l.seen), FailOn: strings.ToLower(f.failOn)}}
	if l.host.Ephemeral.Last > 0 {
		r.Host.Ephemeral = l.host.Ephemeral.String()
	}
	for _, s := range l.host.Reserved {
		r.Host.Reserved = append(r.Host.Reserved, s.String())
	}
	if l.policy != nil {
		r.Summary.Policy = &l.policy.Name
	}
	for _, j := range l.seen {
		r.take(j, limit)
	}
	return r
}

func (r *review) take(j judged, limit judge.Severity) {
	s := reviewSeen{Port: j.key.Port, Transport: j.key.Transport.String(), Direction: j.observed.Direction.String(), Local: j.observed.Local.String(),
		Verdict: j.finding.Verdict, Severity: j.finding.Severity.String()}
	if p := j.finding.Process; p != nil {
		s.Program, s.PID = p.Program, p.PID
	}
	r.Observations = append(r.Observations, s)
	*r.Summary.counter(j.finding.Severity)++
	r.Summary.Failed = r.Summary.Failed || j.finding.Severity >= limit
	if j.finding.Severity > judge.OK {
		r.Findings = append(r.Findings, findingOf(j))
	} else if r.showAll && j.observed.Direction == judge.Listening {
		r.ok = append(r.ok, findingOf(j))
	}
}

func (s *reviewSummary) counter(severity judge.Severity) *int {
	return [...]*int{&s.OK, &s.Notice, &s.Warning, &s.Alert}[severity]
}

func findingOf(j judged) reviewFinding {
	f := reviewFinding{Verdict: j.finding.Verdict, Severity: j.finding.Severity.String(), Port: j.key.Port, Transport: j.key.Transport.String(),
		Direction: j.observed.Direction.String(), Local: j.observed.Local.String(), DualStack: j.socket.DualStack, Exposure: j.finding.Exposure.String(),
		Answer: answerOf(j.report), PIDs: []int{}, Reasons: []reviewReason{}, Next: append([]string{}, j.finding.Next...),
		Assigned: reviewAssigned{j.assigned.Status, j.assigned.Name, append([]string{}, j.assigned.Services...), j.assigned.Holder, j.assigned.Ghost}}
	if j.socket.Remote.IsValid() {
		remote := j.socket.Remote.String()
		f.Remote = &remote
	}
	if ns := j.socket.Namespace; ns != nil && !ns.Own {
		f.Namespace = &ns.Name
	}
	for _, p := range j.observed.Processes {
		f.PIDs = append(f.PIDs, p.PID)
	}
	if p := j.finding.Process; p != nil {
		f.Process = &reviewProcess{p.PID, p.Program, p.Exe, append([]string{}, p.Cmdline...), p.User, p.UID, p.Unit, p.Container}
	}
	if id := j.finding.Identity; id.Program != nil {
		f.Identity = &reviewIdentity{id.Program.What, append([]string{}, id.Program.Services...), id.Strength, id.Evidence, id.Program.Source}
	}
	for _, reason := range j.finding.Reasons {
		f.Reasons = append(f.Reasons, reasonOf(reason))
	}
	return f
}

func reasonOf(r judge.Reason) reviewReason {
	out := reviewReason{r.Code, r.Text, []reviewCite{}}
	for _, c := range r.Cite {
		out.Cite = append(out.Cite, reviewCite{c.Source.ID, c.Source.Date.String(), c.Page, c.Line})
	}
	return out
}

func (r *review) report() *report.Document {
	return &report.Document{Schema: checkSchema, DataVersion: r.DataVersion, Value: r,
		Items:   each(r.Findings),
		Columns: []string{"severity", "verdict", "port", "transport", "direction", "local", "remote", "exposure", "program", "pid", "user", "unit", "container", "service", "reasons"},
		Rows:    r.rows, Text: r.text}
}

func (r *review) rows(yield func([]string) bool) {
	for _, f := range r.Findings {
		p := reviewProcess{}
		pid := ""
		if f.Process != nil {
			p, pid = *f.Process, strconv.Itoa(f.Process.PID)
		}
		var codes []string
		for _, reason := range f.Reasons {
			codes = append(codes, reason.Code)
		}
		if !yield([]string{f.Severity, string(f.Verdict), strconv.Itoa(int(f.Port)), f.Transport, f.Direction, f.Local, deref(f.Remote), f.Exposure,
			p.Program, pid, p.User, p.Unit, p.Container, f.Assigned.Service, strings.Join(codes, " ")}) {
			return
		}
	}
}

func (r *review) text(p *report.Page) {
	severity := ""
	for _, g := range sameFindings(append(slices.Clone(r.Findings), r.ok...)) {
		if g[0].Severity != severity {
			severity = g[0].Severity
			p.Heading(severityTitle(severity))
		}
		findingText(p, g)
	}
	p.Blank()
	p.Para(0, report.Part{Text: r.Summary.sentence(), Style: report.Strong})
}

func severityTitle(severity string) string {
	switch severity {
	case "alert":
		return "Alerts: look at these now"
	case "warning":
		return "Warnings: look at these"
	case "notice":
		return "Notices: good to know"
	}
	return "Without a finding"
}

// sameFindings groups findings that differ only in the address or the socket:
// one for each worker or address of a service would hide the others.
func sameFindings(all []reviewFinding) [][]reviewFinding {
	var groups [][]reviewFinding
	for _, f := range all {
		i := slices.IndexFunc(groups, func(g []reviewFinding) bool { return sameFinding(g[0], f) })
		if i < 0 {
			groups = append(groups, []reviewFinding{f})
			continue
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

func sameFinding(a, b reviewFinding) bool {
	return a.Severity == b.Severity && a.Verdict == b.Verdict && a.Port == b.Port && a.Transport == b.Transport && a.Direction == b.Direction &&
		slices.Equal(a.PIDs, b.PIDs) && slices.EqualFunc(a.Reasons, b.Reasons, func(x, y reviewReason) bool { return x.Text == y.Text })
}

func findingText(p *report.Page, g []reviewFinding) {
	f := g[0]
	var where []string
	for _, x := range g {
		at := x.Local
		if x.DualStack {
			at += " and 0.0.0.0"
		}
		if x.Remote != nil {
			at += " to " + *x.Remote
		}
		if !slices.Contains(where, at) {
			where = append(where, at)
		}
	}
	if n := len(where); n > 4 {
		where = append(where[:3], fmt.Sprintf("%d more", n-3))
	}
	p.Blank()
	p.Finding(f.Severity, report.Part{Text: fmt.Sprintf("%d/%s", f.Port, f.Transport), Style: report.Place}, report.Text("  "+string(f.Verdict)+"  "+who(f)))
	p.Para(2, report.Part{Text: f.Direction + " on " + strings.Join(where, ", ") + " (" + f.Exposure + ")", Style: report.Faint})
	for _, r := range f.Reasons {
		p.Hang(2, "- ", report.Text(r.Text+citeWords(r.Cite)))
	}
	for _, step := range f.Next {
		command, why, both := strings.Cut(step, "    # ")
		switch {
		case !both:
			p.Para(4, report.Text(step))
		case len(step) > p.Width()-4:
			p.Code(4, "# "+why, command)
		default:
			p.Code(4, step)
		}
	}
}

func who(f reviewFinding) string {
	if f.Process == nil {
		return "no visible owner"
	}
	s := fmt.Sprintf("%s, pid %d, user %s", cmp.Or(f.Process.Program, "(no name)"), f.Process.PID, cmp.Or(f.Process.User, strconv.Itoa(int(f.Process.UID))))
	if in := cmp.Or(f.Process.Unit, f.Process.Container); in != "" {
		s += ", " + in
	}
	if n := len(f.PIDs); n > 1 {
		s += fmt.Sprintf(" and %d more", n-1)
	}
	return s
}

// citeWords names the sources of a reason, each once.
func citeWords(cites []reviewCite) string {
	var all []string
	for _, c := range cites {
		if s := c.Source; !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " [" + strings.Join(all, ", ") + "]"
}

func (s reviewSummary) sentence() string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{s.Alert, "alert"}, {s.Warning, "warning"}, {s.Notice, "notice"}} {
		if c.n > 0 {
			parts = append(parts, count(c.n, c.word))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "no finding")
	}
	return fmt.Sprintf("%s looked at: %s.", count(s.LookedAt, "socket"), strings.Join(parts, ", "))
}
