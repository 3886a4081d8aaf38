package sink

import (
	"context"
	"math/rand/v2"
	"time"
)

// Queue sends in the background.
type Queue struct {
	delivery
	most int
	// pause is the first wait after a failure; it doubles up to longest.
	pause, longest time.Duration
	waiting        []Message // guarded by mu
}

// The bounds of a queue.
const (
	usualWaiting = 1024
	firstPause   = time.Second
	longestPause = time.Minute
	sendTime     = 15 * time.Second
	closeTime    = 3 * time.Second
)

// NewQueue starts a queue before a sink. said is told of a failure once until it
// is over, and then nil.
func NewQueue(to Sink, said func(error)) *Queue {
	return newQueue(to, said, usualWaiting, firstPause, longestPause)
}

func newQueue(to Sink, said func(error), most int, pause, longest time.Duration) *Queue {
	q := &Queue{most: most, pause: pause, longest: longest}
	go q.run(q.begin(to, said))
	return q
}

// Add hands over a message and does not wait. Where too many wait, the oldest is
// lost: what is new is worth more.
func (q *Queue) Add(m Message) {
	q.mu.Lock()
	q.counts.Offered++
	if len(q.waiting) >= q.most {
		q.waiting = q.waiting[1:]
		q.counts.Lost++
	}
	q.waiting = append(q.waiting, m)
	q.mu.Unlock()
	q.nudge()
}

func (q *Queue) run(ctx context.Context) {
	defer close(q.done)
	pause := q.pause
	for {
		m, ok := q.first()
		if !ok {
			select {
			case <-q.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		if q.send(ctx, m) {
			pause = q.pause
			continue
		}
		if ctx.Err() != nil {
			return
		}
		// Senders that all lost the same receiver should not come back at once.
		rest(ctx, pause/2+rand.N(pause))
		pause = min(2*pause, q.longest)
	}
}

func (q *Queue) first() (Message, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return Message{}, false
	}
	return q.waiting[0], true
}

// send tries one message; false where it should be tried again.
func (q *Queue) send(ctx context.Context, m Message) bool {
	limit := sendTime
	if ctx.Err() != nil {
		limit = closeTime
	}
	trying, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(closeTime, cancel) })
	defer stop()
	err := q.to.Send(trying, m)
	q.mu.Lock()
	// The message may have been pushed out meanwhile.
	if settled(err) && len(q.waiting) > 0 && q.waiting[0].ID == m.ID {
		q.waiting = q.waiting[1:]
		q.settle(err)
	}
	q.mu.Unlock()
	q.tell(err)
	return settled(err)
}
