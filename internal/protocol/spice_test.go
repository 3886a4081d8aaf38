package protocol

import "testing"

func FuzzSPICE(f *testing.F) { fuzzProtocol(f, &spice) }
