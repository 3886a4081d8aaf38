package visit

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"
	"unsafe"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/internal/packet"
)

// A visit's own value is within what the Book counts for it.
func TestOpenSize(t *testing.T) {
	const tables = 300 // its place in the map and in the list, its identifier
	if n := unsafe.Sizeof(open{}) + tables; n > openSize {
		t.Errorf("an open visit takes %d bytes, %d are counted", n, openSize)
	}
}

// FuzzBook plays bytes as events: pieces of them are packets, words, and ticks of
// a clock that jumps.
func FuzzBook(f *testing.F) {
	for _, name := range []string{"nmap-sS", "nmap-f", "masscan", "linux-syn", "linux-syn6", "nmap-sU", "icmp-reply", "rst-reply"} {
		for _, p := range captured(f, name) {
			f.Add(p.Payload, uint16(p.Dest.Port()), int64(1000))
		}
	}
	f.Add([]byte("\xff\xfb\x18\xff\xfa\x18\x00ETOS52-CRT\xff\xf0"), uint16(377), int64(-5))
	f.Add([]byte("E\x00\x00\x28\x00\x00\x00\x00\xff\x06\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x50\x02\x04\x00\x00\x00\x00\x00"), uint16(1), int64(1))
	f.Fuzz(func(t *testing.T, b []byte, port uint16, step int64) {
		var revisions = map[string]uint32{}
		book := NewBook(Options{Most: 4, Emit: func(v Visit) {
			if v.Revision != revisions[v.ID]+1 || v.Last.Before(v.First) {
				t.Errorf("revision %d behind %d", v.Revision, revisions[v.ID])
			}
			revisions[v.ID] = v.Revision
			if text, err := v.JSON("x"); err != nil || !json.Valid(text) {
				t.Errorf("%v", err)
			}
			_ = ECS(v)
		}})
		at := dawn
		for i := range 8 {
			at = at.Add(time.Duration(step))
			from := min(i*len(b)/16, len(b))
			if p, err := packet.Decode(b[from:]); err == nil {
				book.Knock(Knock{At: at, Packet: p})
			}
			dest := netip.AddrPortFrom(netip.MustParseAddr("198.51.100.7"), port)
			p := packet.Packet{Source: netip.MustParseAddrPort(stranger), Dest: dest, Protocol: packet.UDP, Known: packet.Whole, Payload: b[from:]}
			book.Knock(Knock{At: at, Packet: p})
			book.Words(Words{At: at, Source: p.Source, Dest: dest, Transport: portolan.TCP, Bytes: b[from:]})
			book.Tick(at)
		}
		book.Close()
		if c := book.Counts(); c.Started != c.Ended+c.Evicted || int(c.Started) != len(revisions) || book.Bytes() != 0 {
			t.Errorf("%+v", c)
		}
	})
}
