package main

import (
	"fmt"
	"io"
	"time"
)

// progress is one line on a terminal that says how far a run is. Off a terminal
// it says nothing.
type progress struct {
	w           io.Writer
	now         func() time.Time
	on          bool
	total, done uint64
	open        int
	begun, last time.Time
}

// redraw is how often the line changes.
const redraw = 200 * time.Millisecond

func newProgress(e *env) *progress { return &progress{w: e.Stderr, now: e.Now, on: e.ErrTerminal} }

func (p *progress) begin(total uint64) { p.total, p.begun = total, p.now() }

// step counts one more. The caller keeps others away.
func (p *progress) step(open bool) {
	p.done++
	if open {
		p.open++
	}
	now := p.now()
	if !p.on || now.Sub(p.last) < redraw {
		return
	}
	p.last = now
	fmt.Fprintf(p.w, "\r\x1b[K%s", p.words(now.Sub(p.begun)))
}

// words are "1,234 of 65,535 (1 %), 3 open, about 40s left".
func (p *progress) words(spent time.Duration) string {
	text := fmt.Sprintf("%d of %d", p.done, p.total)
	if p.total > 0 {
		text += fmt.Sprintf(" (%d %%)", p.done*100/p.total)
	}
	text += fmt.Sprintf(", %d open", p.open)
	if left := p.total - p.done; p.done > 0 && left > 0 && spent > time.Second {
		text += fmt.Sprintf(", about %v left", (spent / time.Duration(p.done) * time.Duration(left)).Round(time.Second))
	}
	return text
}

// clear takes the line away, for what is printed in its place.
func (p *progress) clear() {
	if p.on && !p.last.IsZero() {
		io.WriteString(p.w, "\r\x1b[K")
		p.last = time.Time{}
	}
}

func (p *progress) end() { p.clear() }
