package trap

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"testing"
	"time"
)

func TestDecodePacket(t *testing.T) {
	for i, want := range []struct {
		from, to string
		protocol uint8
		why      Why
	}{
		{"10.9.0.2:40000", "10.9.0.1:22", ProtocolTCP, SYN},
		{"10.9.0.2:40000", "10.9.0.1:53", ProtocolUDP, UDP},
		{"10.9.0.2:40000", "10.9.0.1:53", ProtocolTCP, Fragment},
		{"[fd09::2]:40000", "[fd09::1]:22", ProtocolTCP, Fragment},
	} {
		b, err := hex.DecodeString(captured[i])
		if err != nil {
			t.Fatal(err)
		}
		p, err := DecodePacket(b)
		if p.Source.String() != want.from || p.Destination.String() != want.to || p.Protocol != want.protocol || classify(&p, err) != want.why {
			t.Errorf("%d: %+v %v %v, want %+v", i, p, classify(&p, err), err, want)
		}
	}
}

func TestClassifyTCP(t *testing.T) {
	for flags, want := range map[uint8]Why{
		FlagSYN: SYN, FlagSYN | 0xc0: SYN, FlagSYN | FlagACK: Backscatter, FlagRST: Backscatter, FlagRST | FlagACK: Backscatter,
		FlagACK: ACK, FlagACK | FlagPSH: ACK, 0: Flags, FlagFIN: Flags, FlagFIN | FlagACK: Flags, FlagFIN | FlagPSH | FlagURG: Flags,
		FlagSYN | FlagFIN: Flags, FlagURG: Flags,
	} {
		if got := classifyTCP(flags); got != want {
			t.Errorf("%08b is %s, want %s", flags, got, want)
		}
	}
}

// synOf is a packet of a source to a port of 192.0.2.1.
func synOf(from string, port uint16) []byte {
	b := make([]byte, 40)
	b[0], b[3], b[9] = 0x45, 40, ProtocolTCP
	copy(b[12:], netip.MustParseAddr(from).AsSlice())
	copy(b[16:], []byte{192, 0, 2, 1})
	b[20], b[21], b[22], b[23], b[32], b[33] = 1, 1, byte(port>>8), byte(port), 5<<4, FlagSYN
	return b
}

func TestJudge(t *testing.T) {
	o := Options{TCP: AllPorts(), AnswerOnly: Ports(80), PerSource: 10, Burst: 3,
		Ignore: []Ignore{{netip.MustParsePrefix("10.0.0.0/8"), 443}, {netip.MustParsePrefix("172.16.0.0/12"), 0}}}
	o.TCP.Remove(22)
	there := map[uint16]bool{25: true}
	j := newJudge(o.withDefaults(), true, func(p *Packet, _ int) (bool, error) { return there[p.Destination.Port()], nil })
	j.setLocals([]netip.Prefix{netip.MustParsePrefix("192.0.2.0/30")})
	now := time.Unix(1e9, 0)
	var e Event
	for i, x := range []struct {
		from   string
		port   uint16
		want   verdict
		answer bool
	}{
		{"10.0.0.1", 22, nothing, false},    // not watched
		{"10.0.0.1", 25, nothing, false},    // has a socket
		{"10.0.0.1", 443, ignored, false},   // a pair to ignore
		{"172.16.0.1", 80, ignored, false},  // a source to ignore
		{"10.0.0.1", 80, emitted, true},     // the burst begins
		{"10.0.0.1", 81, emitted, false},    // not to be answered
		{"10.0.0.1", 80, emitted, true},     //
		{"10.0.0.1", 80, limited, false},    // the burst is over
		{"10.0.0.2", 80, emitted, true},     // another source has its own
		{"203.0.113.1", 80, emitted, true},  //
		{"203.0.113.1", 443, emitted, true}, //
	} {
		e = Event{}
		if got := j.see(synOf(x.from, x.port), 1, now, &e); got != x.want {
			t.Errorf("%d: %v, want %v", i, got, x.want)
		} else if got == emitted && x.port != 443 && e.Answered != x.answer {
			t.Errorf("%d: answered %v", i, e.Answered)
		}
	}
	// A tenth of a second later there is room for one more.
	if got := j.see(synOf("10.0.0.1", 80), 1, now.Add(100*time.Millisecond), &e); got != emitted {
		t.Errorf("%v", got)
	}
	j.setLocals(nil)
	if got := j.see(synOf("10.0.0.3", 80), 1, now, &e); got != nothing {
		t.Errorf("%v for another host's address", got)
	}
}

// What is remembered is bounded, and the last of it is there.
func TestRecent(t *testing.T) {
	var r recent[int, int]
	for i := range 5 * mostRecent {
		r.put(i, i)
		if len(r.now)+len(r.before) > 2*mostRecent {
			t.Fatalf("%d are kept", len(r.now)+len(r.before))
		}
	}
	if v, ok := r.get(4*mostRecent + 1); !ok || v != 4*mostRecent+1 {
		t.Error("forgotten too soon")
	}
}

func TestPortSet(t *testing.T) {
	var none *PortSet
	s := Ports(0, 378, 65535)
	if !none.Has(378) || !s.Has(0) || !s.Has(378) || !s.Has(65535) || s.Has(377) || !AllPorts().Has(377) {
		t.Error("membership")
	}
	if s.Remove(378); s.Has(378) {
		t.Error("378 is still there")
	}
}

// Every record of the ring is read as watch.c writes it.
func TestDecodeRecord(t *testing.T) {
	b := make([]byte, recordHead+5)
	b[16], b[18], b[19] = 5, byte(UDP), 1
	if nativeLittle() {
		b[0], b[8], b[12] = 7, 3, 9
	} else {
		b[16], b[17] = 0, 5
		b[7], b[11], b[15] = 7, 3, 9
	}
	copy(b[recordHead:], "hello")
	var e Event
	index, since, err := decodeRecord(b, &e)
	if err != nil || index != 3 || since != 7 || e.Length != 9 || e.Why != UDP || !e.Answered || string(e.Packet) != "hello" {
		t.Errorf("%d %v %+v %v", index, since, e, err)
	}
	if _, _, err := decodeRecord(b[:recordHead+4], &e); err == nil {
		t.Error("a record that is cut off was read")
	}
}

func nativeLittle() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }
