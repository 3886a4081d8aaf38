package fingerprint

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portolan/portolan/internal/packet"
)

// captured returns the packets that package packet is tested with.
func captured(t testing.TB, name string) []packet.Packet {
	t.Helper()
	var all []packet.Packet
	for _, line := range lines(t, filepath.Join("..", "packet", "testdata", name+".txt")) {
		all = append(all, fromHex(t, line))
	}
	return all
}

func lines(t testing.TB, file string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, line)
		}
	}
	return all
}

func fromHex(t testing.TB, s string) packet.Packet {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := packet.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What p0f itself printed of the same packets. Two quirks that its README has it
// leaves out of most signatures, ack+ and opt+; ours are the README's. Behind an
// option of a wrong length it reads on, where we stop.
func TestP0fAgrees(t *testing.T) {
	all := lines(t, filepath.Join("testdata", "p0f.txt"))
	compared := 0
	for _, line := range all {
		raw, want, _ := strings.Cut(line, " ")
		p := fromHex(t, raw)
		if p.Has&packet.BadOptions != 0 {
			continue
		}
		compared++
		if got := P0f(&p); plainQuirks(got) != plainQuirks(want) {
			t.Errorf("%s: %q, p0f says %q", raw, got, want)
		}
	}
	if compared < 100 {
		t.Errorf("%d signatures", compared)
	}
}

// plainQuirks takes ack+ and opt+ out of a signature.
func plainQuirks(signature string) string {
	part := strings.Split(signature, ":")
	part[6] = strings.Join(slices.DeleteFunc(strings.Split(part[6], ","), func(q string) bool { return q == "ack+" || q == "opt+" }), ",")
	return strings.Join(part, ":")
}

func TestP0fOfRealSYNs(t *testing.T) {
	for name, want := range map[string]string{
		"linux-syn":  "4:64+0:0:1460:mss*44,10:mss,sok,ts,nop,ws:df,id+:0",
		"linux-syn6": "6:64+0:0:1440:mss*45,10:mss,sok,ts,nop,ws:flow:0",
		"nmap-sT":    "4:64+0:0:1460:mss*44,10:mss,sok,ts,nop,ws:df,id+:0",
		"nmap-6":     "6:255+0:0:1460:1024,0:mss::0",
		"masscan":    "4:255+0:0:0:1024,0:::0",
		"zmap":       "4:255+0:0:0:65535,0:::0",
		"nmap-sF":    "", "nmap-sU": "", "nmap-f": "", "rst-reply": "",
	} {
		for _, p := range captured(t, name) {
			if got := P0f(&p); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
}

func TestTechniques(t *testing.T) {
	for name, want := range map[string]Technique{
		"nmap-sS": SYN, "nmap-sF": FIN, "nmap-sN": Null, "nmap-sX": Xmas, "nmap-sM": Maimon, "nmap-sA": ACK,
		"nmap-sT": SYN, "nmap-sU": Datagram, "icmp-reply": Error, "icmp6-reply": Error, "rst-reply": RST,
	} {
		for _, p := range captured(t, name) {
			if got := TechniqueOf(&p); got != want {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
	parts := captured(t, "nmap-f")
	if a, b := TechniqueOf(&parts[0]), TechniqueOf(&parts[1]); a != Fragment || b != None {
		t.Errorf("fragments: %v, %v", a, b)
	}
	for flags, want := range map[packet.Flags]Technique{
		packet.SYN | packet.ECE | packet.CWR: SYN, packet.SYN | packet.FIN: Odd, packet.SYN | packet.ACK: SYNACK, packet.SYN | packet.RST: RST,
		packet.PSH | packet.ACK: Data, packet.FIN | packet.SYN | packet.ACK: Odd, packet.URG: Odd, packet.FIN | packet.PSH | packet.ACK: Odd,
	} {
		if got := techniqueOf(flags); got != want {
			t.Errorf("%09b: %v, not %v", flags, got, want)
		}
	}
}

func TestToolsOfRealScans(t *testing.T) {
	for name, want := range map[string]string{
		"nmap-sS": "nmap", "nmap-sF": "nmap", "nmap-sN": "nmap", "nmap-sX": "nmap", "nmap-sM": "nmap", "nmap-sA": "nmap", "nmap-6": "nmap",
		"masscan": "masscan", "zmap": "zmap",
		"nmap-sT": "", "nmap-sU": "", "linux-syn": "", "linux-syn6": "", "curl-tls": "", "rst-reply": "",
	} {
		var s Sightings
		for _, p := range captured(t, name) {
			s.Add(&p)
		}
		var got []string
		for _, tool := range s.Tools() {
			got = append(got, tool.Name)
			for _, e := range tool.Evidence {
				if e.Rule == "" || e.Source == "" || !strings.Contains(e.Saw, "packets") {
					t.Errorf("%s: %+v", name, e)
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestIrregular(t *testing.T) {
	for name, want := range map[string]bool{"masscan": true, "zmap": true, "linux-syn": false, "nmap-sS": false, "nmap-6": false, "nmap-sF": false} {
		for _, p := range captured(t, name) {
			if got := Look(&p).Has(Irregular); got != want {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
}

// syn is a SYN of a system's own TCP.
func syn() packet.Packet {
	return packet.Packet{
		Source: netip.MustParseAddrPort("192.0.2.1:40000"), Dest: netip.MustParseAddrPort("198.51.100.7:378"),
		Protocol: packet.TCP, Known: packet.Whole, TTL: 60, Flags: packet.SYN, HeaderSize: 24, Window: 64240,
		Options: []byte{2, 4, 5, 180}, MSS: 1460, Has: packet.HasMSS,
	}
}

func TestRulesByHand(t *testing.T) {
	mirai := syn()
	mirai.Seq = 0xc6336407
	var s Sightings
	if !s.Add(&mirai).Has(MiraiSeq) {
		t.Error("mirai")
	}
	if len(s.Tools()) != 0 {
		t.Error("one packet names a tool")
	}
	s.Add(&mirai)
	if tools := s.Tools(); len(tools) != 1 || tools[0].Name != "mirai" || tools[0].Packets != 2 {
		t.Errorf("%+v", tools)
	}

	windows := syn()
	windows.TTL, windows.Window, windows.HeaderSize = 243, 65535, 32
	windows.Options = []byte{2, 4, 5, 180, 1, 3, 3, 8, 1, 1, 4, 2}
	if !Look(&windows).Has(ZMapWindows) {
		t.Error("today's ZMap")
	}
	if windows.TTL = 118; Look(&windows) != 0 {
		t.Error("a real Windows")
	}

	nmap := syn()
	nmap.Window, nmap.TTL = 1024, 61
	if Look(&nmap) != 0 {
		t.Error("a time to live that nmap never has")
	}
}

// Of 65,535 SYNs of any scanner a few carry masscan's id, by chance.
func TestChance(t *testing.T) {
	var s Sightings
	for i := range 65535 {
		p := syn()
		p.ID, p.Seq = uint16(i), 0x01020304
		s.Add(&p)
	}
	p := syn()
	p.Seq = 0x01020304
	p.ID = masscanID(&p)
	s.Add(&p)
	if s.Hits(MasscanID) < 2 {
		t.Fatalf("%d hits", s.Hits(MasscanID))
	}
	if tools := s.Tools(); len(tools) != 0 {
		t.Errorf("%+v", tools)
	}
}

func TestStated(t *testing.T) {
	for _, c := range []struct{ said, name, scanner, rule string }{
		{"GET / HTTP/1.0\r\nUser-Agent: masscan/1.3 (https://github.com/robertdavidgraham/masscan)\r\n\r\n", "masscan/1.3 (https://github.com/robertdavidgraham/masscan)", "masscan", "user-agent"},
		{"GET / HTTP/1.1\r\nHost: a\r\nuser-agent:Mozilla/5.0 zgrab/0.x\r\n", "Mozilla/5.0 zgrab/0.x", "zgrab", "user-agent"},
		{"GET / HTTP/1.1\r\nUser-Agent: Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)\r\n\r\n", "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)", "nmap", "user-agent"},
		{"GET / HTTP/1.1\r\nUser-Agent: Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)\r\n", "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)", "censys", "user-agent"},
		{"OPTIONS sip:100@1.2.3.4 SIP/2.0\r\nUser-Agent: friendly-scanner\r\n\r\n", "friendly-scanner", "sipvicious", "user-agent"},
		{"GET / HTTP/1.1\r\nUser-Agent: curl/7.88.1\r\n\r\n", "curl/7.88.1", "", "user-agent"},
		{"SSH-2.0-Nmap-SSH2-Hostkey\r\n", "Nmap-SSH2-Hostkey", "nmap", "ssh-software"},
		{"SSH-2.0-ZGrab ZGrab SSH Survey\r\n", "ZGrab ZGrab SSH Survey", "zgrab", "ssh-software"},
		{"SSH-2.0-libssh2_1.10.0\r\n", "libssh2_1.10.0", "", "ssh-software"},
		{"\x03\x00\x00*%\xe0\x00\x00\x00\x00\x00Cookie: mstshash=nmap\r\n", "nmap", "nmap", "rdp-user"},
		{"\x03\x00\x00*%\xe0\x00\x00\x00\x00\x00Cookie: mstshash=alice\r\n", "", "", ""},
		{"GET / HTTP/1.1\r\n\r\nUser-Agent: masscan/1.3\r\n", "", "", ""},
		{"masscan/1.3\r\n", "", "", ""},
		{"", "", "", ""},
	} {
		p, ok := Stated([]byte(c.said))
		if ok != (c.name != "") || ok && (p.Name != c.name || p.Scanner != c.scanner || p.Rule != c.rule) {
			t.Errorf("%q: %+v", c.said, p)
		}
	}
}

func TestStatedByRealTools(t *testing.T) {
	for name, want := range map[string]string{"masscan-banners": "masscan", "nmap-rdp": "nmap", "curl-http": ""} {
		found := ""
		for _, p := range captured(t, name) {
			if said, ok := Stated(p.Payload); ok {
				found = said.Scanner
			}
		}
		if found != want {
			t.Errorf("%s: %q", name, found)
		}
	}
}

func TestAllocations(t *testing.T) {
	p := captured(t, "linux-syn")[0]
	var s Sightings
	b := make([]byte, 0, 100)
	if n := testing.AllocsPerRun(100, func() { s.Add(&p); b = AppendP0f(b[:0], &p) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzPackets(f *testing.F) {
	for _, line := range lines(f, filepath.Join("testdata", "p0f.txt")) {
		raw, _, _ := strings.Cut(line, " ")
		b, _ := hex.DecodeString(raw)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := packet.Decode(b)
		if err != nil {
			return
		}
		var s Sightings
		s.Add(&p)
		s.Add(&p)
		s.Tools()
		for _, c := range P0f(&p) {
			if c < 0x20 || c > 0x7e {
				t.Errorf("a signature with %q", c)
			}
		}
	})
}

func FuzzStated(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.0\r\nUser-Agent: masscan/1.3\r\n\r\n"))
	f.Add([]byte("SSH-2.0-Go\r\n"))
	f.Add([]byte("\x03\x00Cookie: mstshash=nmap\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var t0 Technique
		if err := t0.UnmarshalText(b); err == nil && t0.String() != string(b) {
			t.Errorf("%q is read as %v", b, t0)
		}
		p, ok := Stated(b)
		if ok && (!bytes.Contains(b, []byte(p.Name)) || len(p.Name) > mostName) {
			t.Errorf("%q was not said", p.Name)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	for _, name := range []string{"masscan", "linux-syn", "nmap-sU"} {
		p := captured(b, name)[0]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var s Sightings
			for b.Loop() {
				s.Add(&p)
			}
		})
	}
}

func BenchmarkP0f(b *testing.B) {
	p := captured(b, "linux-syn")[0]
	out := make([]byte, 0, 100)
	b.ReportAllocs()
	for b.Loop() {
		out = AppendP0f(out[:0], &p)
	}
}
