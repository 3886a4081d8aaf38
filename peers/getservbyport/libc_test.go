//go:build cgo && linux

package getservbyport

import (
	"strings"
	"testing"

	"github.com/portolan/portolan"
	"github.com/portolan/portolan/registry"
)

var sink int

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sink += len(registry.Lookup(portolan.Key{Port: uint16(i * 40503)}).Service())
	}
}

func BenchmarkGetservbyport(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		sink += len(libc(uint16(i*40503), "tcp"))
	}
}

// What the C library names and we do not must be told apart from a fault of
// ours: its file may hold local names, so only well-known ones are compared.
func TestWellKnownNamesAgree(t *testing.T) {
	if libc(22, "tcp") == "" {
		t.Skip("this system has no /etc/services")
	}
	for _, name := range []string{"ssh 22/tcp", "domain 53/udp", "http 80/tcp", "https 443/tcp", "ntp 123/udp", "imaps 993/tcp", "postgresql 5432/tcp"} {
		want, key, _ := strings.Cut(name, " ")
		k, err := portolan.ParseKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if got := libc(k.Port, k.Transport.String()); got != want || registry.Lookup(k).Service() != want {
			t.Errorf("%s: the C library says %q, the registry %q, want %q", key, got, registry.Lookup(k).Service(), want)
		}
	}
}
