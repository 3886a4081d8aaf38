package visit

import (
	"errors"
	"net/netip"
	"time"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/packet"
)

var errNotPorts = errors.New(`ports are numbers and runs like "6000-6063"`)

// Knock is a packet that no socket was there for.
type Knock struct {
	At        time.Time
	Interface string
	Packet    packet.Packet // its slices are read before Knock returns, not kept
	// Why is the watcher's word for what made it report the packet: "no-socket".
	Why string
	// Process sent it, where it is of this host and known. Each process has visits of
	// its own: it must be known of all its events, or of none.
	Process *Process
}

// Words are the first bytes of a connection that was accepted, or its end
// without any.
type Words struct {
	At           time.Time
	Interface    string
	Source, Dest netip.AddrPort
	Transport    portolan.Transport
	Bytes        []byte // copied
	// Size is how many bytes were said, of which Bytes may hold the first; 0 means
	// len(Bytes).
	Size      int
	Truncated bool // there was more
	Closed    bool // the client closed behind it
	InTLS     bool
	ALPN      string
	Process   *Process
}

// Listening is a process of this host that holds a port which should be silent.
type Listening struct {
	At        time.Time
	Local     netip.AddrPort
	Transport portolan.Transport
	Process   *Process
}

// Process is one of this host.
type Process struct {
	PID     int    `json:"pid"`
	Program string `json:"program"` // its file, or the name that it gives itself; bytes from outside
}
