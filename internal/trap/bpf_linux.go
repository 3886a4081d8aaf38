package trap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/ringbuf"
	"golang.org/x/sys/unix"

	"github.com/portolan/portolan/internal/trap/bpf"
)

// objects are what bpf/watch.c declares. The collector must not take one of them
// while the trap stands: their links would end with them, in silence.
type objects struct {
	Ethernet  *ebpf.Program `ebpf:"watch_ethernet"`
	IP        *ebpf.Program `ebpf:"watch_ip"`
	Steer     *ebpf.Program `ebpf:"steer"`
	Events    *ebpf.Map     `ebpf:"events"`
	Counters  *ebpf.Map     `ebpf:"counters"`
	Locals    *ebpf.Map     `ebpf:"locals"`
	Ignored   *ebpf.Map     `ebpf:"ignored"`
	Guards    *ebpf.Map     `ebpf:"guards"`
	Witnesses *ebpf.Map     `ebpf:"witnesses"`
	Listeners *ebpf.Map     `ebpf:"listeners"`
}

func (o *objects) Close() error {
	return errors.Join(o.Ethernet.Close(), o.IP.Close(), o.Steer.Close(), o.Events.Close(), o.Counters.Close(), o.Locals.Close(),
		o.Ignored.Close(), o.Guards.Close(), o.Witnesses.Close(), o.Listeners.Close())
}

// watcher is the BPF mode.
type watcher struct {
	objects
	opt     Options
	ring    *ringbuf.Reader
	record  ringbuf.Record // belongs to read, as last does
	last    time.Time      // something was read
	steer   link.Link
	monitor *monitor

	mu       sync.Mutex // guards what follows
	attached map[int]link.Link
	known    map[uint32]Interface
	locals   map[netip.Prefix]bool
}

// loadBPF puts the programs into the kernel, attached to nothing.
func loadBPF(o Options, listeners []net.Listener) (*watcher, error) {
	spec, err := ebpf.LoadCollectionSpecFromReader(bytes.NewReader(bpf.Object))
	if err != nil {
		return nil, err
	}
	if err := configure(spec, o, listeners); err != nil {
		return nil, err
	}
	w := &watcher{opt: o, attached: map[int]link.Link{}, known: map[uint32]Interface{}, locals: map[netip.Prefix]bool{}}
	if err := spec.LoadAndAssign(&w.objects, nil); err != nil {
		return nil, fmt.Errorf("load the programs: %w", err)
	}
	if w.ring, err = ringbuf.NewReader(w.Events); err == nil {
		err = w.fillListeners(listeners)
	}
	if err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// configure sets the variables of watch.c.
func configure(spec *ebpf.CollectionSpec, o Options, listeners []net.Listener) error {
	interval := uint64(time.Second) / uint64(o.PerSource)
	spec.Maps["events"].MaxEntries = uint32(o.Ring)
	for _, name := range []string{"watch_ethernet", "watch_ip"} {
		spec.Programs[name].AttachType = ebpf.AttachTCXIngress
	}
	values := map[string]any{
		"snap": uint32(o.Snap), "snap_udp": uint32(o.SnapUDP),
		"interval": interval, "window": interval * uint64(o.Burst-1),
	}
	if len(listeners) > 0 {
		values["steering"] = uint8(1)
	}
	for _, l := range listeners {
		a := addrPort(l.Addr())
		if a.Addr().Is4() {
			values["own_port4"] = a.Port()
		} else {
			values["own_port6"] = a.Port()
		}
	}
	for name, v := range values {
		if err := spec.Variables[name].Set(v); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	return nil
}

// fillGuards writes the three sets one behind the other, as enum guard has them.
func (w *watcher) fillGuards(tcp, udp, answer *PortSet) error {
	for i, set := range []*PortSet{tcp, udp, answer} {
		for j, word := range set.orAll() {
			if err := w.Guards.Put(uint32(i*len(set)+j), word); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *watcher) fillIgnored() error {
	for _, i := range w.opt.Ignore {
		key := prefixKey(i.Source, 32)
		binary.BigEndian.PutUint16(key[4:], i.Port)
		if err := w.Ignored.Put(key, uint8(1)); err != nil {
			return fmt.Errorf("ignore %v to port %d: %w", i.Source, i.Port, err)
		}
	}
	return nil
}

// prefixKey returns the key of a prefix in a trie, with room for more bits
// before the address. IPv4 lies within IPv6, as ::ffff:0:0/96.
func prefixKey(p netip.Prefix, more int) []byte {
	bits := p.Bits()
	if p.Addr().Is4() {
		bits += 96
	}
	a := p.Addr().As16()
	key := make([]byte, 4+more/8, 4+more/8+16)
	binary.NativeEndian.PutUint32(key, uint32(more+bits))
	return append(key, a[:]...)
}

func (w *watcher) fillListeners(listeners []net.Listener) error {
	for _, l := range listeners {
		key := uint32(0)
		if addrPort(l.Addr()).Addr().Is6() {
			key = 1
		}
		raw, err := l.(*net.TCPListener).SyscallConn()
		if err != nil {
			return err
		}
		var put error
		if err := raw.Control(func(fd uintptr) { put = w.Listeners.Put(key, uint64(fd)) }); err != nil {
			return err
		}
		if put != nil {
			return fmt.Errorf("hand a listener over: %w", put)
		}
	}
	return nil
}

// startSteering lets the kernel ask steer for listeners of this namespace.
func (w *watcher) startSteering() error {
	ns, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer ns.Close()
	w.steer, err = link.AttachNetNs(int(ns.Fd()), w.Steer)
	if err != nil {
		return fmt.Errorf("attach to the look-up for listeners: %w", err)
	}
	return nil
}

// follow watches the interfaces that there are and will be.
func (w *watcher) follow() (err error) {
	w.monitor, err = newMonitor(w.changed, func(err error) { w.opt.Log.Warn("interfaces and addresses are not known any more", "err", err) })
	return err
}

// changed brings the kernel's maps and the links to what there is.
func (w *watcher) changed(devices []device, locals []netip.Prefix) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.setLocals(locals)
	seen := map[int]bool{}
	clear(w.known)
	for _, d := range devices {
		seen[d.index] = true
		i := Interface{Name: d.name}
		i.Why = w.cover(&d)
		i.Watched = i.Why == ""
		w.known[uint32(d.index)] = i
	}
	for index, l := range w.attached {
		if i := w.known[uint32(index)]; !seen[index] || !i.Watched {
			l.Close() // the kernel has detached it, if the interface is gone
			delete(w.attached, index)
		}
	}
}

func (w *watcher) setLocals(locals []netip.Prefix) {
	now := map[netip.Prefix]bool{}
	for _, p := range locals {
		now[p] = true
		if w.locals[p] {
			continue
		}
		if err := w.Locals.Put(prefixKey(p, 0), uint8(1)); err != nil {
			w.opt.Log.Warn("an address is not watched", "address", p, "err", err)
		}
	}
	for p := range w.locals {
		if !now[p] {
			_ = w.Locals.Delete(prefixKey(p, 0)) // what is not there any more needs no leaving
		}
	}
	w.locals = now
}

// cover attaches the watch to an interface, and returns why not.
func (w *watcher) cover(d *device) string {
	if !w.opt.wants(d.name) {
		return "not asked for"
	}
	head, why := d.head()
	if why != "" || w.attached[d.index] != nil {
		return why
	}
	l, err := w.attach(d.index, head)
	if err != nil {
		w.opt.Log.Warn("an interface is not watched", "interface", d.name, "err", err)
		return err.Error()
	}
	w.attached[d.index] = l
	return ""
}

func (w *watcher) attach(index, head int) (link.Link, error) {
	p := w.Ethernet
	if head == 0 {
		p = w.IP
	}
	// First, or another program's verdict would hide packets.
	return link.AttachTCX(link.TCXOptions{Interface: index, Program: p, Attach: ebpf.AttachTCXIngress, Anchor: link.Head()})
}

func (w *watcher) read(e *Event) error {
	if err := w.next(); err != nil {
		return err
	}
	index, since, err := decodeRecord(w.record.RawSample, e)
	if err != nil {
		return err
	}
	e.Interface = w.name(index)
	e.At = wall(since)
	return nil
}

// The programs wake the reader once a tick at most, and a tick is 10 ms at most:
// for longer than that it looks by itself, every few milliseconds.
const (
	glance = 5 * time.Millisecond
	linger = 50 * time.Millisecond
)

// next waits for a record.
func (w *watcher) next() error {
	for {
		err := w.ring.ReadInto(&w.record)
		now := time.Now()
		switch {
		case errors.Is(err, os.ErrClosed):
			return net.ErrClosed
		case err == nil:
			w.last = now
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return err
		}
		if now.Sub(w.last) < linger {
			w.ring.SetDeadline(now.Add(glance))
		} else {
			w.ring.SetDeadline(time.Time{})
		}
		if err == nil {
			return nil
		}
	}
}

func (w *watcher) name(index uint32) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i, ok := w.known[index]; ok {
		return i.Name
	}
	return fmt.Sprint("interface ", index)
}

// wall returns the time of day of a moment of the kernel's clock, by both clocks
// of now, so that a clock that was set does not matter.
func wall(since time.Duration) time.Time {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
		return time.Now()
	}
	return time.Now().Add(since - time.Duration(ts.Nano()))
}

// What enum counter of watch.c counts, in its order.
const (
	countSeen = iota
	countEmitted
	countRingLost
	countLimited
	countIgnored
	countSteered
	allCounts
)

func (w *watcher) count(which uint32) (n uint64) {
	var perCPU []uint64
	if w.Counters.Lookup(which, &perCPU) != nil {
		return 0
	}
	for _, v := range perCPU {
		n += v
	}
	return n
}

func (w *watcher) counters() Counters {
	return Counters{
		Seen: w.count(countSeen), Emitted: w.count(countEmitted), RingLost: w.count(countRingLost), Limited: w.count(countLimited),
		Ignored: w.count(countIgnored), Steered: w.count(countSteered),
	}
}

// forget drops what was heard and counted, as of the test of itself.
func (w *watcher) forget() error {
	w.ring.SetDeadline(time.Now().Add(-time.Second))
	defer w.ring.SetDeadline(time.Time{})
	for w.ring.ReadInto(&w.record) == nil {
	}
	cpus, err := ebpf.PossibleCPU()
	if err != nil {
		return err
	}
	for i := range uint32(allCounts) {
		if err := w.Counters.Put(i, make([]uint64, cpus)); err != nil {
			return err
		}
	}
	return nil
}

func (w *watcher) interfaces() []Interface {
	w.mu.Lock()
	defer w.mu.Unlock()
	return listed(w.known)
}

func (w *watcher) steered(source, destination netip.AddrPort) bool {
	s, d := source.Addr().As16(), destination.Addr().As16()
	key := append(slices.Clone(s[:]), d[:]...)
	key = binary.BigEndian.AppendUint16(key, source.Port())
	key = binary.BigEndian.AppendUint16(key, destination.Port())
	var left struct { // struct witness of watch.c
		At      uint64
		Steered uint32
		_       [4]byte
	}
	return w.Witnesses.Lookup(key, &left) == nil && left.Steered != 0
}

func (w *watcher) Close() error {
	var errs []error
	if w.steer != nil {
		errs = append(errs, w.steer.Close())
	}
	if w.monitor != nil {
		errs = append(errs, w.monitor.Close())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for index, l := range w.attached {
		errs = append(errs, l.Close())
		delete(w.attached, index)
	}
	if w.ring != nil {
		errs = append(errs, w.ring.Close())
	}
	return errors.Join(append(errs, w.objects.Close())...)
}

// unsupported reports whether a kernel can't do what was asked of it at all.
func unsupported(err error) bool {
	return errors.Is(err, ebpf.ErrNotSupported) || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, unix.ENOSYS)
}

func denied(err error) bool { return errors.Is(err, fs.ErrPermission) }
