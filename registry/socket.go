package registry

import "github.com/portolan/portolan"

// Before TCP, a service of the ARPANET was reached at a socket number of the
// NCP. RFC 758 of August 1979 and its successors up to RFC 790 have one list
// for TCP's ports and for those sockets, and so hand the numbers over.

// Sockets returns what the ARPANET's socket of a number was assigned for,
// oldest first. It is no word on the port of that number by itself: see
// [TookOver].
func Sockets(number uint16) []Tenure {
	return Lives(portolan.Key{Port: number, Transport: portolan.NCP})
}

// TookOver returns the first row that gives a number to a service as TCP's
// port and as the ARPANET's socket at once, and so shows the port to be the
// socket's heir. ok is false where no source does.
func TookOver(number uint16) (a Assignment, ok bool) {
	const both = 1<<portolan.NCP | 1<<portolan.TCP
	first := rows()
	for r := range cellOf(number).rows() {
		if r.mask()&both == both && Status(r.status()) == Assigned && (!ok || r.firstSource() < first) {
			a, ok, first = assignment(r), true, r.firstSource()
		}
	}
	return a, ok
}
