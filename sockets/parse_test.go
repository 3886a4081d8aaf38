package sockets

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portolan/portolan"
)

// Lines as a kernel 6.18 prints them (cat /proc/net/tcp, tcp6, udp; Debian 12, amd64).
const procTCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1538 0100007F:C35A 01 00000002:00000000 00:00000000 00000000  1000        0 678 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:C35A 0100007F:1538 06 00000000:00000000 03:00000DAC 00000000     0        0 0 3 0000000000000000
`

const procTCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 777 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:0050 0000000000000000FFFF00000100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 778 1 0000000000000000 100 0 0 10 0
`

func little() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }

func TestProcNet(t *testing.T) {
	if !little() {
		t.Skip("the captured lines are of a little-endian machine")
	}
	list, bad := parseProcNet("tcp", KindTCP, []byte(procTCP))
	if len(bad) > 0 || len(list) != 3 {
		t.Fatalf("%v %v", list, bad)
	}
	if s := list[0]; s.Local != netip.MustParseAddrPort("0.0.0.0:22") || s.State != Listen || s.Inode != 12345 || s.ReceiveQueue != 3 || s.Remote.IsValid() {
		t.Errorf("%+v", s)
	}
	if s := list[1]; s.Local != netip.MustParseAddrPort("127.0.0.1:5432") || s.Remote != netip.MustParseAddrPort("127.0.0.1:50010") || s.UID != 1000 || s.State != Established || s.SendQueue != 2 {
		t.Errorf("%+v", s)
	}
	if s := list[2]; s.State != TimeWait || s.Inode != 0 {
		t.Errorf("%+v", s)
	}
	list, bad = parseProcNet("tcp6", KindTCP, []byte(procTCP6))
	if len(bad) > 0 || len(list) != 2 || !list[0].DualStack || list[0].Local.Addr() != netip.IPv6Unspecified() {
		t.Fatalf("%+v %v", list, bad)
	}
	if s := list[1]; s.Local != netip.MustParseAddrPort("127.0.0.1:80") || s.DualStack {
		t.Errorf("v4-mapped: %+v", s)
	}
	if list, _ = parseProcNet("udp", KindUDP, []byte(strings.Replace(procTCP, " 0A ", " 07 ", 1))); list[0].State != Unconnected || list[1].State != Established {
		t.Errorf("udp: %v %v", list[0].State, list[1].State)
	}
}

// An odd line is named and does not hide the others.
func TestProcNetOddLines(t *testing.T) {
	for _, odd := range []string{"   9: 0000000:0016", "   9: zz000000:0016 00000000:0000 0A 0:0 0:0 0 0 0 1", "   9: 00000000:99999 00000000:0000 0A 0:0 0:0 0 0 0 1",
		"   9: 00000000:0016 00000000:0000 0A 0:0 0:0 0 -1 0 1", "   9: 00000000 00000000:0000 0A 0:0 0:0 0 0 0 1", "   9: 000000:0016 00000000:0000 0A 0:0 0:0 0 0 0 1"} {
		list, bad := parseProcNet("/proc/net/tcp", KindTCP, []byte(procTCP+odd+"\n"))
		if len(list) != 3 || len(bad) != 1 || bad[0].Line != 5 || !strings.HasPrefix(bad[0].Error(), "/proc/net/tcp:5: ") {
			t.Errorf("%q: %d rows, %v", odd, len(list), bad)
		}
	}
	if list, bad := parseProcNet("tcp", KindTCP, []byte(procTCP[:len(procTCP)-60])); len(list)+len(bad) != 3 {
		t.Errorf("cut in the last line: %d rows, %v", len(list), bad)
	}
}

// Tables in the form that net/sctp/proc.c prints.
func TestSCTP(t *testing.T) {
	const eps = " ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n 0 0 2   10  29   11111    0 12812 10.0.0.1 fe80::1\n 0 0 2   7  29   22    0 9 \n bad\n"
	list, bad := parseSCTPTable("eps", []byte(eps), parseSCTPEndpoint)
	if len(list) != 2 || list[0].State != Listen || list[0].Local.Port() != 11111 || list[1].Local.Addr() != netip.MustParseAddr("fe80::1") || len(bad) != 2 {
		t.Errorf("%+v %v", list, bad)
	}
	const assocs = ` ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC wmema wmemq sndbuf rcvbuf
       0        0 2   1   3  0       7      11      12    33  4711  36412 50000  *10.0.0.1 10.0.1.1 <-> 10.0.0.2 *10.0.1.2 	   30000    10    10   10    0    0        0        1        0   212992   212992
       0        0 2   1   7  0       8       0       0    33  4712  36412 50001  ::1 <-> ::1 	   30000    10
       0        0 2   1   3  0       9       0       0    33  4713  36412 50002  10.0.0.1 10.0.0.2 30000
       0        0 2   1   3  0       9       0       0    33  4713  36412 70000  10.0.0.1 <-> 10.0.0.2 30000
       0        0 2   1   3  0       9       0       0    33  4713  36412 70  <-> 10.0.0.2 30000 1
`
	list, bad = parseSCTPTable("assocs", []byte(assocs), parseSCTPAssociation)
	if len(list) != 2 || len(bad) != 3 {
		t.Fatalf("%+v %v", list, bad)
	}
	want := Socket{Kind: KindSCTP, State: Established, Local: netip.MustParseAddrPort("10.0.0.1:36412"), Remote: netip.MustParseAddrPort("10.0.1.2:50000"), UID: 33, Inode: 4711, SendQueue: 11, ReceiveQueue: 12, Group: 1}
	if got := list[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if s := list[1]; s.State != LastAck || s.Remote != netip.MustParseAddrPort("[::1]:50001") {
		t.Errorf("%+v", s)
	}
}

// message builds an inet_diag_msg as linux/inet_diag.h lays it out.
func message(family, state uint8, local, remote netip.AddrPort, inode uint32, attributes ...[]byte) []byte {
	b := make([]byte, diagMessageSize)
	b[0], b[1] = family, state
	binary.BigEndian.PutUint16(b[4:], local.Port())
	binary.BigEndian.PutUint16(b[6:], remote.Port())
	copy(b[8:24], local.Addr().AsSlice())
	copy(b[24:40], remote.Addr().AsSlice())
	binary.NativeEndian.PutUint32(b[64:], 33)
	binary.NativeEndian.PutUint32(b[68:], inode)
	for _, a := range attributes {
		b = append(b, a...)
	}
	return b
}

// attribute builds a netlink attribute of one byte, padded to four. The numbers
// in the tests are those of linux/inet_diag.h: 10 is PROTOCOL, 11 SKV6ONLY.
func attribute(kind uint16, value byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, 5)
	b = binary.NativeEndian.AppendUint16(b, kind)
	return append(b, value, 0, 0, 0)
}

func TestDiag(t *testing.T) {
	any4, any6 := netip.MustParseAddrPort("0.0.0.0:22"), netip.MustParseAddrPort("[::]:22")
	for _, c := range []struct {
		name string
		b    []byte
		kind Kind
		want func(Socket) bool
	}{
		{"v4 listener", message(familyV4, 10, any4, netip.MustParseAddrPort("0.0.0.0:0"), 7), KindTCP,
			func(s Socket) bool {
				return s.State == Listen && s.Local == any4 && s.Inode == 7 && s.UID == 33 && !s.DualStack && !s.Remote.IsValid()
			}},
		{"dual stack", message(familyV6, 10, any6, any6, 7, attribute(8, 0), attribute(11, 0)), KindTCP, func(s Socket) bool { return s.DualStack }},
		{"v6 only", message(familyV6, 10, any6, any6, 7, attribute(11, 1)), KindTCP, func(s Socket) bool { return !s.DualStack }},
		{"mapped", message(familyV6, 1, netip.MustParseAddrPort("[::ffff:10.0.0.1]:80"), netip.MustParseAddrPort("[::ffff:10.0.0.2]:4000"), 7), KindTCP,
			func(s Socket) bool { return s.Local == netip.MustParseAddrPort("10.0.0.1:80") && s.Remote.Addr().Is4() }},
		{"udp", message(familyV4, 7, any4, any4, 7), KindUDP, func(s Socket) bool { return s.State == Unconnected && s.Listening() }},
		{"udp connected", message(familyV4, 1, any4, any4, 7), KindUDP, func(s Socket) bool { return s.State == Established && !s.Listening() }},
		{"raw icmp", message(familyV4, 7, any4, any4, 7, attribute(10, 1)), KindRaw, func(s Socket) bool { return s.Local.Port() == 1 && s.State == Unconnected }},
		{"sctp endpoint", message(familyV4, 10, any4, netip.MustParseAddrPort("0.0.0.0:0"), 7), KindSCTP, func(s Socket) bool { return s.State == Listen && s.Listening() }},
		{"sctp association", message(familyV4, 3, any4, netip.MustParseAddrPort("10.0.0.2:5"), 7), KindSCTP, func(s Socket) bool { return s.State == Established && s.Remote.Port() == 5 }},
		{"sctp state of tomorrow", message(familyV4, 8, any4, netip.MustParseAddrPort("10.0.0.2:5"), 7), KindSCTP, func(s Socket) bool { return s.State == StateUnknown }},
		{"raw by its port", message(familyV4, 7, netip.MustParseAddrPort("0.0.0.0:58"), any4, 7), KindRaw, func(s Socket) bool { return s.Local.Port() == 58 }},
		{"a state of tomorrow", message(familyV4, 99, any4, any4, 7), KindTCP, func(s Socket) bool { return s.State == StateUnknown }},
	} {
		m, err := decodeDiag(c.b)
		if err != nil || !c.want(m.socket(c.kind)) {
			t.Errorf("%s: %+v, %v", c.name, m.socket(c.kind), err)
		}
	}
	whole := message(familyV6, 10, any6, any6, 7, attribute(11, 1))
	for n := range whole {
		if _, err := decodeDiag(whole[:n]); n < diagMessageSize && err == nil {
			t.Errorf("%d bytes of a message were taken", n)
		}
	}
	if _, err := decodeDiag(message(99, 0, any4, any4, 0)); err == nil {
		t.Error("family 99 was taken")
	}
	if _, err := decodeDiag(append(message(familyV4, 0, any4, any4, 0), 200, 0, 11, 0)); !errors.Is(err, errShort) {
		t.Errorf("an attribute longer than the message: %v", err)
	}
}

func TestStat(t *testing.T) {
	const tail = " S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987 1 1"
	for text, name := range map[string]string{
		"42 (sshd)" + tail:                   "sshd",
		"42 (a) b (c))" + tail:               "a) b (c)",
		"42 (\x1b[2Jevil\n9 (x) R 0)" + tail: "\x1b[2Jevil\n9 (x) R 0",
		"42 ()" + tail:                       "",
	} {
		s, err := parseStat([]byte(text))
		if err != nil || s.program != name || s.ppid != 1 || s.start != 987 {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
	for _, bad := range []string{"", "42", "42 (x", "42 )x(", "42 (x) S 1", "42 (x) S x 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987"} {
		if s, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q: %+v", bad, s)
		}
	}
	boot := parseBoot([]byte("cpu 1\nbtime 1700000000\n"))
	if got := startTime(boot, 150); !got.Equal(time.Unix(1700000001, 500e6)) {
		t.Errorf("started %v", got)
	}
	if !startTime(parseBoot([]byte("cpu")), 150).IsZero() {
		t.Error("a start without a boot time")
	}
}

func TestStatus(t *testing.T) {
	const status = "Name:\tx\nUid:\t1000\t33\t33\t33\nCapEff:\t000001ffffffffff\n"
	if uid, err := parseUID([]byte(status)); uid != 33 || err != nil {
		t.Errorf("%d %v", uid, err)
	}
	if caps, err := parseCapabilities([]byte(status)); caps != 1<<41-1 || err != nil {
		t.Errorf("%x %v", caps, err)
	}
	if _, err := parseUID(nil); err == nil {
		t.Error("a user out of nothing")
	}
}

// Lines as kernel 6.18 prints them (cat /proc/self/mountinfo, Debian 12).
func TestHidepidOption(t *testing.T) {
	const plain = "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
	for text, want := range map[string]string{
		"":    "",
		plain: "",
		"22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw,hidepid=invisible\n":           "invisible",
		"22 27 0:21 / /proc rw - proc proc rw,gid=1001,hidepid=2\n":                            "2",
		"22 27 0:21 / /proc rw - proc proc rw,hidepid=off\n":                                   "",
		plain + "60 22 0:50 / /proc rw - proc proc rw,hidepid=noaccess\n":                      "noaccess",
		"60 22 0:50 / /proc rw - proc proc rw,hidepid=noaccess\n" + plain:                      "",
		"60 22 0:50 / /srv/jail/proc rw - proc proc rw,hidepid=invisible\n":                    "",
		"60 22 0:50 / /proc rw - tmpfs proc rw,hidepid=invisible\n60 22 / /proc\n - proc proc": "",
	} {
		if got := parseHidepid([]byte(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCmdline(t *testing.T) {
	for text, want := range map[string][]string{"": nil, "\x00\x00": nil, "a\x00b c\x00": {"a", "b c"}, "nginx: master": {"nginx: master"}, "a\x00\x00b\x00": {"a", "", "b"}} {
		if got := parseCmdline([]byte(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestPasswd(t *testing.T) {
	users := parsePasswd([]byte("root:x:0:0:root:/root:/bin/sh\n# x:x:5:\ntoor:x:0:0::\nbad\nwww-data:x:33:33::\n"))
	if len(users) != 2 || users[0] != "root" || users[33] != "www-data" {
		t.Errorf("%v", users)
	}
}

func TestCgroups(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	for _, c := range []struct{ text, unit, container string }{
		{"0::/system.slice/ssh.service\n", "ssh.service", ""},
		{"0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n", "postgresql@15-main.service", ""},
		{`0::/system.slice/system-dbus\x2d:1.2\x2dorg.slice/dbus-1.service` + "\n", "dbus-1.service", ""},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.service\n", "app-x.service", ""},
		{"0::/user.slice/user-1000.slice/session-3.scope\n", "session-3.scope", ""},
		{"0::/system.slice/docker-" + id + ".scope\n", "", id[:12]},
		{"12:pids:/docker/" + id + "\n1:name=systemd:/docker/" + id + "\n", "", id[:12]},
		{"0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-" + id + ".scope\n", "", id[:12]},
		{"4:cpu:/kubepods/burstable/pod1-2-3/" + id + "\n", "", id[:12]},
		{"0::/machine.slice/libpod-" + id + ".scope/container\n", "", id[:12]},
		{"0::/machine.slice/libpod-conmon-" + id + ".scope\n", "libpod-conmon-" + id + ".scope", ""},
		{"0::/kubepods.slice/crio-" + id + ".scope\n", "", id[:12]},
		{"0::/lxc.payload.web/system.slice/nginx.service\n", "nginx.service", "web"},
		{"9:cpu:/lxc/db/\n", "", "db"},
		{"0::/init.scope\n", "", ""},
		{"0::/\n", "", ""},
		{"garbage\n", "", ""},
		{"1:name=systemd:/system.slice/cron.service\n0::/\n", "cron.service", ""},
		{"0::/system.slice/docker-" + id[:40] + ".scope\n", "docker-" + id[:40] + ".scope", ""},
	} {
		if g := parseCgroup([]byte(c.text)); g.unit != c.unit || g.container != c.container {
			t.Errorf("%q: unit %q, container %q; want %q, %q", c.text, g.unit, g.container, c.unit, c.container)
		}
	}
}

func TestSysctl(t *testing.T) {
	if s, err := parsePortRange("32768\t60999"); err != nil || s != (portolan.Span{First: 32768, Last: 60999}) {
		t.Errorf("%v %v", s, err)
	}
	for _, bad := range []string{"", "1", "5 1", "1 70000", "a b"} {
		if s, err := parsePortRange(bad); err == nil {
			t.Errorf("%q: %v", bad, s)
		}
	}
	if l, err := parsePortList("80,8000-8010"); err != nil || len(l) != 2 || l[1].Last != 8010 {
		t.Errorf("%v %v", l, err)
	}
	if l, err := parsePortList(""); err != nil || l != nil {
		t.Errorf("%v %v", l, err)
	}
	if _, err := parsePortList("80,x"); err == nil {
		t.Error("x is a port")
	}
}

func TestProtocols(t *testing.T) {
	used := parseProtocols([]byte("protocol  size sockets  memory press maxhdr  slab module\nMPTCPv6   2064      0     208   no       0   yes  kernel\nTCP 2 13 4\nPING 1 -1 x\nodd\n"))
	if len(used) != 3 || used["MPTCPv6"] != 0 || used["TCP"] != 13 || used["PING"] != -1 {
		t.Errorf("%v", used)
	}
}

func TestInodes(t *testing.T) {
	for link, want := range map[string]uint64{"socket:[12]": 12, "socket:[]": 0, "pipe:[12]": 0, "socket:[1x]": 0, "socket:[12": 0, "socket:[99999999999999999999]": 0} {
		if got, ok := socketInode([]byte(link)); got != want || ok != (want > 0) {
			t.Errorf("%q: %d %v", link, got, ok)
		}
	}
	if n, ok := namespaceInode("net:[4026531840]"); n != 4026531840 || !ok {
		t.Errorf("%d %v", n, ok)
	}
}

func FuzzProc(f *testing.F) {
	f.Add([]byte(procTCP))
	f.Add([]byte(procTCP6))
	f.Add([]byte("42 (x) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987"))
	f.Add([]byte("0::/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope"))
	f.Add([]byte(" ENDPT\n 0 0 2 10 29 11111 0 12812 10.0.0.1"))
	f.Add([]byte(" ASSOC\n 0 0 2 1 3 0 7 11 12 33 4711 36412 50000 *10.0.0.1 <-> *10.0.0.2 30000 10"))
	f.Add([]byte("Uid:\t1\t2\nCapEff:\tff\nbtime 5\nroot:x:0:0:"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, k := range []Kind{KindTCP, KindUDP, KindRaw} {
			list, bad := parseProcNet("fuzz", k, b)
			if lines := strings.Count(string(b), "\n") + 1; len(list)+len(bad) > lines {
				t.Errorf("%d lines gave %d rows and %d faults", lines, len(list), len(bad))
			}
		}
		_, _ = parseProcNetLine(KindTCP, string(b))
		_, _, _ = parseProcAddr(string(b))
		_, _ = parseSCTPTable("fuzz", b, parseSCTPEndpoint)
		_, _ = parseSCTPTable("fuzz", b, parseSCTPAssociation)
		_ = parseProtocols(b)
		_ = parseHidepid(b)
		_, _ = parseStat(b)
		_ = parseBoot(b)
		_, _ = parseUID(b)
		_, _ = parseCapabilities(b)
		_ = parseCmdline(b)
		_ = parsePasswd(b)
		_ = parseCgroup(b)
		_ = parseHidepid(b)
		_, _ = parsePortRange(string(b))
		_, _ = parsePortList(string(b))
		_, _ = socketInode(b)
	})
}

func FuzzDiag(f *testing.F) {
	f.Add(message(familyV6, 10, netip.MustParseAddrPort("[::]:22"), netip.MustParseAddrPort("[::]:0"), 7, attribute(11, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeDiag(b)
		if err != nil {
			return
		}
		for _, k := range []Kind{KindTCP, KindUDP, KindRaw} {
			s := m.socket(k)
			_ = s.State.String()
			_ = s.Local.String()
		}
	})
}

func BenchmarkDiag(b *testing.B) {
	m := message(familyV6, 10, netip.MustParseAddrPort("[::]:22"), netip.MustParseAddrPort("[::]:0"), 7, attribute(11, 0))
	b.ReportAllocs()
	for b.Loop() {
		d, _ := decodeDiag(m)
		_ = d.socket(KindTCP)
	}
}

func BenchmarkProcNet(b *testing.B) {
	row := procTCP[strings.Index(procTCP, "   0:"):strings.Index(procTCP, "   1:")]
	text := []byte(procTCP + strings.Repeat(row, 20000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		parseProcNet("tcp", KindTCP, text)
	}
}
