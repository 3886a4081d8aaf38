package sweep

import (
	"context"
	"sync"
)

// window bounds how many attempts are open at a time. It grows while attempts
// end, faster where nothing answers and each costs a whole time-out, and halves
// when this host runs short.
type window struct {
	mu          sync.Mutex // guards what follows
	free        *sync.Cond
	open, size  int
	most, dark  int // the largest size where somebody answers, and where nobody does
	sinceShrink int
	silence     int // attempts in a row that nobody answered
}

func newWindow(most int) *window {
	w := &window{size: first, most: usualMost, dark: darkMost}
	if most > 0 {
		w.most, w.dark = most, most
	}
	if n := descriptors(); n > 0 {
		w.most, w.dark = min(w.most, n), min(w.dark, n)
	}
	w.size = min(w.size, w.most)
	w.free = sync.NewCond(&w.mu)
	return w
}

// enter waits for a place; false where ctx ended first.
func (w *window) enter(ctx context.Context) bool {
	defer context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.free.Broadcast()
	})()
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.open >= w.size && ctx.Err() == nil {
		w.free.Wait()
	}
	if ctx.Err() != nil {
		return false
	}
	w.open++
	return true
}

func (w *window) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open--
	w.free.Signal()
}

// heard notes that an attempt ended, answered or not.
func (w *window) heard(answered bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sinceShrink++
	if answered {
		w.silence = 0
	} else {
		w.silence++
	}
	switch {
	case w.silence > w.size/2 && w.size < w.dark:
		w.size, w.silence = min(2*w.size, w.dark), 0
	case answered && w.size < w.most && w.sinceShrink > 4*w.size:
		w.size++
	}
	w.free.Broadcast()
}

func (w *window) shrink() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sinceShrink > 0 {
		w.size = max(1, min(w.size, w.open)/2)
	}
	w.sinceShrink = 0
}
