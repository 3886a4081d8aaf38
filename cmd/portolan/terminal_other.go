//go:build !windows

package main

import (
	"errors"
	"os"
	"syscall"
)

// understandsSGR: every terminal outside Windows does, or says TERM=dumb.
func understandsSGR(*os.File) bool { return true }

// readerLeft reports whether a write failed because nobody reads any more.
func readerLeft(err error) bool { return errors.Is(err, syscall.EPIPE) }
