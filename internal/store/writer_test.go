package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// fake is a store that can be slow, or fail.
type fake struct {
	Store
	mu    sync.Mutex
	have  map[string]uint32
	fails error
	slow  chan bool // Put waits until it is closed
}

func (f *fake) Put(ctx context.Context, visits []Visit) error {
	if f.slow != nil {
		<-f.slow
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails != nil {
		return f.fails
	}
	for _, v := range visits {
		f.have[v.ID] = v.Revision
	}
	return nil
}

func (f *fake) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = err
}

func (c Counts) sum() uint64 { return c.Stored + c.Superseded + c.Lost + c.Waiting }

func TestWriterKeepsTheNewest(t *testing.T) {
	f := &fake{have: map[string]uint32{}, slow: make(chan bool)}
	w := newWriter(f, nil, 100, time.Hour)
	for r := range uint32(10) {
		w.Add(Visit{ID: "a", Revision: r + 1})
	}
	w.Add(Visit{ID: "a", Revision: 4})
	close(f.slow)
	c := w.Close()
	if f.have["a"] != 10 || c.Offered != 11 || c.Stored != 1 || c.Superseded != 10 || c.Lost != 0 || c.sum() != c.Offered {
		t.Errorf("%v %+v", f.have, c)
	}
}

// Who adds is never made to wait; what does not fit is counted.
func TestWriterOfASlowStore(t *testing.T) {
	f := &fake{have: map[string]uint32{}, slow: make(chan bool)}
	w := newWriter(f, nil, 10, time.Millisecond)
	for i := range 1000 {
		w.Add(Visit{ID: fmt.Sprint(i), Revision: 1})
	}
	if c := w.Counts(); c.Offered != 1000 || c.Lost < 900 || c.sum() != 1000 {
		t.Errorf("%+v", c)
	}
	close(f.slow)
	if c := w.Close(); c.Waiting != 0 || c.sum() != 1000 || c.Stored == 0 || int(c.Stored) != len(f.have) {
		t.Errorf("%+v, %d stored", c, len(f.have))
	}
}

// A failure is said once, and its end too; what came afterwards is kept.
func TestWriterOfAStoreThatFails(t *testing.T) {
	f := &fake{have: map[string]uint32{}, fails: ErrFull}
	var said []error
	w := newWriter(f, func(err error) { said = append(said, err) }, 100, time.Hour)
	defer w.Close()
	for i := range 3 {
		w.Add(Visit{ID: fmt.Sprint(i), Revision: 1})
		w.flush()
	}
	f.fail(nil)
	w.Add(Visit{ID: "after", Revision: 1})
	w.flush()
	if c := w.Counts(); c.Lost != 3 || c.Stored != 1 || f.have["after"] != 1 {
		t.Errorf("%+v %v", c, f.have)
	}
	if len(said) != 2 || !errors.Is(said[0], ErrFull) || said[1] != nil {
		t.Errorf("said %v", said)
	}
}
