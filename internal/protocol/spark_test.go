package protocol

import "testing"

func FuzzSpark(f *testing.F) { fuzzProtocol(f, &spark) }
