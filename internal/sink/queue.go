package sink

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// Counts are what became of the messages that a [Queue] was given. Offered is the
// sum of the others.
type Counts struct {
	Offered, Sent, Refused, Lost, Waiting uint64
}

// Queue sends in the background.
type Queue struct {
	to   Sink
	said func(error) // an error that is new, or nil once it is over
	most int
	// pause is the first wait after a failure; it doubles up to longest.
	pause, longest time.Duration

	mu      sync.Mutex // guards what follows
	waiting []Message
	counts  Counts
	failing bool

	wake, done chan struct{}
	cancel     context.CancelFunc
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
	ctx, cancel := context.WithCancel(context.Background())
	q := &Queue{to: to, said: said, most: most, pause: pause, longest: longest, wake: make(chan struct{}, 1), done: make(chan struct{}), cancel: cancel}
	go q.run(ctx)
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
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Counts returns what became of all messages until now.
func (q *Queue) Counts() Counts {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := q.counts
	c.Waiting = c.Offered - c.Sent - c.Refused - c.Lost
	return c
}

// Close sends what waits, as far as that works at once, and closes the sink.
func (q *Queue) Close() (Counts, error) {
	q.cancel()
	<-q.done
	return q.Counts(), q.to.Close()
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
		t := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
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
	refused := errors.Is(err, ErrRefused)
	if err == nil || refused {
		// The message may have been pushed out meanwhile.
		if len(q.waiting) > 0 && q.waiting[0].ID == m.ID {
			q.waiting = q.waiting[1:]
			if refused {
				q.counts.Refused++
			} else {
				q.counts.Sent++
			}
		}
	}
	news := (err != nil) != q.failing
	q.failing = err != nil
	q.mu.Unlock()
	if news && q.said != nil {
		q.said(err)
	}
	return err == nil || refused
}
