package probe

import (
	"context"
	"crypto/rand"
	"net"
	"time"

	"github.com/portolan/portolan/internal/protocol"
)

// The budgets of one target. What a peer sends extends none of them.
const (
	MostConnections = 32
	MostTime        = 25 * time.Second
	// mostTLSBytes is how much of a TLS handshake is read: certificates may be
	// long, a chain of hundreds is an attack.
	mostTLSBytes = 128 << 10
	// mostData is how much a whole target may say.
	mostData = 1 << 20
)

// The waits, measured on real servers (shared by all exchanges of a target).
const (
	Patience = 800 * time.Millisecond // and twice the round trip
	idle     = 60 * time.Millisecond  // quiet after data ends an answer that is known
	kept     = 2                      // connections that are kept for asking twice
	inFlight = 4                      // connections to one port at a time
)

// Prober asks. Its zero value asks with the system's own dialer.
type Prober struct {
	// Dial makes connections; nil is a [net.Dialer].
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Pace waits until one more connection may be made, or socket used, to a
	// target; nil is at once. It is not counted as the target's slowness.
	Pace func(ctx context.Context, t Target) error
	// ListenPacket makes the socket for a UDP request whose answer comes from
	// another port; nil is a [net.ListenConfig].
	ListenPacket func(ctx context.Context, network, address string) (net.PacketConn, error)
	// Patience is how long a silent peer is waited for, without the round trip;
	// 0 is the constant [Patience].
	Patience time.Duration
	// Industrial: the user asked for industrial protocols by name.
	Industrial bool
	// Agent says who asks, where a protocol has a place for it. Printable ASCII.
	Agent string
	// Sent, where it is not nil, is told of every request. It is called from
	// several goroutines.
	Sent func(t Target, question string, data []byte)
}

func (p *Prober) patience() time.Duration {
	if p.Patience > 0 {
		return p.Patience
	}
	return Patience
}

func (p *Prober) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if p.Dial != nil {
		return p.Dial(ctx, network, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

func (p *Prober) pace(ctx context.Context, t Target) error {
	if p.Pace != nil {
		return p.Pace(ctx, t)
	}
	return nil
}

func (p *Prober) listenPacket(ctx context.Context, network, address string) (net.PacketConn, error) {
	if p.ListenPacket != nil {
		return p.ListenPacket(ctx, network, address)
	}
	var l net.ListenConfig
	return l.ListenPacket(ctx, network, address)
}

// nonce is new for every exchange. crypto/rand does not fail.
func nonce() (n protocol.Nonce) {
	_, _ = rand.Read(n[:])
	return n
}
