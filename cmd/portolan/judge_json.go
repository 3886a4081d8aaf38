package main

import (
	"cmp"
	"slices"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/judge"
	"github.com/portolan/portolan/internal/probe"
	"github.com/portolan/portolan/internal/report"
	"github.com/portolan/portolan/internal/scanfile"
	"github.com/portolan/portolan/registry"
)

const judgeSchema = "portolan.judge/v1"

// heardFile is one file that was read.
type heardFile struct {
	File     string          `json:"file"`
	Format   scanfile.Format `json:"format"` // "" of an empty file
	Scanner  string          `json:"scanner"`
	Version  string          `json:"version"`
	Args     string          `json:"args"`
	Rows     int             `json:"rows"`
	Counted  int             `json:"counted"`        // ports that it has no row for
	Scripts  int             `json:"scripts_unread"` // outputs of nmap's scripts
	NoPort   int             `json:"unjudged"`       // records without a port that could be judged
	Cut      bool            `json:"cut"`
	Warnings []string        `json:"warnings"`
}

// judgeResult is one port. What portolan.probe/v1 has too has the same name.
type judgeResult struct {
	Target    string           `json:"target"`
	Name      *string          `json:"name"`
	Port      uint16           `json:"port"`
	Transport string           `json:"transport"`
	State     scanfile.State   `json:"state"`
	Reason    string           `json:"reason"`
	Assigned  reviewAssigned   `json:"assigned"`
	Protocol  *string          `json:"protocol"` // on By's word
	Product   *string          `json:"product"`
	Version   *string          `json:"version"`
	InTLS     bool             `json:"in_tls"`
	Strength  *string          `json:"strength"`
	Also      []string         `json:"also"`
	By        *string          `json:"by"` // null where it is not open
	Verdict   *judge.Verdict   `json:"verdict"`
	Severity  *string          `json:"severity"`
	Reasons   []reviewReason   `json:"reasons"`
	Said      []judgeStatement `json:"said"`

	severity judge.Severity
	shown    string // what is said, in a word
}

// judgeStatement is what one row of a file says, in the scanner's words.
type judgeStatement struct {
	Scanner string          `json:"scanner"`
	File    string          `json:"file"`
	Line    int             `json:"line"`
	Service string          `json:"service"`
	Method  scanfile.Method `json:"method"`
	Product string          `json:"product"`
	Version string          `json:"version"`
	Extra   string          `json:"extra"`
	TLS     bool            `json:"tls"`
}

type judgeSummary struct {
	Ports int `json:"ports"`
	tally
	Findings int  `json:"findings"`
	Failed   bool `json:"failed"`
}

// conclude judges all that was read, to know the sums.
func (h *hearsay) conclude() {
	for e, one := range h.at {
		h.summary.Ports++
		h.summary.count(probe.State(one.state))
		if one.state == scanfile.Open || h.flags.all {
			h.shown = append(h.shown, e)
		}
	}
	slices.SortFunc(h.shown, func(x, y endpoint) int {
		return cmp.Or(x.addr.Compare(y.addr), cmp.Compare(x.key.Transport, y.key.Transport), cmp.Compare(x.key.Port, y.key.Port))
	})
	for x := range h.results {
		h.summary.judged(x, h.limit)
	}
}

// results judges the ports that are shown, one by one: a verdict with its
// reasons takes ten times the room of what it rests on, so that none is kept.
func (h *hearsay) results(yield func(*judgeResult) bool) {
	for _, e := range h.shown {
		x := h.result(e, h.at[e])
		if !yield(&x) {
			return
		}
	}
}

func (s *judgeSummary) judged(x *judgeResult, limit judge.Severity) {
	s.Failed = s.Failed || x.severity >= limit
	if x.severity > judge.OK {
		s.Findings++
	}
	if x.Protocol != nil {
		s.Named++
	}
}

func (h *hearsay) result(e endpoint, one *heard) judgeResult {
	as := h.assignedOf(e.key)
	r := judgeResult{Target: e.addr.String(), Name: stated(one.name), Port: e.key.Port, Transport: e.key.Transport.String(), State: one.state, Reason: one.reason,
		Assigned: reviewAssigned{as.Status, as.Name, append([]string{}, as.Services...), as.Holder, as.Ghost},
		Also:     []string{}, Reasons: []reviewReason{}, Said: []judgeStatement{}}
	for _, s := range one.said {
		r.Said = append(r.Said, judgeStatement{s.Scanner, s.file, s.Line, s.Service, s.Method, s.Product, s.Version, s.Extra, s.TLS})
	}
	if one.state != scanfile.Open {
		return r
	}
	s, best := one.spoken()
	r.hear(s, best)
	f := judge.Answer(e.key, e.addr, as, s, h.chart)
	severity := f.Severity.String()
	r.Verdict, r.Severity, r.By = &f.Verdict, &severity, &best.Scanner
	for _, reason := range f.Reasons {
		r.Reasons = append(r.Reasons, reasonOf(reason))
	}
	r.severity = f.Severity
	return r
}

// hear notes what the verdict rests on.
func (r *judgeResult) hear(s judge.Spoken, best statement) {
	r.Also = append(r.Also, s.Also...)
	r.Product, r.Version = stated(best.Product), stated(best.Version)
	switch m := best.Meaning(); {
	case s.Protocol != "":
		strength := string(s.Strength)
		r.Protocol, r.Strength, r.InTLS, r.shown = &s.Protocol, &strength, s.TLS, s.Protocol
		if s.TLS {
			r.shown += " in tls"
		}
	case m.Protocol == "tls":
		r.shown = "tls"
	default:
		r.shown = m.Word
	}
}

func (h *hearsay) assignedOf(k portolan.Key) judge.Assigned {
	as, ok := h.assigned[k]
	if !ok {
		as = judge.AssignedOf(k)
		h.assigned[k] = as
	}
	return as
}

// AppendJSON writes the whole document, a result after the other.
func (h *hearsay) AppendJSON(j *report.JSON) {
	j.Object("")
	j.String("schema", judgeSchema)
	j.String("data_version", registry.Version())
	_ = j.Value("files", h.files) // j keeps the error, here and below
	j.List("results")
	for x := range h.results {
		_ = j.Value("", x)
	}
	j.EndList()
	_ = j.Value("summary", h.summary)
	j.EndObject()
}

// AppendJSON writes a result piece by piece, so that many of them take no room.
func (x *judgeResult) AppendJSON(j *report.JSON) {
	j.Object("")
	j.String("target", x.Target)
	j.StringOrNull("name", deref(x.Name))
	j.Uint("port", uint64(x.Port))
	j.String("transport", x.Transport)
	j.String("state", string(x.State))
	j.String("reason", x.Reason)
	_ = j.Value("assigned", x.Assigned)
	j.StringOrNull("protocol", deref(x.Protocol))
	j.StringOrNull("product", deref(x.Product))
	j.StringOrNull("version", deref(x.Version))
	j.Bool("in_tls", x.InTLS)
	j.StringOrNull("strength", deref(x.Strength))
	j.Strings("also", x.Also)
	j.StringOrNull("by", deref(x.By))
	j.StringOrNull("verdict", string(deref(x.Verdict)))
	j.StringOrNull("severity", deref(x.Severity))
	_ = j.Value("reasons", x.Reasons)
	_ = j.Value("said", x.Said)
	j.EndObject()
}

// items are the lines of NDJSON.
func (h *hearsay) items(yield func(any) bool) {
	h.results(func(x *judgeResult) bool { return yield(x) })
}
