package packet

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portolan/portolan"
)

// captured returns the packets of a file of testdata: a line that says where
// they are from, then one packet a line.
func captured(t testing.TB, name string) [][]byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		b, err := hex.DecodeString(line)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

func decoded(t testing.TB, b []byte) Packet {
	t.Helper()
	p, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRealPackets(t *testing.T) {
	for _, c := range []struct {
		file  string
		flags Flags
		known Known
		good  func(p Packet) bool
	}{
		{"nmap-sS", SYN, Whole, func(p Packet) bool { return p.Window == 1024 && p.MSS == 1460 && p.Has == HasMSS && p.HeaderSize == 24 }},
		{"nmap-sF", FIN, Whole, func(p Packet) bool { return p.Has == 0 }},
		{"nmap-sN", 0, Whole, func(p Packet) bool { return p.Window == 1024 }},
		{"nmap-sX", FIN | PSH | URG, Whole, nil},
		{"nmap-sM", FIN | ACK, Whole, nil},
		{"nmap-sA", ACK, Whole, nil},
		{"nmap-6", SYN, Whole, func(p Packet) bool { return p.TTL == 255 && p.MSS == 1460 && !p.Is4() }},
		{"masscan", SYN, Whole, func(p Packet) bool { return p.TTL == 255 && len(p.Options) == 0 }},
		{"zmap", SYN, Whole, func(p Packet) bool { return p.ID == 54321 && p.Window == 65535 }},
		{"linux-syn", SYN, Whole, func(p Packet) bool {
			return p.DF && p.MSS == 1460 && p.WindowScale == 10 && p.Timestamp != 0 && p.Echo == 0 && p.Has == HasMSS|HasWindowScale|HasTimestamp|HasSACKPermitted
		}},
		{"linux-syn6", SYN, Whole, func(p Packet) bool { return p.FlowLabel != 0 && p.MSS == 1440 && p.Dest.Port() == 81 }},
		{"rst-reply", RST | ACK, Whole, func(p Packet) bool { return p.Source.Port() == 82 }},
	} {
		for _, b := range captured(t, c.file) {
			p := decoded(t, b)
			if p.Protocol != TCP || p.Flags != c.flags || p.Known != c.known || p.Truncated() || c.good != nil && !c.good(p) {
				t.Errorf("%s: %+v", c.file, p)
			}
		}
	}
}

func TestRealFragments(t *testing.T) {
	packets := captured(t, "nmap-f")
	first, second, last := decoded(t, packets[0]), decoded(t, packets[1]), decoded(t, packets[2])
	if !first.Tiny() || first.Known != Sequence || first.Dest.Port() == 0 || first.Fragment.Later() {
		t.Errorf("first: %+v", first)
	}
	if second.Tiny() || !second.Fragment.Later() || second.Fragment.Offset != 8 || !second.Fragment.More || second.Known != Addresses || len(second.Payload) != 8 {
		t.Errorf("second: %+v", second)
	}
	if last.Fragment.More || last.Fragment.Offset != 16 || last.Fragment.ID != first.Fragment.ID {
		t.Errorf("last: %+v", last)
	}
}

func TestRealDatagrams(t *testing.T) {
	seen := map[uint16]bool{}
	for _, b := range captured(t, "nmap-sU") {
		p := decoded(t, b)
		if tr, ok := p.Transport(); !ok || tr != portolan.UDP || p.Known != Whole || len(p.Payload) != p.PayloadSize {
			t.Errorf("%+v", p)
		}
		seen[p.Dest.Port()] = true
	}
	if len(seen) != 5 {
		t.Errorf("ports %v", seen)
	}
}

func TestRealErrors(t *testing.T) {
	for _, c := range []struct {
		file         string
		protocol     Protocol
		kind, code   uint8
		source, dest string
	}{
		{"icmp-reply", ICMP, 3, 3, "10.77.0.1", "10.77.0.2"},
		{"icmp6-reply", ICMPv6, 1, 4, "fd77::1", "fd77::2"},
	} {
		p := decoded(t, captured(t, c.file)[0])
		q := p.Quoted
		if p.Protocol != c.protocol || p.Type != c.kind || p.Code != c.code || !p.IsError() {
			t.Errorf("%s: %+v", c.file, p)
		}
		if q.Protocol != UDP || q.Source.Addr().String() != c.source || q.Dest.Addr().String() != c.dest || q.Dest.Port() != 99 || q.Source.Port() == 0 {
			t.Errorf("%s quotes %+v", c.file, q)
		}
	}
}

// ip4 is an IPv4 header of what follows it.
func ip4(protocol byte, fragment uint16, options int, body ...byte) []byte {
	size := 20 + options + len(body)
	b := []byte{0x40 | byte(5+options/4), 0, byte(size >> 8), byte(size), 0xd4, 0x31, byte(fragment >> 8), byte(fragment), 64, protocol, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7}
	return append(append(b, make([]byte, options)...), body...)
}

func ip6(next byte, body ...byte) []byte {
	b := []byte{0x60, 0x12, 0x34, 0x56, byte(len(body) >> 8), byte(len(body)), next, 61}
	b = append(b, netip.MustParseAddr("2001:db8::1").AsSlice()...)
	b = append(b, netip.MustParseAddr("2001:db8::2").AsSlice()...)
	return append(b, body...)
}

// tcp is a TCP header to port 378 with options and a payload.
func tcp(flags byte, options []byte, payload string) []byte {
	b := []byte{0x9c, 0x40, 1, 122, 1, 2, 3, 4, 5, 6, 7, 8, byte(5+len(options)/4) << 4, flags, 0xff, 0xff, 0, 0, 0, 9}
	return append(append(b, options...), payload...)
}

func udp(payload string) []byte {
	return append([]byte{0x9c, 0x40, 1, 122, 0, byte(8 + len(payload)), 0, 0}, payload...)
}

func TestHeaders(t *testing.T) {
	padded := append(ip4(6, 0, 0, tcp(2, nil, "")...), 0, 0, 0, 0, 0, 0)
	for _, c := range []struct {
		name  string
		b     []byte
		known Known
		good  func(p Packet) bool
	}{
		{"options of IPv4", ip4(6, 0x8000, 8, tcp(2, nil, "hi")...), Whole, func(p Packet) bool { return p.IPOptions == 8 && p.Reserved && string(p.Payload) == "hi" }},
		{"the link's padding", padded, Whole, func(p Packet) bool { return len(p.Payload) == 0 }},
		{"a total length of zero", func() []byte { b := ip4(6, 0, 0, tcp(2, nil, "hi")...); b[2], b[3] = 0, 0; return b }(), Whole, func(p Packet) bool { return string(p.Payload) == "hi" }},
		{"a cut payload", ip4(17, 0, 0, udp("hello")...)[:30], Header, func(p Packet) bool { return p.Truncated() && string(p.Payload) == "he" && p.PayloadSize == 5 }},
		{"a UDP length behind which is padding", ip4(17, 0, 0, append(udp("hi"), 0, 0, 0)...), Whole, func(p Packet) bool { return string(p.Payload) == "hi" }},
		{"SCTP", ip4(132, 0, 0, 0x9c, 0x40, 1, 122, 0, 0, 0, 0, 0, 0, 0, 0, 1), Whole, func(p Packet) bool { return p.Dest.Port() == 378 && len(p.Payload) == 1 }},
		{"DCCP, cut", ip4(33, 0, 0, 0x9c, 0x40, 1, 122, 0), Ports, func(p Packet) bool { return p.Dest.Port() == 378 }},
		{"a protocol without ports", ip4(47, 0, 0, 1, 2, 3), Addresses, func(p Packet) bool { return p.Dest.Port() == 0 && len(p.Payload) == 3 }},
		{"an impossible TCP header", func() []byte { b := ip4(6, 0, 0, tcp(2, nil, "hi")...); b[32] = 0x40; return b }(), Sequence, func(p Packet) bool { return p.Flags == SYN && p.Payload == nil }},
		{"options that are cut", ip4(6, 0, 0, tcp(2, []byte{2, 4, 5, 180, 1, 1, 1, 1}, "")...)[:44], Sequence, func(p Packet) bool { return p.MSS == 1460 && p.HeaderSize == 28 }},
		{"an option that breaks off", ip4(6, 0, 0, tcp(2, []byte{2, 4, 5, 180, 8, 10, 0, 0}, "")...), Whole, func(p Packet) bool { return p.MSS == 1460 && p.Has == HasMSS|BadOptions }},
		{"an option of a wrong size", ip4(6, 0, 0, tcp(2, []byte{2, 3, 5, 0}, "")...), Whole, func(p Packet) bool { return p.Has == BadOptions }},
		{"an option of size 0", ip4(6, 0, 0, tcp(2, []byte{99, 0, 5, 0}, "")...), Whole, func(p Packet) bool { return p.Has == BadOptions }},
		{"AE, ECE and CWR", ip4(6, 0, 0, func() []byte { b := tcp(0xc2, nil, ""); b[12] |= 1; return b }()...), Whole, func(p Packet) bool { return p.Flags == SYN|ECE|CWR|AE && p.Flags.Has(SYN|AE) }},
		{"the first fragment of a long datagram", ip4(17, 0x2000, 0, udp("hello")...), Whole, func(p Packet) bool { return p.Fragment.More && p.Dest.Port() == 378 && !p.Tiny() }},
		{"a later fragment", ip4(17, 0x0003, 0, udp("hello")...), Addresses, func(p Packet) bool { return p.Fragment.Offset == 24 && p.Dest.Port() == 0 && len(p.Payload) == 13 }},
		{"IPv6 behind two headers", ip6(0, append([]byte{60, 0, 1, 4, 0, 0, 0, 0, 6, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, tcp(2, nil, "hi")...)...), Whole, func(p Packet) bool {
			return p.Protocol == TCP && p.IPOptions == 24 && p.FlowLabel == 0x23456 && string(p.Payload) == "hi"
		}},
		{"an authentication header", ip6(51, append([]byte{6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, tcp(2, nil, "")...)...), Whole, func(p Packet) bool { return p.Dest.Port() == 378 }},
		{"an atomic fragment", ip6(44, append([]byte{6, 0, 0, 0, 0, 0, 0, 9}, tcp(2, nil, "")...)...), Whole, func(p Packet) bool { return !p.Fragment.Is() && p.Flags == SYN }},
		{"a tiny first fragment of IPv6", ip6(44, append([]byte{6, 0, 0, 1, 0, 0, 0, 9}, tcp(2, nil, "")[:8]...)...), Sequence, func(p Packet) bool { return p.Tiny() && p.Fragment.ID == 9 && p.Seq == 0x01020304 }},
		{"a later fragment of IPv6", ip6(44, 6, 0, 0, 0x11, 0, 0, 0, 9, 1, 2, 3), Addresses, func(p Packet) bool {
			return p.Fragment.Offset == 16 && p.Fragment.More && p.Protocol == TCP && len(p.Payload) == 3
		}},
		{"an extension header that is cut", ip6(0, 6, 9, 0, 0), Addresses, func(p Packet) bool { return p.Protocol == hopByHop }},
		{"no next header", ip6(59, 1, 2), Addresses, func(p Packet) bool { return p.Protocol == noNext }},
		{"an error that quotes an error", ip4(1, 0, 0, append([]byte{3, 1, 0, 0, 0, 0, 0, 0}, ip4(1, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0)...)...), Whole, func(p Packet) bool { return p.Quoted.Protocol == ICMP && p.Quoted.Known == Addresses }},
		{"an echo request quotes nothing", ip4(1, 0, 0, append([]byte{8, 0, 0, 0, 0, 0, 0, 0}, ip4(6, 0, 0)...)...), Whole, func(p Packet) bool { return p.Quoted.Protocol == 0 }},
		{"an error that quotes eight bytes", ip4(1, 0, 0, append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, ip4(6, 0, 0, tcp(2, nil, "")...)[:28]...)...), Whole, func(p Packet) bool {
			return p.Quoted.Seq == 0x01020304 && p.Quoted.Known == Sequence && p.Quoted.Dest.String() == "198.51.100.7:378"
		}},
	} {
		p := decoded(t, c.b)
		if p.Known != c.known || !c.good(p) {
			t.Errorf("%s: known %d of %d: %+v", c.name, p.Known, c.known, p)
		}
	}
}

func TestEndlessChain(t *testing.T) {
	chain := bytes.Repeat([]byte{60, 0, 1, 4, 0, 0, 0, 0}, 100)
	if p := decoded(t, ip6(60, chain...)); p.Known != Addresses || p.Payload != nil {
		t.Errorf("%+v", p)
	}
}

func TestNotPackets(t *testing.T) {
	short := ip4(6, 0, 0)
	for _, c := range []struct {
		b    []byte
		want error
	}{
		{nil, ErrShort}, {[]byte{0x45}, ErrShort}, {[]byte{0x60, 1}, ErrShort}, {ip4(6, 0, 8)[:24], ErrShort},
		{[]byte{0x55, 1, 2}, ErrVersion},
		{append([]byte{0x44}, short[1:]...), ErrHeader},
		{append([]byte{0x46}, short[1:]...), ErrHeader},
	} {
		if _, err := Decode(c.b); !errors.Is(err, c.want) {
			t.Errorf("%x: %v, not %v", c.b, err, c.want)
		}
	}
}

// Whatever is cut off a packet, what was known of the shorter one stays true.
func TestCutAnywhere(t *testing.T) {
	for _, name := range []string{"linux-syn", "linux-syn6", "curl-tls", "nmap-sU", "icmp-reply", "icmp6-reply", "nmap-f"} {
		for _, b := range captured(t, name) {
			whole := decoded(t, b)
			var before Known
			for n := range b {
				p, err := Decode(b[:n:n])
				if err != nil {
					continue
				}
				if p.Known < before {
					t.Fatalf("%s: with %d bytes less is known than with one less", name, n)
				}
				before = p.Known
				if p.Source.Addr() != whole.Source.Addr() || p.Known >= Ports && p.Dest != whole.Dest || p.Known >= Sequence && p.Seq != whole.Seq || p.Known >= Header && p.Window != whole.Window {
					t.Fatalf("%s: %d bytes are read as %+v", name, n, p)
				}
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		for _, b := range captured(f, strings.TrimSuffix(filepath.Base(file), ".txt")) {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(b)
		decodeQuoted(b)
		if err != nil {
			return
		}
		if !p.Source.Addr().IsValid() || len(p.Payload) > max(0, p.PayloadSize) || len(p.Options) > 40 {
			t.Errorf("%+v", p)
		}
		if p.Known == Whole && p.Truncated() {
			t.Errorf("whole and cut: %+v", p)
		}
		for kind, value := range EachOption(b) {
			if kind < brokenOption || kind > 255 || len(value) > len(b) {
				t.Errorf("option %d", kind)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"nmap-sS", "linux-syn", "linux-syn6", "nmap-sU", "icmp-reply"} {
		raw := captured(b, name)[0]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestAllocatesNothing(t *testing.T) {
	for _, name := range []string{"linux-syn", "linux-syn6", "icmp-reply", "nmap-f"} {
		raw := captured(t, name)[0]
		if n := testing.AllocsPerRun(100, func() { _, _ = Decode(raw) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
