package sweep

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

var (
	near4 = netip.MustParseAddrPort("192.0.2.1:40000")
	far4  = netip.MustParseAddrPort("198.51.100.7:443")
	near6 = netip.MustParseAddrPort("[2001:db8::1]:40000")
	far6  = netip.MustParseAddrPort("[2001:db8:1::7]:443")
)

// A checksum over a segment with its own checksum in it is zero.
func TestASYNHasItsChecksum(t *testing.T) {
	for _, c := range [][2]netip.AddrPort{{near4, far4}, {near6, far6}} {
		b := appendSYN([]byte{1, 2, 3}, c[0], c[1], 0xdeadbeef)[3:]
		if len(b) != synLength || checksum(c[0].Addr(), c[1].Addr(), b) != 0 {
			t.Errorf("%s: %x", c[1], b)
		}
		s, ok := parseSegment(b)
		if !ok || s.from != 40000 || s.to != 443 || s.flags != flagSYN || binary.BigEndian.Uint32(b[4:]) != 0xdeadbeef {
			t.Errorf("%s: %+v %v", c[1], s, ok)
		}
		if state, _, ok := s.state(); ok {
			t.Errorf("our own SYN answers: %s", state)
		}
	}
}

func TestChecksumOfRFC1071(t *testing.T) {
	// The words of RFC 1071, section 3, summed by hand: 0001 + f203 + f4f5 + f6f7
	// = 2ddf0, folded ddf2; with the pseudo header of 0.0.0.0 to 0.0.0.0, TCP and
	// 8 bytes: ddf2 + 6 + 8 = de00, whose complement is 21ff.
	zero := netip.IPv4Unspecified()
	if got := checksum(zero, zero, []byte{0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7}); got != 0x21ff {
		t.Errorf("got %04x", got)
	}
}

func TestCookiesDiffer(t *testing.T) {
	a, err := newCookies([16]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := newCookies([16]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint32]bool{}
	for _, from := range []netip.AddrPort{near4, near6} {
		for port := range uint16(1000) {
			to := netip.AddrPortFrom(far4.Addr(), port)
			cookie := a.of(from, to)
			if again := a.of(from, to); again != cookie {
				t.Fatal("a cookie is not the same twice")
			}
			seen[cookie], seen[b.of(from, to)] = true, true
		}
	}
	if len(seen) < 3990 { // of 4,000; a pair in common has a chance of 1 in 500
		t.Errorf("%d cookies", len(seen))
	}
}

func TestSegmentStates(t *testing.T) {
	for _, c := range []struct {
		flags byte
		want  State
	}{
		{flagSYN | flagACK, Open}, {flagRST | flagACK, Closed}, {flagRST, ""}, {flagSYN, ""}, {flagACK, ""}, {0, ""},
		{flagSYN | flagACK | flagRST, Closed},
	} {
		if got, _, ok := (segment{flags: c.flags}).state(); got != c.want || ok != (c.want != "") {
			t.Errorf("flags %x: %s %v", c.flags, got, ok)
		}
	}
}

// icmp4 and icmp6 are messages that quote a SYN from near to far.
func icmp4(kind, code byte, protocol byte) []byte {
	b := []byte{kind, code, 0, 0, 0, 0, 0, 0, 0x45, 0, 0, 44, 0, 0, 0x40, 0, 63, protocol, 0, 0}
	a, to := near4.Addr().As4(), far4.Addr().As4()
	b = append(append(b, a[:]...), to[:]...)
	return append(b, appendSYN(nil, near4, far4, 77)[:8]...)
}

func icmp6(kind, code byte) []byte {
	b := []byte{kind, code, 0, 0, 0, 0, 0, 0, 0x60, 0, 0, 0, 0, 24, protocolTCP, 63}
	a, to := near6.Addr().As16(), far6.Addr().As16()
	b = append(append(b, a[:]...), to[:]...)
	return append(b, appendSYN(nil, near6, far6, 77)...)
}

func TestParseICMP(t *testing.T) {
	for _, c := range []struct {
		b      []byte
		six    bool
		reason string // "" where it is no answer
	}{
		{icmp4(3, 1, protocolTCP), false, "icmp host-unreachable"},
		{icmp4(3, 13, protocolTCP), false, "icmp admin-prohibited"},
		{icmp4(3, 200, protocolTCP), false, "icmp unreachable"},
		{icmp4(11, 0, protocolTCP), false, "icmp time-exceeded"},
		{icmp4(3, 4, protocolTCP), false, ""},
		{icmp4(0, 0, protocolTCP), false, ""},
		{icmp4(3, 1, 17), false, ""},
		{icmp4(3, 1, protocolTCP)[:35], false, ""},
		{icmp6(1, 1), true, "icmp admin-prohibited"},
		{icmp6(1, 99), true, "icmp unreachable"},
		{icmp6(3, 0), true, "icmp time-exceeded"},
		{icmp6(2, 0), true, ""},
		{icmp6(1, 1)[:50], true, ""},
	} {
		parse, from, to := parseICMP4, near4, far4
		if c.six {
			parse, from, to = parseICMP6, near6, far6
		}
		u, ok := parse(c.b)
		if ok != (c.reason != "") || ok && u != (unreachable{from, to, 77, c.reason}) {
			t.Errorf("%x: %+v %v, want %q", c.b, u, ok, c.reason)
		}
	}
}

// A quoted fragment that is not the first has no TCP header.
func TestALaterFragmentIsNoSegment(t *testing.T) {
	b := icmp4(3, 1, protocolTCP)
	b[8+7] = 1
	if u, ok := parseICMP4(b); ok {
		t.Errorf("got %+v", u)
	}
}

func FuzzParseSegment(f *testing.F) {
	f.Add(appendSYN(nil, near4, far4, 1))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, ok := parseSegment(b); ok && (len(b) < 20 || s.flags != b[13]) {
			t.Errorf("%x is no segment", b)
		}
	})
}

func FuzzParseICMP4(f *testing.F) {
	f.Add(icmp4(3, 1, protocolTCP))
	f.Fuzz(func(t *testing.T, b []byte) {
		if u, ok := parseICMP4(b); ok && (u.reason == "" || !u.to.Addr().Is4()) {
			t.Errorf("%x: %+v", b, u)
		}
	})
}

func FuzzParseICMP6(f *testing.F) {
	f.Add(icmp6(1, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		if u, ok := parseICMP6(b); ok && (u.reason == "" || !u.to.Addr().Is6()) {
			t.Errorf("%x: %+v", b, u)
		}
	})
}
