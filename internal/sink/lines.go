package sink

import (
	"context"
	"io"
	"sync"
)

// Lines writes each document as a line.
type Lines struct {
	mu sync.Mutex // guards w
	w  io.WriteCloser
}

// NewLines writes to w, which it closes.
func NewLines(w io.WriteCloser) *Lines { return &Lines{w: w} }

// Send implements [Sink]. A line is written in one piece, so that a file that
// another program turns over holds whole lines.
func (l *Lines) Send(_ context.Context, m Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := append(append(make([]byte, 0, len(m.Document)+1), m.Document...), '\n')
	_, err := l.w.Write(line)
	return err
}

// Close implements [Sink].
func (l *Lines) Close() error { return l.w.Close() }
