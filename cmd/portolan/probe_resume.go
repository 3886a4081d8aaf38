package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"sync"

	"github.com/portolan/portolan/internal/probe"
)

// resumeFile keeps what a run has done: a line that says what is asked, then a
// line for each port asked, in the order in which they were. nil is no file.
type resumeFile struct {
	mu   sync.Mutex // guards w
	w    io.WriteCloser
	seen map[string]bool
	// old is what an earlier run had done, closed ports without more than their state.
	old []resumeLine
}

// resumeHead is the first line.
type resumeHead struct {
	Schema string `json:"schema"`
	Plan   string `json:"plan"`
}

const resumeSchema = "portolan.probe-resume/v1"

// resumeLine is one port asked.
type resumeLine struct {
	Done   string       `json:"done"`
	State  probe.State  `json:"state"`
	Result *probeResult `json:"result,omitempty"` // of a port that is open, or failed
}

// openResume reads what an earlier run of the same plan has done, and goes on
// behind it.
func (a *app) openResume(name, plan string) (*resumeFile, error) {
	f := &resumeFile{seen: map[string]bool{}}
	data, err := a.env.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fail(exitFailure, "read the state of the run: %w", err)
	}
	if err := f.take(name, data, plan); err != nil {
		return nil, err
	}
	if f.w, err = a.env.Create(name, true); err != nil {
		return nil, fail(exitFailure, "keep the state of the run: %w", err)
	}
	if len(data) == 0 {
		return f, f.line(resumeHead{resumeSchema, plan})
	}
	if data[len(data)-1] != '\n' { // cut off in the middle of a line
		_, err = f.w.Write([]byte("\n"))
	}
	return f, err
}

// take reads the lines of a file. The last may be cut: the port of it is asked again.
func (f *resumeFile) take(name string, data []byte, plan string) error {
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if n == 0 {
			var head resumeHead
			if json.Unmarshal(line, &head) != nil || head.Schema != resumeSchema {
				return fail(exitUsage, "%s:1: this is no state of a probe", name).hint("name a new file with --resume")
			}
			if head.Plan != plan {
				return fail(exitUsage, "%s: it holds the state of another run: %s", name, head.Plan).hint("give the same targets and ports, or name a new file with --resume")
			}
			continue
		}
		var one resumeLine
		if json.Unmarshal(line, &one) != nil || one.Done == "" {
			continue
		}
		if f.seen[one.Done] || one.Result != nil && !one.Result.restore() {
			continue
		}
		f.seen[one.Done] = true
		f.old = append(f.old, one)
	}
	return nil
}

func (f *resumeFile) done(e endpoint) bool { return f != nil && f.seen[e.String()] }

func (f *resumeFile) write(e endpoint, r probeResult) error {
	if f == nil {
		return nil
	}
	l := resumeLine{Done: e.String(), State: r.State}
	if r.shown() {
		l.Result = &r
	}
	return f.line(l)
}

func (f *resumeFile) line(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err = f.w.Write(append(b, '\n')); err != nil {
		return fail(exitFailure, "keep the state of the run: %w", err)
	}
	return nil
}

func (f *resumeFile) close() {
	if f != nil && f.w != nil {
		f.w.Close()
	}
}
