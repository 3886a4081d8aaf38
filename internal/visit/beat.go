package visit

import "time"

// beat finds out whether one thing is tried at a regular interval, as programs
// do that were told a wrong port.
type beat struct {
	last   attempt
	times  [beats]time.Duration
	n      int
	broken bool // more than one port
}

// attempt is what a try is known by: a SYN that is sent again has all three.
type attempt struct {
	from uint16
	seq  uint32
	to   uint16
	// words: a handshake was completed, of a SYN that may have been seen before.
	words bool
}

const (
	beats = 8
	// fewestBeats are tried before an interval is called regular.
	fewestBeats = 6
	// shortestBeat is the shortest interval that a person could have set.
	shortestBeat = 2 * time.Second
)

func (b *beat) add(a attempt, now time.Duration) {
	if b.n > 0 && a.to != b.last.to {
		b.broken = true
	}
	again := b.n > 0 && a.from == b.last.from && (a.words || a.seq == b.last.seq && a.seq != 0)
	if b.broken || again {
		return
	}
	b.times[b.n%beats], b.last = now, a
	b.n++
}

// interval returns the interval of what is tried regularly: no two of the last
// tries may lie further apart, or closer, than a fifth of it.
func (b *beat) interval() (time.Duration, bool) {
	if b.broken || b.n < fewestBeats {
		return 0, false
	}
	kept := min(b.n, beats)
	var shortest, longest, all time.Duration
	for i := range kept - 1 {
		d := b.times[(b.n-1-i)%beats] - b.times[(b.n-2-i)%beats]
		if i == 0 || d < shortest {
			shortest = d
		}
		longest, all = max(longest, d), all+d
	}
	mean := all / time.Duration(kept-1)
	return mean, shortest >= shortestBeat && longest-shortest <= mean/5
}
