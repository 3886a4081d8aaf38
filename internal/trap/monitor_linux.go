package trap

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// monitor keeps up with the interfaces of this network namespace and with what
// counts as its own addresses: the kernel's own list of local routes.
type monitor struct {
	told *netlink.Conn // of changes
	ask  *netlink.Conn
	done sync.WaitGroup
	over atomic.Bool // Close was called

	mu      sync.Mutex // guards changed, held while it runs
	changed func([]device, []netip.Prefix)
	failed  func(error)
}

// newMonitor calls changed before it returns, and then whenever something has.
func newMonitor(changed func([]device, []netip.Prefix), failed func(error)) (*monitor, error) {
	groups := uint32(1<<(unix.RTNLGRP_LINK-1) | 1<<(unix.RTNLGRP_IPV4_ROUTE-1) | 1<<(unix.RTNLGRP_IPV6_ROUTE-1))
	told, err := netlink.Dial(unix.NETLINK_ROUTE, &netlink.Config{Groups: groups})
	if err != nil {
		return nil, err
	}
	ask, err := netlink.Dial(unix.NETLINK_ROUTE, &netlink.Config{MessageBufferSize: 64 << 10})
	if err != nil {
		told.Close()
		return nil, err
	}
	// So that the kernel sends the local routes alone, and not all of them.
	_ = ask.SetOption(netlink.GetStrictCheck, true)
	m := &monitor{told: told, ask: ask, changed: changed, failed: failed}
	if err := m.sync(); err != nil {
		told.Close()
		ask.Close()
		return nil, err
	}
	m.done.Go(m.listen)
	return m, nil
}

func (m *monitor) Close() error {
	m.over.Store(true)
	err := errors.Join(m.told.Close(), m.ask.Close())
	m.done.Wait()
	return err
}

// listen reads everything anew after each change that concerns us, and after
// changes that were lost.
func (m *monitor) listen() {
	for {
		messages, err := m.told.Receive()
		if err != nil && !errors.Is(err, unix.ENOBUFS) {
			if !m.over.Load() {
				m.failed(err)
			}
			return
		}
		if err == nil && !concern(messages) {
			continue
		}
		if err := m.sync(); err != nil && !m.over.Load() {
			m.failed(err)
		}
	}
}

func concern(messages []netlink.Message) bool {
	for _, x := range messages {
		switch x.Header.Type {
		case newLink, delLink:
			return true
		case newRoute, delRoute:
			if _, ok := decodeLocal(x.Data); ok {
				return true
			}
		}
	}
	return false
}

func (m *monitor) sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	devices, err := m.devices()
	if err != nil {
		return err
	}
	locals, err := m.locals()
	if err != nil {
		return err
	}
	m.changed(devices, locals)
	return nil
}

func (m *monitor) devices() ([]device, error) {
	messages, err := m.ask.Execute(dump(unix.RTM_GETLINK, make([]byte, ifInfo)))
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	var all []device
	for _, x := range messages {
		if d, err := decodeDevice(x.Data); err == nil {
			all = append(all, d)
		}
	}
	return all, nil
}

func (m *monitor) locals() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		request := make([]byte, routeInfo)
		request[0], request[7] = family, routeLocal
		messages, err := m.ask.Execute(dump(unix.RTM_GETROUTE, request))
		if err != nil {
			return nil, fmt.Errorf("list local addresses: %w", err)
		}
		for _, x := range messages {
			if p, ok := decodeLocal(x.Data); ok {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

func dump(kind netlink.HeaderType, request []byte) netlink.Message {
	return netlink.Message{Header: netlink.Header{Type: kind, Flags: netlink.Request | netlink.Dump}, Data: request}
}
