package visit

import "time"

// mostStep is how far time can go on between two events. What takes longer was a
// clock that was set, or a process that stood still; a Book is to be ticked far
// more often than that.
const mostStep = time.Minute

// clock makes time that only goes forward, of times that may jump: a wall clock
// that is set neither ends a visit nor keeps it open.
type clock struct {
	last    time.Time
	elapsed time.Duration
}

// at returns how much time has gone by at an event.
func (c *clock) at(now time.Time) time.Duration {
	if !c.last.IsZero() {
		c.elapsed += min(mostStep, max(0, now.Sub(c.last)))
	}
	c.last = now
	return c.elapsed
}
