package protocol

import "testing"

func FuzzACAP(f *testing.F) { fuzzProtocol(f, &acap) }
