package protocol

import "testing"

func FuzzFinger(f *testing.F) { fuzzProtocol(f, &finger) }
