package registry

import (
	"testing"

	"github.com/portolan/portolan"
)

var sink int

// The ports of the benchmarks hop over the whole space, so that the cache does
// not flatter us.
func hop(i int) portolan.Key {
	return portolan.Key{Port: uint16(i * 40503), Transport: portolan.Transport(i & 1)}
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sink += int(Lookup(hop(i)).Status())
	}
}

func BenchmarkLookupService(b *testing.B) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sink += len(Lookup(hop(i)).Service())
	}
}

// BenchmarkMapLookup is the usual way: a Go map of today's names.
func BenchmarkMapLookup(b *testing.B) {
	names := map[portolan.Key]string{}
	for p := range 1 << 16 {
		for _, t := range portolan.Transports {
			k := portolan.Key{Port: uint16(p), Transport: t}
			if a := Lookup(k); a.Status() == Assigned {
				names[k] = a.Service()
			}
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sink += len(names[hop(i)])
	}
}

func BenchmarkHistory(b *testing.B) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sink += len(History(portolan.Key{Port: uint16(i) % 1024}))
	}
}

func BenchmarkService(b *testing.B) {
	for b.Loop() {
		sink += len(Service("postgresql"))
	}
}

func BenchmarkSearch(b *testing.B) {
	for b.Loop() {
		sink += len(Search("corporation"))
	}
}

func BenchmarkRelated(b *testing.B) {
	for b.Loop() {
		sink += len(Related(378))
	}
}
