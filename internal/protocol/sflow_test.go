package protocol

import "testing"

func FuzzSFlow(f *testing.F) { fuzzProtocol(f, &sflow) }
