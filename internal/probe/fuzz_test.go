package probe

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/portolan/portolan/internal/protocol"
)

// said is a connection on which a peer says data and closes.
type said struct {
	net.Conn
	r *bytes.Reader
}

func (s said) Read(b []byte) (int, error)    { return s.r.Read(b) }
func (said) SetReadDeadline(time.Time) error { return nil }
func talking(data []byte) said               { return said{r: bytes.NewReader(data)} }
func knownAt(n int) func(b []byte) bool      { return func(b []byte) bool { return len(b) >= n } }

// FuzzHear bounds what is kept of any bytes.
func FuzzHear(f *testing.F) {
	f.Add([]byte("SSH-2.0-x\r\n"), 3)
	f.Add(bytes.Repeat([]byte("A"), 9000), 0)
	f.Fuzz(func(t *testing.T, data []byte, enough int) {
		h := hear(talking(data), time.Second, knownAt(enough))
		if len(h.data) > protocol.MostKept || !bytes.HasPrefix(data, h.data) || h.cut != (len(data) > protocol.MostKept) {
			t.Errorf("kept %d of %d bytes, cut %t", len(h.data), len(data), h.cut)
		}
		if !h.ending.closed() {
			t.Errorf("a closed connection ended as %s", h.ending)
		}
	})
}

// FuzzMetered bounds what is read of any handshake.
func FuzzMetered(f *testing.F) {
	f.Add([]byte("\x15\x03\x01\x00\x02\x02\x46"))
	f.Add(bytes.Repeat([]byte("\x16\x03\x03\x40\x00"), 60000))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &metered{Conn: talking(data), start: time.Now(), until: time.Now()}
		var n int
		var err error
		for b := make([]byte, 1000); err == nil; {
			var k int
			k, err = m.Read(b)
			n += k
		}
		if n > mostTLSBytes || len(m.first) > protocol.MostKept || !bytes.HasPrefix(data, m.first) {
			t.Errorf("read %d, kept %d of %d", n, len(m.first), len(data))
		}
		if len(data) >= mostTLSBytes != errors.Is(err, errTooLong) && !(len(data) < mostTLSBytes && errors.Is(err, io.EOF)) {
			t.Errorf("%d bytes ended by %v", len(data), err)
		}
	})
}
