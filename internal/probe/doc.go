// Package probe asks a port what is really spoken there.
//
// A [Prober] connects to a [Target] that its caller was allowed to ask, listens,
// asks the questions of package protocol in the order that names most servers
// with the fewest connections, and returns a [Report]: what the peer speaks, what it
// said, and how it behaves where it says nothing that is known.
//
// The order over TCP: wait for a greeting; a plain GET on the same connection; TLS
// with ALPN on a new one and the same inside it; the questions of the protocols
// that the port is registered for; then those of all others, each on its own
// connection. Every recogniser sees every answer, since an error to the wrong
// question names many servers. Over UDP only requests that are true to their protocol are sent.
//
// A probe never logs in, never guesses, and sends nothing that changes state.
// Printer ports get no byte ([NeverSent]); industrial ones only on request.
//
// What you may not assume: that a peer tells the truth. What it says is asked for
// twice before it counts against it, and what it sends is bounded in time, bytes
// and connections, none of which it can extend. All of it is hostile text.
package probe
