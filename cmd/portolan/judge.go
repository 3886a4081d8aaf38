package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/protocol"
	"github.com/portolan/portolan/internal/scanfile"
)

// judgeFlags are the flags of the command.
type judgeFlags struct {
	failOn, policy string
	all, strict    bool
}

func (a *app) judgeCommand() *cobra.Command {
	var f judgeFlags
	c := &cobra.Command{
		Use:   "judge FILE...",
		Short: "Judge what other scanners found, without sending a packet",
		Long: `Reads what scanners wrote, and compares what they say answers on each port with
what the port is assigned for. It knows a file by its content: nmap's XML (-oX),
masscan's JSON (-oJ, -oD), the JSON lines of naabu and zgrab2, and what portolan
probe --json printed, packed with gzip or not. "-" is standard input. Several files
are taken together.

Nothing is sent: each verdict rests on the scanner's word, and says so. A name that
a scanner has from a table of port numbers (nmap without -sV) is no observation.

Exits with 1 where a finding is at or above --fail-on.`,
		Example: `  nmap -sV -oX scan.xml 192.168.1.0/24 && portolan judge scan.xml
  portolan judge --fail-on alert masscan.json naabu.jsonl
  zcat -f zgrab.jsonl.gz | portolan judge - --format ndjson`,
		Args: a.someArgs("a file"),
		RunE: func(c *cobra.Command, args []string) error { return a.judge(c.Context(), f, args) },
	}
	c.Flags().SortFlags = false
	c.Flags().StringVar(&f.failOn, "fail-on", "warning", "exit with 1 from this severity on: notice, warning, alert or never")
	c.Flags().StringVar(&f.policy, "policy", "", "the `FILE` that declares your own ports (default: portolan.toml in the usual places)")
	c.Flags().BoolVar(&f.all, "all", false, "list ports that are closed or do not answer too")
	c.Flags().BoolVar(&f.strict, "strict", false, "exit with 4 where a file ends early or has ports that can't be judged")
	return c
}

// How many ports are judged at a time, and how many open ones: all are held, so
// that what several files say of one is taken together.
const (
	mostHeard = 1 << 20
	mostOpen  = 1 << 18
)

// hearsay is what scanners said, port by port.
type hearsay struct {
	flags    judgeFlags
	limit    judge.Severity
	chart    *judge.Policy
	files    []heardFile
	at       map[endpoint]*heard
	assigned map[portolan.Key]judge.Assigned
	shown    []endpoint
	open     int // ports of which statements are held
	summary  judgeSummary
}

// heard is what was said of one port.
type heard struct {
	name   string
	state  scanfile.State
	reason string
	said   []statement // at most mostSaid
}

// statement is one row of a file.
type statement struct {
	file string
	scanfile.Row
}

// mostSaid is how many statements of one port are kept.
const mostSaid = 8

func (a *app) judge(ctx context.Context, f judgeFlags, args []string) error {
	h := &hearsay{flags: f, at: map[endpoint]*heard{}, assigned: map[portolan.Key]judge.Assigned{}}
	var err error
	if h.limit, err = failLimit(f.failOn); err != nil {
		return err
	}
	if h.chart, err = a.loadPolicy(f.policy); err != nil {
		return err
	}
	for _, name := range args {
		if err := a.hear(ctx, h, name); err != nil {
			return err
		}
	}
	h.conclude()
	if err := a.print(h.document()); err != nil {
		return err
	}
	for _, file := range h.files {
		for _, text := range file.Warnings {
			a.notice("note: " + file.File + ": " + text)
		}
	}
	if h.summary.Failed {
		return &failure{code: exitNo}
	}
	if f.strict && h.partial() {
		return fail(exitPartial, "not all of what was scanned could be judged")
	}
	return nil
}

// hear reads one file.
func (a *app) hear(ctx context.Context, h *hearsay, name string) error {
	var r io.Reader = a.env.Stdin
	if name != "-" {
		f, err := a.env.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return fail(exitNotFound, "%w", err).hint("name a file that a scanner wrote, or - for standard input")
		}
		if err != nil {
			return fail(exitFailure, "%w", err)
		}
		defer f.Close()
		r = f
	}
	sum, err := scanfile.Read(r, func(row scanfile.Row) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return h.take(name, row)
	})
	if wrong := (*scanfile.ParseError)(nil); errors.As(err, &wrong) {
		wrong.File = name
		return fail(exitFailure, "%w", wrong).hint("%s", cmp.Or(wrong.Next, "give the file as the scanner wrote it"))
	}
	if err != nil {
		return err
	}
	h.files = append(h.files, heardFile{name, sum.Format, sum.Scanner, sum.Version, sum.Args, sum.Rows, sum.Counted, sum.Scripts, sum.NoPort, sum.Cut, append([]string{}, sum.Warnings...)})
	return nil
}

// openFirst orders states: a port that was open to anybody is.
var openFirst = []scanfile.State{scanfile.Open, scanfile.NoAnswer, scanfile.Filtered, scanfile.Closed, scanfile.Failed}

// take joins a row with what was said of its port before.
func (h *hearsay) take(file string, row scanfile.Row) error {
	e := endpoint{addr: row.Addr, key: row.Key}
	one := h.at[e]
	if one == nil {
		if len(h.at) == mostHeard {
			return tooMany(file, row.Line, mostHeard, "ports")
		}
		one = &heard{state: row.State, reason: row.Reason}
		h.at[e] = one
	}
	if slices.Index(openFirst, row.State) < slices.Index(openFirst, one.state) {
		one.state, one.reason = row.State, row.Reason
	}
	one.name = cmp.Or(one.name, row.Name)
	if row.State != scanfile.Open {
		return nil
	}
	if len(one.said) == mostSaid { // what names nothing makes room
		i := slices.IndexFunc(one.said, func(s statement) bool { return s.Meaning().Word == "" })
		if row.Meaning().Word == "" || i < 0 {
			return nil
		}
		one.said = slices.Delete(one.said, i, i+1)
	}
	if len(one.said) == 0 {
		if h.open++; h.open > mostOpen {
			return tooMany(file, row.Line, mostOpen, "open ports")
		}
	}
	one.said = append(one.said, statement{file, row})
	return nil
}

func tooMany(file string, line, most int, what string) error {
	return fail(exitFailure, "%s:%d: more than %d %s", file, line, most, what).hint("judge the files one by one, or in parts")
}

// partial reports whether a file holds less than was scanned.
func (h *hearsay) partial() bool {
	return slices.ContainsFunc(h.files, func(f heardFile) bool { return f.Cut || f.NoPort > 0 })
}

// spoken is what scanners said of an open port, for the judge; the statement is
// the one that it rests on.
func (one *heard) spoken() (judge.Spoken, statement) {
	best := one.said[0]
	for _, s := range one.said[1:] {
		if s.better(best) {
			best = s
		}
	}
	m := best.Meaning()
	s := judge.Spoken{By: best.Scanner, Conduct: best.conduct(), Confirmed: !best.Once, Also: best.Also}
	if m.Protocol == "" {
		s.Word = m.Word
		return s, best
	}
	if m.Protocol == "tls" {
		return s, best
	}
	s.Protocol, s.TLS, s.Product, s.Version, s.Strength = m.Protocol, m.TLS, best.Product, best.Version, judge.Likely
	s.Title, s.Services = promises(m.Protocol, m.TLS)
	for _, other := range one.said {
		if o := other.Meaning().Protocol; o != "" && o != "tls" && o != m.Protocol && !overrules(m.Protocol, o) && !slices.Contains(s.Also, o) {
			s.Also = append(slices.Clone(s.Also), o)
		}
	}
	return s, best
}

// better reports whether a statement says more of what is spoken than another.
func (s statement) better(than statement) bool {
	a, b := s.Meaning(), than.Meaning()
	if x, y := saysMuch(a), saysMuch(b); x != y {
		return x > y
	}
	if a.Protocol != b.Protocol {
		return overrules(a.Protocol, b.Protocol)
	}
	return s.Product != "" && than.Product == "" || a.TLS && !b.TLS && s.Product == than.Product
}

func saysMuch(m scanfile.Meaning) int {
	switch {
	case m.Protocol == "tls":
		return 1
	case m.Protocol != "":
		return 3
	case m.Word != "":
		return 2
	}
	return 0
}

func overrules(name, other string) bool {
	p, ok := protocol.Named(name)
	return ok && p.Overrules(other)
}

// conduct says what is known of an open port where no protocol is.
func (s statement) conduct() string {
	m := s.Meaning()
	switch {
	case s.Conduct != "":
		return s.Conduct
	case s.Service == "tcpwrapped":
		return "closes at once"
	case m.Protocol == "tls":
		return "it speaks TLS, and no word of what is inside"
	case m.Word != "":
		return fmt.Sprintf("it is %q, a name that portolan does not know", m.Word)
	case s.Answered:
		return "it answers, and what that is has no name"
	case s.Method == scanfile.Guessed:
		return fmt.Sprintf("it is open; %q is from a table of port numbers, which is no observation", s.Service)
	}
	return "it is open, and no word of what is spoken"
}
