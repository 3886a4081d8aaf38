package visit

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// Alert is a visit that a rule asks for.
type Alert struct {
	// ID is the same when the same is said again: a visit's, a rule's and a severity.
	ID    string
	Rule  string
	At    time.Time
	Visit Visit // without the bytes of its payloads
	// Summary is one printable line.
	Summary string
	// Withheld is how many alerts of the rule were not raised since the last one,
	// because there were too many.
	Withheld int
}

// Alerts holds visits to rules. A visit raises one alert of a rule, and another
// only where it became worse; so does a source, within the time that the rule
// says. What is over the rate is counted, and said with the next alert.
//
// A visit that goes on and is not urgent waits for a few seconds until it is said,
// since the first packet of a scan looks like a knock.
type Alerts struct {
	rules   Rules
	clock   clock
	raised  map[raised]past
	waiting []waiting
	budgets []budget // of each rule
	total   int
}

// waiting is a visit that may yet become something else.
type waiting struct {
	visit Visit
	since time.Duration
}

const (
	// settles is how long a visit waits.
	settles = 5 * time.Second
	// mostWaiting bounds how many wait; more are said at once.
	mostWaiting = 256
)

// budget is when the last alerts of a rule were raised.
type budget struct {
	recent   []time.Duration
	next     int
	withheld int
}

// raised is what an alert is remembered by.
type raised struct {
	rule  int
	group netip.Prefix
	pid   int // of this host's own
}

type past struct {
	at       time.Duration
	visit    string
	severity Severity
}

// mostRaised bounds what is remembered: beyond it what is oldest goes.
const mostRaised = 8192

// NewAlerts returns an evaluator.
func NewAlerts(r Rules) *Alerts {
	return &Alerts{rules: r, raised: map[raised]past{}, budgets: make([]budget, len(r.Rules))}
}

// Withheld is how many alerts were not raised so far, because there were too many.
func (a *Alerts) Withheld() int { return a.total }

// Consider takes a visit as it is handed out, and returns the alert that it raises
// at once. Most raise none, and some raise it later, from [Alerts.Tick].
func (a *Alerts) Consider(v Visit, at time.Time) (Alert, bool) {
	now := a.clock.at(at)
	i := a.rule(&v, now)
	place := slices.IndexFunc(a.waiting, func(w waiting) bool { return w.visit.ID == v.ID })
	if i >= 0 && v.State == Open && v.Severity < Urgent {
		switch {
		case place >= 0:
			a.waiting[place].visit = v.Redacted()
			return Alert{}, false
		case len(a.waiting) < mostWaiting:
			a.waiting = append(a.waiting, waiting{v.Redacted(), now})
			return Alert{}, false
		}
	}
	if place >= 0 {
		a.waiting = slices.Delete(a.waiting, place, place+1)
	}
	return a.raise(i, v, at, now)
}

// Tick returns the alerts of visits that waited long enough. Call it about every
// second.
func (a *Alerts) Tick(at time.Time) (all []Alert) {
	now := a.clock.at(at)
	for len(a.waiting) > 0 && now-a.waiting[0].since >= settles {
		v := a.waiting[0].visit
		a.waiting = slices.Delete(a.waiting, 0, 1)
		if alert, ok := a.raise(a.rule(&v, now), v, at, now); ok {
			all = append(all, alert)
		}
	}
	return all
}

// rule returns the first rule that holds, if it has something new to say; or else
// -1.
func (a *Alerts) rule(v *Visit, now time.Duration) int {
	for i := range a.rules.Rules {
		r := &a.rules.Rules[i]
		if !r.holds(v) {
			continue
		}
		if was, known := a.raised[r.key(i, v)]; known && !isNews(was, v, now, r.Every) {
			return -1
		}
		return i
	}
	return -1
}

// raise makes the alert of a rule, if there is room for one.
func (a *Alerts) raise(i int, v Visit, at time.Time, now time.Duration) (Alert, bool) {
	if i < 0 {
		return Alert{}, false
	}
	r, b := &a.rules.Rules[i], &a.budgets[i]
	a.remember(r.key(i, &v), past{now, v.ID, v.Severity})
	if !b.allows(now, &a.rules) {
		b.withheld++
		a.total++
		return Alert{}, false
	}
	out := Alert{ID: v.ID + "/" + r.Name + "/" + v.Severity.String(), Rule: r.Name, At: at, Visit: v.Redacted(), Summary: preview([]byte(r.Name), mostText, false) + ": " + v.Summary(), Withheld: b.withheld}
	b.withheld = 0
	return out, true
}

// isNews reports whether an alert is worth saying behind another of the same
// rule and source: it is worse, or another visit after a long time.
func isNews(was past, v *Visit, now, every time.Duration) bool {
	if v.Severity > was.severity {
		return true
	}
	return was.visit != v.ID && now-was.at >= every
}

// key is what an alert of the i-th rule is remembered by.
func (r *Rule) key(i int, v *Visit) raised {
	k := raised{rule: i, group: r.group(v.Source)}
	if v.Process != nil {
		k.pid = v.Process.PID
	}
	return k
}

// group is what stands for a source.
func (r *Rule) group(source netip.Addr) netip.Prefix {
	length := source.BitLen()
	switch {
	case r.By != "network":
	case source.Is4():
		length = 24
	default:
		length = 64
	}
	p, _ := source.Prefix(length)
	return p
}

// remember keeps what was raised, also what was withheld: a source that was over
// the rate is not to be said over and over later.
func (a *Alerts) remember(key raised, p past) {
	if _, known := a.raised[key]; !known && len(a.raised) >= mostRaised {
		a.forget()
	}
	a.raised[key] = p
}

// forget drops the older half.
func (a *Alerts) forget() {
	times := make([]time.Duration, 0, len(a.raised))
	for _, p := range a.raised {
		times = append(times, p.at)
	}
	slices.SortFunc(times, cmp.Compare)
	middle := times[len(times)/2]
	for key, p := range a.raised {
		if p.at <= middle {
			delete(a.raised, key)
		}
	}
}

// allows reports whether there is room for one more: fewer than Most in the last
// Per.
func (b *budget) allows(now time.Duration, r *Rules) bool {
	if len(b.recent) < r.Most {
		b.recent = append(b.recent, now)
		return true
	}
	if now-b.recent[b.next] < r.Per {
		return false
	}
	b.recent[b.next] = now
	b.next = (b.next + 1) % len(b.recent)
	return true
}
