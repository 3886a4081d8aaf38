package trap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// open tries the modes, the best first, or the one that is asked for.
func open(ctx context.Context, o Options) (*Trap, error) {
	// What is opened here belongs to the thread's namespace.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	lock, err := lockNamespace(ctx)
	if err != nil {
		return nil, err
	}
	t := &Trap{lock: lock, hold: newHolding(o.Hold)}
	var errs []error
	for _, m := range modes {
		if o.Mode != Auto && o.Mode != m.mode {
			continue
		}
		t.mode = m.mode
		if t.source, t.listeners, err = m.open(ctx, o); err == nil {
			return t, nil
		}
		o.Log.Debug("this mode is not to be had", "mode", m.mode, "err", err)
		errs = append(errs, fmt.Errorf("%s: %w", m.mode, err))
	}
	lock.Close()
	return nil, errors.Join(errs...)
}

type opener func(context.Context, Options) (source, []net.Listener, error)

var modes = []struct {
	mode Mode
	open opener
}{{BPF, openBPF}, {Nftables, openNftables}, {Packets, openPackets}, {Listeners, openListeners}}

// lockName is of the abstract kind: it is the network namespace's, and goes with
// the process.
const lockName = "@portolan-trap"

// lockNamespace makes sure that one trap stands in a network namespace.
func lockNamespace(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "unix", lockName)
	if errors.Is(err, unix.EADDRINUSE) {
		return nil, fmt.Errorf("%w%s", ErrTaken, holder())
	}
	return l, err
}

// holder says whose the other trap is, if it can be had.
func holder() string {
	c, err := net.Dial("unix", lockName)
	if err != nil {
		return ""
	}
	defer c.Close()
	raw, err := c.(*net.UnixConn).SyscallConn()
	if err != nil {
		return ""
	}
	who := ""
	_ = raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			who = fmt.Sprintf(": process %d of user %d", cred.Pid, cred.Uid)
		}
	})
	return who
}

// openBPF attaches to the loopback alone, tests itself there, and then to the rest.
func openBPF(ctx context.Context, o Options) (source, []net.Listener, error) {
	var listeners []net.Listener
	if o.Answer {
		var err error
		if listeners, err = listenOwn(ctx, freebind); err != nil {
			return nil, nil, err
		}
	}
	w, err := loadBPF(o, listeners)
	if err == nil {
		if err = w.start(ctx, listeners); err != nil {
			w.Close()
		}
	}
	if err != nil {
		closeAll(listeners)
		return nil, nil, explain(err)
	}
	return w, listeners, nil
}

// start tests the trap on the loopback, where every port is guarded until that is
// over, and goes on to the interfaces and ports that are asked for.
func (w *watcher) start(ctx context.Context, listeners []net.Listener) error {
	if len(listeners) > 0 {
		if err := w.startSteering(); err != nil {
			return err
		}
		if err := w.prove(ctx, listeners[0]); err != nil {
			return err
		}
	}
	if err := errors.Join(w.fillGuards(w.opt.TCP, w.opt.UDP, w.opt.AnswerOnly), w.fillIgnored()); err != nil {
		return err
	}
	return w.follow()
}

// loopbackIndex is the same in every network namespace.
const loopbackIndex = 1

func (w *watcher) prove(ctx context.Context, own net.Listener) error {
	if !addrPort(own.Addr()).Addr().Is4() {
		return nil
	}
	if err := w.fillGuards(nil, nil, nil); err != nil {
		return err
	}
	lo, err := w.attach(loopbackIndex, ethernetHead)
	if err != nil {
		return fmt.Errorf("attach to the loopback: %w", err)
	}
	defer lo.Close()
	here := netip.PrefixFrom(netip.AddrFrom4([4]byte{127}), 8)
	if err := w.Locals.Put(prefixKey(here, 0), uint8(1)); err != nil {
		return err
	}
	if err := selfTest(ctx, own); err != nil {
		return err
	}
	lo.Close()
	return w.forget()
}

// explain says what to do about an error, where that is known.
func explain(err error) error {
	switch {
	case unsupported(err):
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	case denied(err) && !strings.Contains(err.Error(), "hint:"):
		return fmt.Errorf("%w\nhint: this needs CAP_BPF and CAP_NET_ADMIN at start, and none afterwards", err)
	}
	return err
}
