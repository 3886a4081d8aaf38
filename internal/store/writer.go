package store

import (
	"context"
	"sync"
	"time"
)

// Counts are what became of the visits that a [Writer] was given. Offered is the
// sum of the others, but for what is waiting.
type Counts struct {
	Offered    uint64 // calls of Add
	Stored     uint64 // revisions in the store
	Superseded uint64 // replaced by a newer revision before they were written
	Lost       uint64 // the store failed, or was too slow for the queue
	Waiting    uint64
}

// Writer puts visits into a store behind the back of those who see them.
type Writer struct {
	s     Store
	said  func(error) // an error that is new, or nil once it is over
	most  int
	every time.Duration

	mu      sync.Mutex // guards what follows
	waiting map[string]Visit
	counts  Counts
	failing string

	wake, done chan struct{}
	cancel     context.CancelFunc
}

// The bounds of a writer.
const (
	usualWaiting = 4096 // visits
	usualEvery   = time.Second
	putTime      = 10 * time.Second
)

// NewWriter starts a writer. said is told of an error once until it is over, and
// then nil.
func NewWriter(s Store, said func(error)) *Writer {
	return newWriter(s, said, usualWaiting, usualEvery)
}

func newWriter(s Store, said func(error), most int, every time.Duration) *Writer {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Writer{s: s, said: said, most: most, every: every, waiting: map[string]Visit{}, wake: make(chan struct{}, 1), done: make(chan struct{}), cancel: cancel}
	go w.run(ctx)
	return w
}

// Add hands over a visit and does not wait. Where too many wait, it is lost and
// counted.
func (w *Writer) Add(v Visit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts.Offered++
	old, known := w.waiting[v.ID]
	switch {
	case known && old.Revision >= v.Revision:
		w.counts.Superseded++
		return
	case known:
		w.counts.Superseded++
	case len(w.waiting) >= w.most:
		w.counts.Lost++
		return
	}
	w.waiting[v.ID] = v
	if len(w.waiting) >= w.most/2 {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

// Counts returns what became of all visits until now.
func (w *Writer) Counts() Counts {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.counts
	c.Waiting = c.Offered - c.Stored - c.Superseded - c.Lost
	return c
}

// Close writes what is waiting, as far as the store takes it within a few
// seconds, and ends the writer. The store stays open.
func (w *Writer) Close() Counts {
	w.cancel()
	<-w.done
	return w.Counts()
}

func (w *Writer) run(ctx context.Context) {
	defer close(w.done)
	t := time.NewTicker(w.every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-w.wake:
		case <-ctx.Done():
			w.flush()
			return
		}
		w.flush()
	}
}

// flush writes what waits. What the store does not take is lost, so that memory
// stays bounded and newer visits have room.
func (w *Writer) flush() {
	w.mu.Lock()
	batch := make([]Visit, 0, len(w.waiting))
	for _, v := range w.waiting {
		batch = append(batch, v)
	}
	clear(w.waiting)
	w.mu.Unlock()
	if len(batch) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), putTime)
	defer cancel()
	err := w.s.Put(ctx, batch)
	w.mu.Lock()
	if err != nil {
		w.counts.Lost += uint64(len(batch))
	} else {
		w.counts.Stored += uint64(len(batch))
	}
	news := w.news(err)
	w.mu.Unlock()
	if news && w.said != nil {
		w.said(err)
	}
}

// news reports whether an error, or its end, has not been said yet. The caller
// holds mu.
func (w *Writer) news(err error) bool {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == w.failing {
		return false
	}
	w.failing = text
	return true
}
