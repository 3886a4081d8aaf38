package protocol

import "testing"

func FuzzSapNI(f *testing.F) { fuzzProtocol(f, &sapNI) }
