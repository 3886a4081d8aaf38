package judge

import (
	"fmt"
	"net/netip"
	"strings"
)

// Exposure says who can reach a socket by its own address. Firewalls are not
// considered.
type Exposure uint8

// The exposures, narrowest first.
const (
	Loopback Exposure = iota // this host only
	Link                     // the same link: RFC 3927, RFC 4291 fe80::/10 and ff02::/16, RFC 5771 224.0.0.0/24
	Private                  // RFC 1918, RFC 4193, RFC 6598; groups with a border: RFC 2365, RFC 7346
	Public                   // one global address, or a group that may cross the Internet
	All                      // every address of the host
)

var exposureNames = [...]string{"loopback", "link", "private", "public", "all"}

// String returns loopback, link, private, public or all.
func (e Exposure) String() string { return exposureNames[min(int(e), len(exposureNames)-1)] }

// MarshalText writes the same word as String.
func (e Exposure) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// ParseExposure reads loopback, link, private, public or all. Fuzzed by FuzzJudge.
func ParseExposure(text string) (Exposure, error) {
	for i, n := range exposureNames {
		if strings.EqualFold(text, n) {
			return Exposure(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no exposure: use %s", text, strings.Join(exposureNames[:], ", "))
}

// carrierNAT is shared by a provider's customers: private, but not the user's own.
func carrierNAT() netip.Prefix { return netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10) }

// ExposureOf says who can reach a socket on an address, bound to an interface
// ("" for none). An invalid address counts as every one.
func ExposureOf(a netip.Addr, device string) Exposure {
	a = a.Unmap()
	switch {
	case device == "lo" || a.IsLoopback():
		return Loopback
	case !a.IsValid() || a.IsUnspecified():
		return All
	case a.IsLinkLocalUnicast() || a.IsLinkLocalMulticast() || a.IsInterfaceLocalMulticast():
		return Link
	case a.IsPrivate() || a.Is4() && carrierNAT().Contains(a) || bordered(a):
		return Private
	}
	return Public
}

// bordered reports whether a is a multicast group that stays inside a site or
// an organisation: 239.0.0.0/8 (RFC 2365), and IPv6 scopes below 14 (RFC 7346).
func bordered(a netip.Addr) bool {
	if !a.IsMulticast() {
		return false
	}
	b := a.As16()
	if a.Is4() {
		return b[12] == 239
	}
	return b[1]&0x0f < 14
}

// words says who can reach a socket.
func (e Exposure) words() string {
	return [...]string{"only this host can reach it", "its link can reach it", "its private network can reach it",
		"anyone can reach its address", "every address of this host answers"}[min(e, All)]
}
