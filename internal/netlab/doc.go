// Package netlab is for tests only: it makes network namespaces, starts copies
// of the test binary inside them, and speaks as a small peer on loopback.
//
// # Terms
//
// A [Space] is a network namespace that lives as long as the test. A [Role] is
// what a copy of the test binary does in place of the tests; a [Child] is such a
// copy, running. It speaks to the test in JSON values on descriptor 3, and ends
// when the test lets go of its standard input: when the test is over, is killed,
// or calls [Child.Stop].
//
// # Use
//
// TestMain calls [Main] with the roles of its package:
//
//	func TestMain(m *testing.M) {
//		os.Exit(netlab.Main(m, map[string]netlab.Role{"listen": listen}))
//	}
//
// and a test calls [NS], [Start], [Space.Output] and [Peer].
//
// # What you may not assume
//
// Namespaces are Linux's and need CAP_SYS_ADMIN: [NS] skips the test, with the
// reason, where there are none. A namespace has its loopback up and nothing
// else, so nothing sent inside leaves it. Only processes that were started here
// are ended, by their pid.
package netlab
