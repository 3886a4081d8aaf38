package protocol

import "testing"

func FuzzBGP(f *testing.F) { fuzzProtocol(f, &bgp) }
