// Package packet reads what a watcher captured, from the IP header on.
//
// [Decode] takes IPv4 with options, IPv6 with extension headers, fragments, TCP
// with options, UDP, the ports of SCTP and DCCP, and ICMP errors with the packet
// that they quote. It returns one [Packet], a plain value: nothing is
// allocated, and slices point into what was handed in.
//
// What you may not assume: that a packet is whole. A capture ends where its
// buffer did and a sender may stop anywhere; [Packet.Known] says how far the
// fields can be trusted. Checksums are not looked at, since network cards fill
// them in behind the watcher. Every field is a stranger's word, the source
// address too.
package packet
