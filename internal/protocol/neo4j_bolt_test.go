package protocol

import "testing"

func FuzzBolt(f *testing.F) { fuzzProtocol(f, &bolt) }

// HELLO is said only where a login is a message of its own.
func TestBoltHello(t *testing.T) {
	for version, want := range map[string]bool{"\x00\x00\x04\x05": true, "\x00\x00\x01\x05": true, "\x00\x00\x00\x05": false, "\x00\x00\x04\x04": false, "\x00\x00\x00\x00": false} {
		if got := nextBolt(Said{Data: []byte(version)}, 1) != nil; got != want {
			t.Errorf("%x: HELLO %t, want %t", version, got, want)
		}
	}
}
