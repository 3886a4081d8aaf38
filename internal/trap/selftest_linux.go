package trap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// testTime bounds each step of the test of itself, all of it on loopback.
const testTime = 2 * time.Second

// selfTest shows, before any other interface is touched, that a service keeps
// its connections and that a free port's are steered. Where the loopback is down
// nothing can be shown.
func selfTest(ctx context.Context, trap net.Listener) error {
	service, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("%w: listen: %w", ErrSelfTest, err)
	}
	defer service.Close()
	err = arrives(ctx, service, service.Addr().String())
	if errors.Is(err, unix.ENETUNREACH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: a connection to a service: %w", ErrSelfTest, err)
	}
	free := service.Addr().String()
	service.Close()
	if err := arrives(ctx, trap, free); err != nil {
		return fmt.Errorf("%w: a connection to a free port: %w", ErrSelfTest, err)
	}
	return nil
}

// arrives connects, and wants to find the connection at a listener, with the
// address that it went to.
func arrives(ctx context.Context, at net.Listener, address string) error {
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	var d net.Dialer
	d.SetMultipathTCP(false)
	c, err := d.DialContext(ctx, "tcp4", address)
	if err != nil {
		return err
	}
	defer reset(c)
	l := at.(*net.TCPListener)
	_ = l.SetDeadline(time.Now().Add(testTime))
	defer func() { _ = l.SetDeadline(time.Time{}) }()
	other, err := l.Accept()
	if err != nil {
		return err
	}
	defer reset(other)
	if other.LocalAddr().String() != address || other.RemoteAddr().String() != c.LocalAddr().String() {
		return fmt.Errorf("went to %s and came as one to %s", address, other.LocalAddr())
	}
	return nil
}
