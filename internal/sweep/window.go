package sweep

import "sync"

// window bounds how many attempts are open at a time: each is a worker's. It
// grows while attempts end, faster where nothing answers and each costs a whole
// time-out, and halves when this host runs short.
type window struct {
	mu          sync.Mutex // guards what follows
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
	return w
}

// begin is how many workers a sweep starts with.
func (w *window) begin() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = w.size
	return w.size
}

// stays reports whether a worker goes on: the window may have become smaller.
func (w *window) stays() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open <= w.size
}

func (w *window) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open--
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
		w.size, w.silence = min(4*w.size, w.dark), 0
	case answered && w.size < w.most && w.sinceShrink > 4*w.size:
		w.size++
	}
}

// room returns how many more workers there is room for, and counts them in.
func (w *window) room() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	more := max(0, w.size-w.open)
	w.open += more
	return more
}

// now is how many attempts may be open.
func (w *window) now() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.size
}

func (w *window) opened() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open
}

// shrink notes that this host ran short of something while so many were open.
func (w *window) shrink(open int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sinceShrink > 0 {
		w.size = max(1, min(w.size, open)/2)
	}
	w.sinceShrink = 0
}
