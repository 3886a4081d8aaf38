package main

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"golang.org/x/term"

	"github.com/portolan/portolan/sockets"
)

// env is the one door to the world: what a command sees of it, it sees through
// here, and a test may put something else behind it.
type env struct {
	Args           []string // without the program's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	// OutTerminal and ErrTerminal say whether a person watches the stream.
	OutTerminal, ErrTerminal bool
	// Size is the terminal's in cells, asked for when something is printed.
	Size func() (width, height int)
	Now  func() time.Time
	// Root is the file system's root, "/" but for captured trees.
	Root string
	// ReadFile reads what the user names, and the policy.
	ReadFile func(string) ([]byte, error)
	// Open opens a file that the user names, to be read piece by piece.
	Open func(string) (io.ReadCloser, error)
	// Build is what the linker recorded of the program.
	Build func() (*debug.BuildInfo, bool)
	// Dial makes connections, for what the user asked to be asked; nil is the system.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Resolve finds the addresses of a name that the user typed.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	// Addresses are this host's own.
	Addresses func() []netip.Addr
	// Networks are those of this host's interfaces.
	Networks func() []netip.Prefix
	// Create makes a file that the user named, or opens it to write on behind its end.
	Create func(name string, more bool) (io.WriteCloser, error)
	// Sockets looks at this host.
	Sockets func(context.Context, sockets.Options) (*sockets.Table, error)
}

func systemEnv() *env {
	out := int(os.Stdout.Fd())
	e := &env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
		OutTerminal: term.IsTerminal(out) && understandsSGR(os.Stdout), ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Now: time.Now, Root: "/", Build: debug.ReadBuildInfo, Sockets: sockets.List, ReadFile: os.ReadFile,
		Addresses: ownAddresses, Networks: ownNetworks, Create: createFile, Open: openFile,
		Resolve: func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		},
	}
	e.Size = func() (int, int) { return terminalSize(out, e.Getenv) }
	return e
}

// terminalSize asks the terminal, then COLUMNS and LINES, then assumes the size
// of the terminals that all others imitate.
func terminalSize(fd int, getenv func(string) string) (width, height int) {
	if w, h, err := term.GetSize(fd); err == nil && w > 0 && h > 0 {
		return w, h
	}
	width, height = 80, 24
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	}
	if n, err := strconv.Atoi(getenv("LINES")); err == nil && n > 0 {
		height = n
	}
	return width, height
}

// ownAddresses are the addresses of this host's interfaces; none where the
// system does not say.
func ownAddresses() []netip.Addr {
	all, _ := net.InterfaceAddrs()
	var own []netip.Addr
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr().Unmap())
		}
	}
	return own
}

// createFile makes a file of the user's, readable by its owner alone: it holds
// what was found on a network.
func createFile(name string, more bool) (io.WriteCloser, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if more {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	}
	return os.OpenFile(name, flags, 0o600)
}

func openFile(name string) (io.ReadCloser, error) { return os.Open(name) }

// ownNetworks are the networks of this host's interfaces.
func ownNetworks() []netip.Prefix {
	all, _ := net.InterfaceAddrs()
	var own []netip.Prefix
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, netip.PrefixFrom(p.Addr().Unmap(), p.Bits()).Masked())
		}
	}
	return own
}
