// Package judge joins what a port is assigned for with what is really on it:
// assigned × observed → [Verdict], with a [Severity] and the reasons. It is
// pure: facts come in as values, and nothing is read or opened.
//
// # Terms
//
// An [Observation] is a socket with the processes that hold it, or a
// connection that goes out. An [Identity] is what a program turned out to be,
// from the table in programs.tsv, and how strong that is. A [Reason] is one
// thing that speaks for the verdict, with what it rests on. A [Policy] is the
// user's own chart.
//
// # Verdicts of a listener, first match first
//
//	declared       the policy declares the port, and what is there matches
//	as-assigned    the program is one that speaks a service assigned to the port
//	alternative    the program's own default port, whoever the registry gives it to
//	ephemeral      a datagram socket in this host's ephemeral range: a client's
//	ghost-squatter the port is a ghost, and this is not its service
//	foreign        a known program on a port assigned to another service
//	unknown        assigned and alive, and the program is not known: no guess
//	reserved       the registry keeps the port from being assigned
//	ephemeral      a listener in the dynamic range, or the host's ephemeral range
//	unassigned     nobody was given the port
//
// A program counts as known by its row of the table, unless its file lies where
// anyone may write or it goes by a name that is not its own. An interpreter, a
// relay and a container's proxy stand for no service: the finding says what they
// run or where they lead. A client's datagram socket outside the system range
// is ephemeral too where the table says that the program is one.
//
// # Severity
//
// ok, notice, warning, alert: what an operator should do about it, never a
// claim that something is safe.
//
//	as-assigned, alternative, declared   ok
//	ephemeral                            ok
//	unknown                              notice
//	foreign                              notice; on a system port that others reach, warning
//	ghost-squatter                       warning; on a system port, alert
//	reserved, unassigned                 notice; on a system port warning, and alert
//	                                     where others reach a program that is not known
//
// A ghost is a step milder, for each of these, where the program is known by its
// file, another transport of the port is in use, only this host can reach it, or
// the kernel gives out ports of that range. A name that a process gives itself,
// or an argument, makes nothing milder. What is worth a word stays a notice at
// the least.
//
// Each further reason can only raise it:
//
//	exposed              a sensitive program: notice on a link or private network, warning beyond
//	exe-deleted          warning
//	exe-world-writable   alert; warning where only this host can reach it
//	masquerade           warning; alert with one of the two above
//	no-owner             warning
//	relay                warning; notice where only this host can reach it
//	unprivileged-holder  notice, where the verdict is neither as-assigned nor declared
//	in-ephemeral-range   notice
//	policy-program, policy-user, policy-exposure   warning
//
// A connection that goes out is judged by its remote port. A ghost, and a
// reserved or unassigned system port, is a warning; a notice where the port lies
// above the system range, on another transport is in use, or only this host is
// meant. All else is ordinary, and so is a ghost above the system range
// that a program of the table has as its default.
//
// # What you may not assume
//
// A likely identity rests on a file's name. Exposure goes by the address alone:
// firewalls are not looked at. Texts hold bytes from outside: escape them before
// a terminal sees them. Commands in Next quote them for a shell.
package judge
