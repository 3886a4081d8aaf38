package visit

import (
	"net/netip"
	"slices"
)

// mostAddresses: a /24.
const mostAddresses = 256

// addresses are the own addresses that a visit touched.
type addresses struct {
	all  []netip.Addr // sorted
	more bool
}

func (a *addresses) add(addr netip.Addr) bool {
	i, found := slices.BinarySearchFunc(a.all, addr, netip.Addr.Compare)
	if found || !addr.IsValid() {
		return false
	}
	if len(a.all) == mostAddresses {
		was := a.more
		a.more = true
		return !was
	}
	a.all = slices.Insert(a.all, i, addr)
	return true
}

func (a *addresses) size() int { return 24 * cap(a.all) }
