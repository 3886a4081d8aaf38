package protocol

import (
	"bytes"
	"testing"
)

func FuzzDNP3(f *testing.F) { fuzzProtocol(f, &dnp3) }

// TestDNP3Sum holds the checksum of a frame that masters send: reset the link
// of address 1, from address 1024.
func TestDNP3Sum(t *testing.T) {
	want := []byte{0x05, 0x64, 0x05, 0xc0, 0x01, 0x00, 0x00, 0x04, 0xe9, 0x21}
	if got := dnp3Frame(0xc0, 1, 1024); !bytes.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
}
