// Package sink hands alerts to others: lines of JSON to a file, syslog (RFC
// 5424), and a webhook that is signed and kept on disk until it was taken.
//
// A [Sink] sends one [Message] and says whether that worked. A [Queue] stands
// before a sink: it is bounded, tries again with growing pauses, never makes the
// sender wait, and counts what it could not hand over.
//
// What you may not assume: an order between sinks; that a message which was sent
// over UDP arrived; that a webhook is called only once for a message (it is
// repeated where the answer was lost: receivers know it by its ID).
package sink

import (
	"context"
	"errors"
	"time"
)

// Severity is that of RFC 5424, section 6.2.1.
type Severity int

// The severities that are used here.
const (
	Alert   Severity = 1
	Warning Severity = 4
	Notice  Severity = 5
	Info    Severity = 6
)

// Message is one alert.
type Message struct {
	ID       string // the same when it is sent again
	At       time.Time
	Severity Severity
	// Summary is one line for people: printable, without anything from outside that
	// is not escaped.
	Summary string
	// Document is one JSON value on one line.
	Document []byte
}

// Sink hands a message over.
type Sink interface {
	// Send returns when the message was taken. An error that is [ErrRefused] will
	// not become better by trying again.
	Send(ctx context.Context, m Message) error
	Close() error
}

// ErrRefused is the error of a message that the other side will never take.
var ErrRefused = errors.New("refused")
