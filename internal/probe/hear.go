package probe

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/portolan/portolan/internal/protocol"
)

// hearing is what came in on a connection.
type hearing struct {
	data   []byte
	cut    bool
	ending Ending
	pauses int // gaps of half the wait or more between bytes
}

// hear reads what a peer says. The first byte must come within wait and the
// last within twice that, whatever the peer does. It ends sooner when known says
// that the bytes are enough and the peer is quiet, or when there are more than are kept.
func hear(c net.Conn, wait time.Duration, known func([]byte) bool) hearing {
	start := time.Now()
	buf := make([]byte, protocol.MostKept+1)
	h := hearing{}
	n, quiet := 0, wait
	for last := start; ; {
		now := time.Now()
		until := min(now.Add(quiet).Sub(start), 2*wait)
		_ = c.SetReadDeadline(start.Add(until))
		k, err := c.Read(buf[n:])
		if k > 0 && n > 0 && time.Since(last) >= wait/2 {
			h.pauses++
		}
		if n += k; k > 0 {
			last = time.Now()
		}
		h.data = buf[:min(n, protocol.MostKept)]
		switch {
		case n > protocol.MostKept:
			h.cut, h.ending = true, Full
			return h
		case err != nil:
			h.ending = ending(err, n, until >= 2*wait)
			return h
		}
		quiet = wait / 2
		if known(h.data) {
			quiet = idle
		}
	}
}

// ending says what a failed read means after n bytes.
func ending(err error, n int, atLimit bool) Ending {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && n == 0:
		return TimedOut
	case errors.Is(err, os.ErrDeadlineExceeded) && atLimit:
		return Trickled
	case errors.Is(err, os.ErrDeadlineExceeded):
		return Answered
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return PeerEnded
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Reset
	case errors.Is(err, net.ErrClosed):
		return Cancelled
	}
	return Broken
}

// closed reports whether nothing more can come after an exchange.
func (e Ending) closed() bool {
	return e == PeerEnded || e == Reset || e == Broken || e == Cancelled || e == Full
}
