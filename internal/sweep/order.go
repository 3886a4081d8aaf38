package sweep

import "math/bits"

// Order returns a bijection of 0..n-1 that looks random, the same for the same
// seed: a Feistel network over the next power of four, walked until it lands
// below n.
func Order(n, seed uint64) func(i uint64) uint64 {
	half := (bits.Len64(max(n, 2)-1) + 1) / 2
	mask := uint64(1)<<half - 1
	return func(i uint64) uint64 {
		for {
			left, right := i>>half&mask, i&mask
			for round := range uint64(4) {
				left, right = right, left^mix(right+seed+round<<56)&mask
			}
			if i = left<<half | right; i < n {
				return i
			}
		}
	}
}

// mix is the finaliser of MurmurHash3.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
