package protocol

import "testing"

func FuzzDistcc(f *testing.F) { fuzzProtocol(f, &distcc) }
