// Package sweep finds which TCP ports of hosts take connections.
//
// [Connect] makes a connection to every target and closes it at once. It needs
// no privilege, runs on every system, and keeps a window of attempts open
// whose size follows what comes back. [SYN] sends raw packets instead, as root
// on Linux: an answer counts only with the number in it that this sweep alone
// can know. [Order] puts targets in an order that looks random and needs no memory.
//
// What you may not assume: an open port is one that completed the handshake; a
// filtered one may be open to others. Nothing is sent on a connection.
package sweep
