package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Up is an endpoint that answers.
type Up struct {
	Endpoint
	Addr    netip.AddrPort
	Version string // as the wire shows it; "" where it does not
	Said    string // what it answered to Ask
}

// Running is a server that answers on all its endpoints.
type Running struct {
	*Server
	// Version is the package's own: "1:9.2p1-2+deb12u10"; "" for a control. What
	// the wire shows of it is in Up.
	Version string
	Up      []Up // in the order of Endpoints
	Took    time.Duration
	ground  *Ground
	log     string
}

// Start starts a server and waits until it answers on all its endpoints. The
// error is a [NotInstalledError], a [NeedsRootError], or holds what the server
// printed. The context ends the server too.
func (s *Server) Start(ctx context.Context) (*Running, error) {
	version, err := s.installed()
	if err != nil {
		return nil, err
	}
	if s.Root && os.Geteuid() != 0 {
		return nil, &NeedsRootError{s.Name}
	}
	began := time.Now()
	g, err := newGround(ctx, s)
	if err != nil {
		return nil, err
	}
	r := &Running{Server: s, Version: version, ground: g}
	s.Recipe(g)
	if g.err == nil {
		g.keep(r.await())
	}
	if err := g.err; err != nil {
		return nil, errors.Join(fmt.Errorf("%w; it printed:\n%s", err, tail(r.Log(), 3000)), r.Stop())
	}
	r.Took = time.Since(began)
	return r, nil
}

// await asks every endpoint until it says what it must.
func (r *Running) await() error {
	patience := r.Patience
	if patience == 0 {
		patience = usual
	}
	deadline := time.Now().Add(patience)
	for _, e := range r.Endpoints {
		addr := netip.AddrPortFrom(loopback, r.ground.ports[e.port()])
		for {
			said, err := e.ask(r.ground.ctx, addr)
			if err == nil {
				r.Up = append(r.Up, Up{e, addr, e.Shown(r.Version), said})
				break
			}
			if r.ground.ctx.Err() != nil {
				return r.ground.ctx.Err()
			}
			if gone := r.ground.gone(); gone != nil {
				return fmt.Errorf("%w before %s answered", gone, e.Name)
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s on %s did not answer in %v: %w", e.Name, addr, patience, err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	return nil
}

// gone says which program ended that should not have.
func (g *Ground) gone() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.runs {
		if p.visit {
			continue
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended (%v)", p.cmd.Path, p.err)
		default:
		}
	}
	return nil
}

// Pids are the programs that were started, without their children.
func (r *Running) Pids() (all []int) {
	r.ground.mu.Lock()
	defer r.ground.mu.Unlock()
	for _, p := range r.ground.runs {
		all = append(all, p.cmd.Process.Pid)
	}
	return all
}

// Log returns what the server printed and wrote into files named *.log, also
// after its end.
func (r *Running) Log() string {
	if r.log != "" {
		return r.log
	}
	var b strings.Builder
	files, _ := filepath.Glob(filepath.Join(r.ground.Dir, "*.log"))
	for _, name := range append([]string{r.ground.said.Name()}, files...) {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		_, _ = io.Copy(&b, io.LimitReader(f, 1<<20))
		f.Close()
	}
	return b.String()
}

// Stop ends the server with all that it started, last started first, and removes
// its folder. The error is what it could not end or remove.
func (r *Running) Stop() error {
	var all []error
	for _, l := range r.ground.doors {
		l.Close()
	}
	for _, p := range slices.Backward(r.ground.finish()) {
		all = append(all, p.stop())
	}
	r.ground.cancel()
	r.ground.serving.Wait()
	r.log = r.Log()
	all = append(all, r.ground.said.Close(), os.RemoveAll(r.ground.Dir))
	return errors.Join(all...)
}

// installed returns the version of the first package, or which one is missing.
func (s *Server) installed() (version string, err error) {
	for i, name := range s.Packages {
		out, err := exec.Command("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", name).Output()
		status, v, _ := strings.Cut(string(out), " ")
		if err != nil || status != "installed" {
			return "", &NotInstalledError{s.Name, name}
		}
		if i == 0 {
			version = v
		}
	}
	return version, nil
}

// tail returns the end of a text.
func tail(s string, most int) string { return s[max(0, len(s)-most):] }

// StartAll starts servers, some at the same time, and returns those that answer
// in their order, with an error for each that does not. It prints nothing.
func StartAll(ctx context.Context, all []Server, atOnce int) (up []*Running, errs []error) {
	running, failed := make([]*Running, len(all)), make([]error, len(all))
	turn := make(chan bool, max(1, atOnce))
	var wait sync.WaitGroup
	for i := range all {
		turn <- true
		wait.Go(func() {
			defer func() { <-turn }()
			running[i], failed[i] = all[i].Start(ctx)
		})
	}
	wait.Wait()
	notThere := func(r *Running) bool { return r == nil }
	return slices.DeleteFunc(running, notThere), slices.DeleteFunc(failed, func(err error) bool { return err == nil })
}
