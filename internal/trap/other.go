//go:build !linux

package trap

import (
	"context"
	"errors"
	"fmt"
	"runtime"
)

func open(context.Context, Options) (*Trap, error) { return nil, elsewhere() }

func elsewhere() error {
	return fmt.Errorf("standing behind ports on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// DropPrivileges is Linux's.
func DropPrivileges() error { return elsewhere() }

func doctor(context.Context, Options) []Check {
	return []Check{{Mode: BPF, What: "Linux", Why: elsewhere().Error(), Next: "run it on Linux"}}
}
