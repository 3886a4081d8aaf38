// Package sockets tells who holds a port on this machine: every TCP, UDP,
// SCTP, DCCP and raw socket with the processes that hold it. It does not know
// what a port is for.
//
// # Terms
//
// A [Socket] is one socket of the kernel; one that several processes share
// stands once and has several owners. An owner is a [Process] with a file
// descriptor of it. A [Table] is one look at the machine with its [Visibility]:
// what could not be seen, and why.
//
// # Use
//
// [List] takes one look. [EphemeralRange], [ReservedPorts] and
// [UnprivilegedStart] read what the kernel says of its ports.
//
// # What you may not assume
//
// The look is not one instant: sockets and the descriptors of processes are read
// side by side. With the right to see all, sockets that are left without an owner
// are looked for again, and those that have gone meanwhile are dropped; without
// it a socket that was just made may be among the hidden. Owners are empty
// without the right to see other users' processes (CAP_SYS_PTRACE); Visibility
// says how many are hidden. A socket that no process owns although all can be
// seen is the kernel's own, or a hidden process's, or on its way from one process
// to another. Program names, command lines and paths come from the processes and
// may hold any byte. Today Linux only: elsewhere List returns an error that wraps
// [errors.ErrUnsupported].
package sockets
