package probe

import (
	"time"

	"github.com/portolan/portolan/internal/protocol"
)

// State is what became of the attempt to reach a port.
type State string

// The states.
const (
	Open     State = "open"      // a connection was made, or a datagram answered
	Closed   State = "closed"    // refused
	Filtered State = "filtered"  // no answer to the attempt, or an unreachable one
	NoAnswer State = "no-answer" // UDP: nothing came back; open and closed look alike
	Failed   State = "error"     // the attempt failed on this side
)

// Conduct says how an open port behaved, where it did not simply speak a
// protocol that is known.
type Conduct string

// The conducts.
const (
	Spoke        Conduct = "spoke"          // a protocol that is known
	Silent       Conduct = "silent"         // accepts, and said nothing to any question
	ClosesAtOnce Conduct = "closes at once" // accepts, and closes before anything is asked, twice
	Hangs        Conduct = "hangs up"       // says nothing, and closes when it is asked
	Unrecognised Conduct = "not recognised" // speaks, and nothing of it is known
	Tarpit       Conduct = "tarpit"         // sends without end or a byte at a time
	ManyTongues  Conduct = "many protocols" // what it says belongs to protocols that exclude each other
	NotAsked     Conduct = "not asked"      // accepts; nothing may be sent there
)

// Ending says why an exchange ended.
type Ending string

// The endings.
const (
	Answered  Ending = "answered"  // known, or quiet after an answer
	TimedOut  Ending = "time-out"  // nothing, or no more, in time
	PeerEnded Ending = "closed"    // the peer closed
	Reset     Ending = "reset"     // the peer reset the connection
	Full      Ending = "full"      // more than is kept
	Trickled  Ending = "trickled"  // still sending, slowly, when time was up
	Broken    Ending = "broken"    // the TLS inside failed
	Cancelled Ending = "cancelled" // another exchange had found the answer
)

// Exchange is one thing that was asked and what came back.
type Exchange struct {
	Question string // "" where the peer was only listened to
	Sent     []byte
	Received []byte // at most protocol.MostKept
	Cut      bool   // more came than is kept
	InTLS    bool
	Ending   Ending
	Took     time.Duration
	matches  []protocol.Match
	said     protocol.Said
}

// Report is what is known of a target after it was asked.
type Report struct {
	Target  Target
	State   State
	Reason  string // "syn-ack", "reset", "time-out", or the system's error
	Conduct Conduct
	// Match is what was spoken; nil where nothing is known. One of strength Hint is
	// a guess that names nothing: the conduct says so.
	Match *protocol.Match
	// Also names protocols that were spoken besides, by the same port.
	Also []string
	// Confirmed: a second connection gave the same protocol.
	Confirmed bool
	// TLS is nil where the port does not speak it, or was known without it.
	TLS *TLS
	// InTLS: the match was spoken inside TLS.
	InTLS bool
	// Evidence is the exchange that the match rests on; without a match, the one
	// that says most. nil where there was none.
	Evidence    *Exchange
	Connections int
	BytesSent   int
	BytesRead   int
	Took        time.Duration
}

// named reports whether a protocol is known for certain enough to stop.
func (r *Report) named() bool { return r.Match != nil && r.Match.Strength >= protocol.Likely }
