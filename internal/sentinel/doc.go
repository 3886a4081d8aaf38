// Package sentinel hears what is said on ports that nobody uses.
//
// [Listener.Hear] listens to one connection: it says nothing, reads the first
// words as far as they come within a bounded time, and hands them over. Where it
// is allowed to greet, it offers a peer that waits the greeting of the protocol
// that the registry says is spoken on the port, as long as it has one that
// promises nothing: never a shell, never a login that succeeds, never a proxy.
//
// What you may not assume: the words are a stranger's bytes, at most
// [Listener.Most] of them.
package sentinel
