package protocol

import "testing"

func FuzzDNS(f *testing.F) { fuzzProtocol(f, &dns) }

// FuzzDNSNames holds that a name ends, however its pointers point.
func FuzzDNSNames(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\xc0\x0c"), 12)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		if at < 0 || at > len(b) {
			return
		}
		if name, next, ok := dnsName(b, at); ok && (len(name) > 254 || next <= at || next > len(b)) {
			t.Errorf("a name of %d bytes, from %d to %d", len(name), at, next)
		}
	})
}
