package visit

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/portolan/portolan"
)

// Rule says which visits are worth an alert. Each condition that is there must
// hold; one that is not there holds always.
type Rule struct {
	Name       string
	Origins    []Origin
	Kinds      []Kind
	Verdicts   []Verdict
	Severity   Severity // this or worse
	Protocols  []string // one of them was spoken; "*" is any
	Ports      []portolan.Span
	Transports []portolan.Transport
	Connected  bool // a handshake was completed
	// Every is how long the same source, or network, raises no second alert of this
	// rule, unless the visit became worse.
	Every time.Duration
	// By groups sources: "source", or "network" for a /24 or a /64.
	By string
}

// Rules are what is asked of every visit, and how often at most an alert is raised.
type Rules struct {
	Rules []Rule
	// Most alerts of one rule in any Per: what strangers do must not use up what
	// the own network's alerts may take.
	Most int
	Per  time.Duration
}

//go:embed alerts.toml
var defaultText string

// DefaultText is the rules that are on by default, as a user would write them.
func DefaultText() string { return defaultText }

// DefaultRules are the rules that are on by default.
func DefaultRules() Rules {
	r, _ := ParseRules("alerts.toml", []byte(defaultText)) // tested to be without a fault
	return r
}

// ruleFile is the form of the TOML.
type ruleFile struct {
	Most  int64       `toml:"most"`
	Per   string      `toml:"per"`
	Alert []ruleEntry `toml:"alert"`
}

type ruleEntry struct {
	Name      string   `toml:"name"`
	Origin    []string `toml:"origin"`
	Kind      []string `toml:"kind"`
	Verdict   []string `toml:"verdict"`
	Severity  string   `toml:"severity"`
	Protocol  []string `toml:"protocol"`
	Ports     []string `toml:"ports"`
	Transport []string `toml:"transport"`
	Connected bool     `toml:"connected"`
	Every     string   `toml:"every"`
	By        string   `toml:"by"`
}

// The bounds of a file of rules.
const (
	mostRuleBytes = 1 << 20
	mostRules     = 256
)

// RuleError says where a file of rules is wrong.
type RuleError struct {
	File string
	Line int    // 0 where the file as a whole is meant
	Key  string // "alert.kind"
	Err  error
}

func (e *RuleError) Error() string {
	s := e.File
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	if e.Key != "" {
		s += ": " + e.Key
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns what is wrong.
func (e *RuleError) Unwrap() error { return e.Err }

// ParseRules reads a file of rules; name is the file's, for errors.
// docs/formats/alerts.md describes it.
func ParseRules(name string, data []byte) (Rules, error) {
	if len(data) > mostRuleBytes {
		return Rules{}, &RuleError{File: name, Err: fmt.Errorf("%d bytes are more than rules may have (%d)", len(data), mostRuleBytes)}
	}
	var f ruleFile
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&f); err != nil {
		return Rules{}, ruleFault(name, err)
	}
	out := Rules{Most: 20, Per: time.Hour}
	if f.Most != 0 {
		out.Most = int(min(f.Most, 1<<20))
	}
	var err error
	if f.Per != "" {
		out.Per, err = duration(f.Per)
	}
	if err != nil || out.Most < 1 {
		return Rules{}, &RuleError{File: name, Key: "most, per", Err: errors.New(`write most = 20 and per = "1h"`)}
	}
	if len(f.Alert) > mostRules {
		return Rules{}, &RuleError{File: name, Key: "alert", Err: fmt.Errorf("more than %d rules", mostRules)}
	}
	for i, e := range f.Alert {
		r, key, err := e.rule()
		if err == nil && slices.ContainsFunc(out.Rules, func(o Rule) bool { return o.Name == r.Name }) {
			key, err = "name", fmt.Errorf("%q is the name of two rules", r.Name)
		}
		if err != nil {
			return Rules{}, &RuleError{File: name, Key: fmt.Sprintf("alert %d, %s", i+1, key), Err: err}
		}
		out.Rules = append(out.Rules, r)
	}
	return out, nil
}

// ruleFault takes line and key out of the library's errors.
func ruleFault(name string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		line, _ := strict.Errors[0].Position()
		return &RuleError{name, line, strings.Join(strict.Errors[0].Key(), "."),
			errors.New("no such key: an [[alert]] has name, origin, kind, verdict, severity, protocol, ports, transport, connected, every and by")}
	}
	var de *toml.DecodeError
	if errors.As(err, &de) {
		line, _ := de.Position()
		return &RuleError{name, line, strings.Join(de.Key(), "."), errors.New(strings.TrimPrefix(de.Error(), "toml: "))}
	}
	return &RuleError{File: name, Err: err}
}

// rule checks one [[alert]]; key names what is wrong.
func (e ruleEntry) rule() (r Rule, key string, err error) {
	r = Rule{Name: e.Name, Protocols: e.Protocol, Connected: e.Connected, Every: time.Hour, By: "source"}
	if e.Name == "" || len(e.Name) > mostText {
		return r, "name", errors.New("give the rule a name")
	}
	if r.Origins, err = oneOf(e.Origin, FromHost, FromOwn, FromOutside); err != nil {
		return r, "origin", err
	}
	if r.Kinds, err = oneOf(e.Kind, Kinds...); err != nil {
		return r, "kind", err
	}
	if r.Verdicts, err = oneOf(e.Verdict, Lateral, Inside, Spoken, Noise, Unexpected); err != nil {
		return r, "verdict", err
	}
	if e.Severity != "" {
		if err = r.Severity.UnmarshalText([]byte(e.Severity)); err != nil {
			return r, "severity", err
		}
	}
	for _, s := range e.Ports {
		span, err := portolan.ParseSpan(s)
		if err != nil {
			return r, "ports", err
		}
		r.Ports = append(r.Ports, span)
	}
	for _, s := range e.Transport {
		t, err := portolan.ParseTransport(s)
		if err != nil {
			return r, "transport", err
		}
		r.Transports = append(r.Transports, t)
	}
	if e.Every != "" {
		if r.Every, err = duration(e.Every); err != nil {
			return r, "every", err
		}
	}
	if e.By != "" {
		if r.By = e.By; e.By != "source" && e.By != "network" {
			return r, "by", fmt.Errorf("%q: write source or network", e.By)
		}
	}
	return r, "", nil
}

// duration reads "90s" or "1h", from a second to a year.
func duration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Second || d > 366*24*time.Hour {
		return 0, fmt.Errorf(`%q is no time from a second to a year: write "90s" or "1h"`, s)
	}
	return d, nil
}

func oneOf[T ~string](words []string, known ...T) (all []T, err error) {
	for _, w := range words {
		if !slices.Contains(known, T(w)) {
			return nil, fmt.Errorf("%q is none of %v", w, known)
		}
		all = append(all, T(w))
	}
	return all, nil
}

// holds reports whether a visit is one that the rule asks for.
func (r *Rule) holds(v *Visit) bool {
	return isIn(v.Origin, r.Origins) && isIn(v.Kind, r.Kinds) && isIn(v.Verdict, r.Verdicts) && v.Severity >= r.Severity &&
		(!r.Connected || v.Connections > 0) && r.spoke(v) && r.touched(v)
}

func isIn[T comparable](one T, all []T) bool { return len(all) == 0 || slices.Contains(all, one) }

func (r *Rule) spoke(v *Visit) bool {
	if len(r.Protocols) == 0 {
		return true
	}
	return slices.ContainsFunc(v.Protocols, func(p Protocol) bool {
		return slices.Contains(r.Protocols, p.Name) || slices.Contains(r.Protocols, "*")
	})
}

func (r *Rule) touched(v *Visit) bool {
	if len(r.Ports) == 0 && len(r.Transports) == 0 {
		return true
	}
	return slices.ContainsFunc(v.Ports, func(t TransportPorts) bool {
		return isIn(t.Transport, r.Transports) && (len(r.Ports) == 0 || slices.ContainsFunc(t.Ports, r.wants))
	})
}

func (r *Rule) wants(touched portolan.Span) bool {
	return slices.ContainsFunc(r.Ports, func(s portolan.Span) bool { return touched.First <= s.Last && s.First <= touched.Last })
}
