// Package servers starts real servers from Debian's packages, each on a loopback
// port that is not its own, and stops them: for the tests that hold what the
// probe says against what runs, and for the bench that compares it with others.
//
// # Terms
//
// A [Server] is a program with a recipe that starts it. An [Endpoint] is one port
// of it with what a stranger is told there: protocol, product, version. The
// [Ground] is the folder, the ports and the certificate of one started server,
// its own and gone with it. A control is a listener that speaks no protocol.
//
// # Use
//
//	r, err := servers.Named("redis").Start(ctx)
//	if errors.As(err, new(*servers.NotInstalledError)) { skip and say so }
//	defer r.Stop()
//	r.Up[1].Addr, r.Up[1].TLS, r.Up[1].Version
//
// [StartAll] starts many. [All] is the table. The file packages lists what must
// be installed for all of it, one Debian package a line; a test holds it to the
// table.
//
// # What you may not assume
//
// Servers listen on 127.0.0.1 only, as nobody where they allow it, and change
// nothing outside their ground; those with Root need root, or are skipped. The
// packages must not have started services of their own: install them behind a
// policy-rc.d that says 101. A recipe is for Debian 12: another release may have
// other paths. Linux only. Some servers need CAP_SYS_ADMIN too, for a namespace
// that keeps what they would leave behind.
package servers
