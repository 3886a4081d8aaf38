// Package trap stands behind every port of this host that nothing real uses: it
// hears what comes in for them, and takes the TCP connections, so that somebody
// can listen to their first words.
//
// # Terms
//
// A packet finds a socket or none: one that is established, waits, opens or
// listens. What finds none is an [Event]: a SYN, a segment with odd flags, a
// datagram, an ICMP error about something that nobody here sent. A SYN of which
// there is an event leaves a witness, and only where the kernel looks for a
// listener of those very addresses and ports and there is a witness, the
// connection is steered to the trap: it is answered. Without a witness nothing
// is done, so what goes wrong here refuses a stranger and never a client.
//
// A [Mode] is a way to do this. [BPF] hears everything and answers; [Nftables]
// answers by TPROXY and hears by a packet socket; [Packets] only hears;
// [Listeners] needs no privilege, and takes the ports that it is given.
//
// # Use
//
//	t, err := trap.Open(ctx, trap.Options{Answer: true})
//	...
//	go t.Serve(func(c net.Conn) { ... }) // c.LocalAddr is where the peer meant to go
//	for t.Read(&event) == nil { ... }
//
// [Doctor] says which modes this host allows, by trying them. After Open,
// [DropPrivileges] gives up every capability of the process.
//
// # What you may not assume
//
// The trap is of the network namespace in which Open is called, and the process
// must stay in it. Nothing outlives the process: whatever Open made is held by
// file descriptors.
//
// A TCP packet that only goes on with one that was an event is none: the RST of a
// half-open scan, what is sent after our own reset, a retransmission. A SYN always
// is one.
//
// UDP is heard and never answered. Every event is counted: what was seen is what
// was emitted, lost in the ring and limited, exactly. A packet that a firewall
// drops after the trap has seen it, or that goes on to another host because its
// destination is translated, is an event with a witness that nobody comes for:
// [Trap.Steered] tells. SCTP, DCCP and UDP-Lite are not watched.
//
// A service that starts on a port without SO_REUSEADDR while a stranger's
// connection to that port is held gets EADDRINUSE, as it would from any
// connection of its own: [Hold] bounds for how long.
package trap
