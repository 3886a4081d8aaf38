//go:build !linux

package sweep

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/netip"
)

// SYN is Linux's: elsewhere its error is [errors.ErrUnsupported].
func SYN(context.Context, Options, iter.Seq[netip.AddrPort], func(Result)) error {
	return fmt.Errorf("a SYN sweep on this system: %w; the connect sweep runs everywhere", errors.ErrUnsupported)
}
