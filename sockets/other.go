//go:build !linux

package sockets

import (
	"context"
	"runtime"
)

func list(context.Context, Options) (*Table, error) { return nil, supported("listing sockets") }

// supported returns an error on every system but Linux.
func supported(what string) error { return &UnsupportedError{what, runtime.GOOS} }
