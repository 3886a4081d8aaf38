package protocol

import "testing"

func FuzzAFP(f *testing.F) { fuzzProtocol(f, &afp) }
