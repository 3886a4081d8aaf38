package trap

import (
	"encoding/hex"
	"testing"
)

// captured are packets of `nmap -sS`, `nmap -sU` and `nmap -6 -f` (7.93, Debian
// 12, 2026-11-23), from the IP header on.
var captured = []string{
	"4500002c7d3b00002a06f28a0a0900020a0900019c4000161b1f4f6c0000000060020400d0e50000020405b4",
	"4500001c0c1d00003811a3ad0a0900020a0900019c40003500080000",
	"4500001c0c1d20003806a3ad0a0900020a0900019c40003500080000",
	"6000000000102cfffd090000000000000000000000000002fd09000000000000000000000000000106000001deadbeef9c4000161b1f4f6c",
}

func FuzzDecodePacket(f *testing.F) {
	for _, text := range captured {
		b, err := hex.DecodeString(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := DecodePacket(b)
		if err == nil && len(p.Transport) > len(b) || len(p.Payload) > len(p.Transport) {
			t.Errorf("%d bytes of %d", len(p.Transport), len(b))
		}
		if len(b) >= 20 {
			_, _ = decodeIPv4(b)
		}
		_, _ = decodeIPv6(b)
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(make([]byte, recordHead))
	f.Add(append(make([]byte, 16), 1, 0, 1, 0, 0, 0, 0, 0, 0x45))
	f.Fuzz(func(t *testing.T, b []byte) {
		var e Event
		if _, _, err := decodeRecord(b, &e); err == nil && len(e.Packet) > len(b)-recordHead {
			t.Errorf("a packet of %d bytes from a record of %d", len(e.Packet), len(b))
		}
	})
}

func FuzzDecodeDevice(f *testing.F) {
	f.Add(append(make([]byte, 4), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 3, 0, 'l', 'o', 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := decodeDevice(b); err == nil && (d.index <= 0 || d.name == "") {
			t.Errorf("%+v", d)
		}
	})
}

func FuzzDecodeLocal(f *testing.F) {
	f.Add([]byte{2, 8, 0, 0, 255, 2, 254, 2, 0, 0, 0, 0, 8, 0, 1, 0, 127, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, ok := decodeLocal(b); ok && !p.IsValid() {
			t.Errorf("%v", p)
		}
	})
}
