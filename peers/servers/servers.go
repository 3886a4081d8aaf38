package servers

import (
	"fmt"
	"strings"
	"time"
)

// Server is a program and how it is started.
type Server struct {
	Name string
	// Packages are Debian's, all of them needed; the first one's version is the
	// server's. A control needs none.
	Packages []string
	// Root: it refuses to run as another user.
	Root bool
	// Spare names ports that it needs besides those of its endpoints.
	Spare []string
	// Patience is how long it may take to answer; 0 is [usual].
	Patience  time.Duration
	Endpoints []Endpoint
	// Recipe starts it. Errors stay in the ground, which does nothing after one.
	Recipe func(*Ground)
}

// usual is how long a server may take to answer on all its ports.
const usual = 20 * time.Second

// Endpoint is one port of a server, with what a stranger can be told there.
type Endpoint struct {
	Name string // unique in [All]: "redis-tls"
	// Port is the word that stands for the number in the recipe; "" is "port".
	// Endpoints with the same word share the number.
	Port      string
	Transport string // "tcp", "udp"; "" is tcp
	TLS       bool   // from the first byte on; not what is begun later (STARTTLS)
	Protocol  string // "" for a control
	// Product is as the server writes it on the wire, "" where it does not.
	Product string
	// Shows gives the version that the wire shows from the package's; nil where
	// the wire shows none.
	Shows func(packaged string) string
	// Ask is sent, "" where the server speaks first, and Says is in the answer
	// once the server is ready. Both are empty for a control.
	Ask, Says string
}

// packaged is a version without the epoch: 1:9.2p1-2+deb12u10 is 9.2p1-2+deb12u10.
func packaged(v string) string { return v[strings.IndexByte(v, ':')+1:] }

// source is one without Debian's own part: 1.1.20+ds-1 is 1.1.20+ds.
func source(v string) string {
	v = packaged(v)
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		v = v[:i]
	}
	return v
}

// upstream is what the authors call it: 9.2p1, 1.1.20.
func upstream(v string) string {
	v = source(v)
	if i := strings.IndexByte(v, '+'); i >= 0 {
		v = v[:i]
	}
	return v
}

// with adds what a build adds.
func with(f func(string) string, more string) func(string) string {
	return func(v string) string { return f(v) + more }
}

// Shown is the version that the wire shows of a package's version; "" for none.
func (e Endpoint) Shown(version string) string {
	if e.Shows == nil || version == "" {
		return ""
	}
	return e.Shows(version)
}

func (e Endpoint) network() string {
	if e.Transport == "" {
		return "tcp"
	}
	return e.Transport
}

func (e Endpoint) port() string {
	if e.Port == "" {
		return "port"
	}
	return e.Port
}

// Named returns a server of the table; nil where it has none of that name.
func Named(name string) *Server {
	for i := range All {
		if All[i].Name == name {
			return &All[i]
		}
	}
	return nil
}

// NotInstalledError says which package a server lacks here.
type NotInstalledError struct{ Server, Package string }

func (e *NotInstalledError) Error() string {
	return fmt.Sprintf("%s: the Debian package %s is not installed", e.Server, e.Package)
}

// NeedsRootError says that a server cannot be started by this user.
type NeedsRootError struct{ Server string }

func (e *NeedsRootError) Error() string { return e.Server + ": runs as root only" }
