package protocol

import "testing"

func FuzzNetFlow(f *testing.F) { fuzzProtocol(f, &netflow) }
