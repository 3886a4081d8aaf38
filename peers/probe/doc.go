// Package probe holds what the probe says against real servers: each of those of
// package servers is asked on a port that is not its own, and must be known by
// what it says, as the protocol, product and version that are on the wire.
package probe
