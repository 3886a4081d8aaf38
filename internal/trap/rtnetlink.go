package trap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/mdlayher/netlink"
)

// The numbers of linux/rtnetlink.h and linux/if_link.h, written here so that the
// readers are tested on every system.
const (
	newLink, delLink   = 16, 17
	newRoute, delRoute = 24, 25

	ifInfo      = 16 // bytes of struct ifinfomsg
	iflaName    = 3
	iflaMaster  = 10
	iflaInfo    = 18
	infoPort    = 4  // IFLA_INFO_SLAVE_KIND
	routeInfo   = 12 // bytes of struct rtmsg
	routeTo     = 1
	routeLocal  = 2 // RTN_LOCAL
	hwEthernet  = 1
	hwLoopback  = 772
	hwRawIP     = 519
	hwPPP       = 512
	hwTunnel    = 768
	hwTunnel6   = 769
	hwSIT       = 776
	hwGRE       = 778
	hwGRE6      = 823
	hwNone      = 65534
	mostIfaName = 16
)

// ethernetHead is how many bytes stand before the IP header on most interfaces.
const ethernetHead = 14

// device is an interface as the kernel describes it.
type device struct {
	index    int
	name     string
	hardware uint16
	port     string // of what it is a port, as "bridge" or "vrf"; "" of nothing
}

// decodeDevice reads an ifinfomsg.
func decodeDevice(b []byte) (device, error) {
	if len(b) < ifInfo {
		return device{}, fmt.Errorf("a link message of %d bytes", len(b))
	}
	d := device{hardware: binary.NativeEndian.Uint16(b[2:]), index: int(int32(binary.NativeEndian.Uint32(b[4:])))}
	ad, err := netlink.NewAttributeDecoder(b[ifInfo:])
	if err != nil {
		return d, err
	}
	for ad.Next() {
		switch ad.Type() {
		case iflaName:
			d.name = text(ad.Bytes())
		case iflaMaster:
			d.port = orText(d.port, "something")
		case iflaInfo:
			ad.Nested(func(in *netlink.AttributeDecoder) error {
				for in.Next() {
					if in.Type() == infoPort {
						d.port = text(in.Bytes())
					}
				}
				return nil
			})
		}
	}
	if err := ad.Err(); err != nil {
		return d, err
	}
	if d.index <= 0 || d.name == "" || len(d.name) > mostIfaName {
		return d, fmt.Errorf("a link without index or name")
	}
	return d, nil
}

func text(b []byte) string { return string(bytes.TrimRight(b, "\x00")) }

func orText(s, usual string) string {
	if s != "" {
		return s
	}
	return usual
}

// head says how many bytes stand before the IP header of what comes in; false
// where this is not known, with why.
func (d *device) head() (bytes int, why string) {
	switch {
	case d.port != "" && d.port != "vrf":
		return 0, "a port of a " + d.port + ", which sees its packets itself"
	case d.hardware == hwEthernet || d.hardware == hwLoopback:
		return ethernetHead, ""
	}
	switch d.hardware {
	case hwRawIP, hwPPP, hwTunnel, hwTunnel6, hwSIT, hwGRE, hwGRE6, hwNone:
		return 0, ""
	}
	return 0, fmt.Sprintf("its hardware type %d is not known here", d.hardware)
}

// decodeLocal reads an rtmsg and returns its destination if that is this host.
func decodeLocal(b []byte) (netip.Prefix, bool) {
	if len(b) < routeInfo || b[7] != routeLocal {
		return netip.Prefix{}, false
	}
	ad, err := netlink.NewAttributeDecoder(b[routeInfo:])
	if err != nil {
		return netip.Prefix{}, false
	}
	for ad.Next() {
		if ad.Type() != routeTo {
			continue
		}
		if a, ok := netip.AddrFromSlice(ad.Bytes()); ok {
			p := netip.PrefixFrom(a, int(b[1]))
			return p, p.IsValid()
		}
	}
	return netip.Prefix{}, false
}
