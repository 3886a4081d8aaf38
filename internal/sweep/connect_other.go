//go:build !linux

package sweep

import (
	"context"
	"iter"
	"net/netip"
)

func quick(Options) bool { return false }

func connectQuick(context.Context, Options, iter.Seq[netip.AddrPort], func(Result)) error { return nil }
