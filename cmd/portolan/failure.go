package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/portolan/portolan/internal/report"
)

// The exit codes, as "portolan help exit-codes" explains them.
const (
	exitOK          = 0
	exitNo          = 1 // findings, or the answer is no
	exitUsage       = 2
	exitNotFound    = 3
	exitPartial     = 4
	exitFailure     = 5
	exitInterrupted = 130
)

// failure is an error with its exit code and what to do next.
type failure struct {
	code  int
	err   error // nil: the output has said it all
	hints []string
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit status %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// fail returns a failure. The format's verbs are those of fmt.Errorf.
func fail(code int, format string, args ...any) *failure {
	return &failure{code: code, err: fmt.Errorf(format, args...)}
}

// usage is a failure of how the program was called.
func usage(format string, args ...any) *failure { return fail(exitUsage, format, args...) }

// hint adds a line that says what to do next.
func (f *failure) hint(format string, args ...any) *failure {
	f.hints = append(f.hints, fmt.Sprintf(format, args...))
	return f
}

// latch remembers the first error of a writer, for those who print without
// looking (cobra's help).
type latch struct {
	w   io.Writer
	err error
}

func (l *latch) Write(b []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	n, err := l.w.Write(b)
	l.err = err
	return n, err
}

// conclude prints what is left to say of err and returns the exit code.
func (a *app) conclude(ctx context.Context, err error) int {
	if a.out.err != nil {
		if readerLeft(a.out.err) {
			return exitOK // "| head -1" has seen enough
		}
		err = fail(exitFailure, "write the output: %w", a.out.err)
	}
	if err == nil {
		return exitOK
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{code: exitFailure, err: err}
	}
	if f.err != nil {
		fmt.Fprintf(a.env.Stderr, "portolan: %s\n", report.Escape(f.err.Error()))
	}
	for _, h := range f.hints {
		fmt.Fprintf(a.env.Stderr, "hint: %s\n", report.Escape(h))
	}
	return f.code
}
