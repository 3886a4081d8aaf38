package trap

import (
	"context"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// listenOwn opens the listeners that connections are steered to, one a family,
// on a port of their own on loopback. A family that this host lacks is left out.
func listenOwn(ctx context.Context, control func(fd int, v6 bool) error) ([]net.Listener, error) {
	var all []net.Listener
	var first error
	for _, network := range []string{"tcp4", "tcp6"} {
		l, err := listenFamily(ctx, network, control)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		all = append(all, l)
	}
	if len(all) == 0 {
		return nil, first
	}
	return all, nil
}

func listenFamily(ctx context.Context, network string, control func(fd int, v6 bool) error) (net.Listener, error) {
	address := "127.0.0.1:0"
	if network == "tcp6" {
		address = "[::1]:0"
	}
	config := net.ListenConfig{KeepAlive: -1, Control: func(_, _ string, c syscall.RawConn) (err error) {
		if e := c.Control(func(fd uintptr) { err = control(int(fd), network == "tcp6") }); e != nil {
			return e
		}
		return err
	}}
	// Connections are steered to TCP sockets, not to those of MPTCP.
	config.SetMultipathTCP(false)
	return config.Listen(ctx, network, address)
}

// freebind lets the listener stand where the loopback is down.
func freebind(fd int, v6 bool) error {
	if v6 {
		return unix.SetsockoptInt(fd, unix.SOL_IPV6, unix.IPV6_FREEBIND, 1)
	}
	return unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_FREEBIND, 1)
}

// closeAll closes listeners of an Open that came to nothing.
func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}
