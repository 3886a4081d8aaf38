package main

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// understandsSGR switches a console to escape sequences, and reports whether it
// let itself be switched.
func understandsSGR(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	if windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// readerLeft reports whether a write failed because nobody reads any more.
func readerLeft(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA)
}
