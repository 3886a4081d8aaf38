package trap

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
)

// patient is what the doctor has found so far.
type patient struct {
	checks []Check
	mode   Mode
}

// try does one thing and notes what came of it. Once something of a mode is
// amiss, what builds on it is not tried.
func (p *patient) try(what string, f func() error) bool {
	err := f()
	c := Check{Mode: p.mode, What: what, OK: err == nil}
	if err != nil {
		c.Why, c.Next = strings.TrimSpace(firstLine(err.Error())), p.next(err)
	}
	p.checks = append(p.checks, c)
	return c.OK
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// needed is what a mode asks for, and the kernel that has it.
var needed = map[Mode]struct{ capabilities, kernel string }{
	BPF:       {"CAP_BPF and CAP_NET_ADMIN", "Linux 6.6 has what this needs (tcx; CONFIG_BPF_SYSCALL, CONFIG_NET_XGRESS)"},
	Nftables:  {"CAP_NET_ADMIN and CAP_NET_RAW", "Linux 5.12 has what this needs (owned tables; CONFIG_NFT_TPROXY, NFT_SOCKET, NFT_FIB_INET)"},
	Packets:   {"CAP_NET_RAW", "a kernel with CONFIG_PACKET, CONFIG_INET_DIAG and CONFIG_INET_UDP_DIAG has what this needs"},
	Listeners: {"CAP_NET_BIND_SERVICE, for ports below net.ipv4.ip_unprivileged_port_start,", "give ports that nothing else listens on"},
}

func (p *patient) next(err error) string {
	switch {
	case errors.Is(err, ErrTaken):
		return "stop the other one first"
	case errors.Is(err, ErrSelfTest):
		return "look for a firewall on the loopback, and for other programs that steer connections (bpftool net, nft list ruleset)"
	case denied(err):
		return "start it with " + needed[p.mode].capabilities + "; it gives them up after that"
	}
	return needed[p.mode].kernel
}

func doctor(ctx context.Context, o Options) []Check {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := &patient{}
	var lock net.Listener
	if !p.try("no other trap stands in this network namespace", func() (err error) {
		lock, err = lockNamespace(ctx)
		return err
	}) {
		return p.checks
	}
	defer lock.Close()
	p.mode = BPF
	p.bpf(ctx, o)
	p.mode = Nftables
	p.nftables(ctx, o)
	p.mode = Packets
	p.packets()
	p.mode = Listeners
	p.listeners(ctx)
	return p.checks
}

const keeps = "a service keeps its connections, and those to a free port are steered"

func (p *patient) bpf(ctx context.Context, o Options) {
	listeners, err := listenOwn(ctx, freebind)
	defer closeAll(listeners)
	var w *watcher
	if !p.try("load the programs", func() error {
		if err != nil {
			return err
		}
		w, err = loadBPF(o, listeners)
		return err
	}) {
		return
	}
	defer w.Close()
	if !p.try("watch an interface", func() error {
		l, err := w.attach(loopbackIndex, ethernetHead)
		if err == nil {
			err = l.Close()
		}
		return err
	}) {
		return
	}
	if p.try("be asked for listeners", w.startSteering) {
		p.try(keeps, func() error { return w.prove(ctx, listeners[0]) })
	}
}

func (p *patient) nftables(ctx context.Context, o Options) {
	listeners, err := listenOwn(ctx, transparent)
	defer closeAll(listeners)
	if !p.try("listen for other addresses", func() error { return err }) {
		return
	}
	t := &tproxy{opt: o}
	if !p.try("hear by a packet socket", func() (err error) {
		t.listener, err = listenPackets(o, true)
		return err
	}) {
		return
	}
	defer t.Close()
	if p.try("own a table of nftables", t.table) && p.try("hand connections over", func() error { return t.rules(listeners, loopbackOnly) }) {
		p.try(keeps, func() error { return t.prove(ctx, listeners[0]) })
	}
}

func (p *patient) packets() {
	p.try("open a packet socket", func() error {
		f, err := packetSocket()
		if err == nil {
			err = f.Close()
		}
		return err
	})
	p.try("ask sock_diag for a socket", func() error {
		d, err := newDiag()
		if err == nil {
			err = d.conn.Close()
		}
		return err
	})
}

func (p *patient) listeners(ctx context.Context) {
	p.try("listen on a port", func() error {
		var config net.ListenConfig
		l, err := config.Listen(ctx, "tcp", ":0")
		if err == nil {
			err = l.Close()
		}
		return err
	})
}
