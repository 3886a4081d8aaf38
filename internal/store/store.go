// Package store is the contract of what keeps visits: who knocked, when, on
// which ports, and the whole document of it.
//
// A [Store] is made of rows that mean the same in every engine: whole numbers,
// milliseconds since 1970, addresses of 16 bytes, short words, bytes. package
// storetest has the tests that each engine must pass. [Writer] stands between
// those who see visits and a store that may be slow, full or locked: it never
// makes them wait, and counts what it could not keep.
//
// What you may not assume: a store keeps the newest revision of a visit alone,
// and [Store.Visits] sees what was put before it began.
package store

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/portolan/portolan"
)

// Visit is one row: what is asked for by, and the document that says all.
type Visit struct {
	ID       string // unique; sorts by the time of its first packet
	Revision uint32 // a higher one replaces a lower one
	First    time.Time
	Last     time.Time // both in milliseconds
	Source   netip.Addr
	Kind     string // "scan"
	Origin   string // "local", "own" or "outside"
	Severity string
	Ports    []Ports
	Document []byte // JSON, portolan.visit/v1
}

// Ports are neighbouring ports of one transport.
type Ports struct {
	Transport   portolan.Transport
	First, Last uint16
}

// Filter says which visits are wanted. Its zero value wants all.
type Filter struct {
	Since, Until time.Time // by the last packet; until is not included
	Source       netip.Prefix
	Port         *portolan.Key
	Kind         string
	// Most bounds how many are given, the newest first; 0 is all.
	Most int
}

// Errors that callers tell apart.
var (
	// ErrFull: the disk, or what the store may take of it, is full.
	ErrFull = errors.New("the store is full")
	// ErrBusy: another process holds the store for longer than is waited for.
	ErrBusy = errors.New("the store is locked by another process")
	// ErrForeign: the file is no store, or a newer program's.
	ErrForeign = errors.New("not a store of portolan's, or a newer one's")
)

// Store keeps visits. Its methods may be called by several goroutines.
type Store interface {
	// Put keeps visits, all or none. A revision that is not higher than the one
	// that is held changes nothing. It returns when they are safe on disk.
	Put(ctx context.Context, visits []Visit) error
	// Visits hands over what a filter wants, newest first by the last packet, then
	// by ID, until f fails.
	Visits(ctx context.Context, want Filter, f func(Visit) error) error
	// Prune removes visits that ended before a time, and then the oldest until the
	// store takes at most size bytes; 0 is no limit. It returns how many went.
	Prune(ctx context.Context, before time.Time, size int64) (int, error)
	// Size is what the store takes on disk, in bytes.
	Size(ctx context.Context) (int64, error)
	Close() error
}
