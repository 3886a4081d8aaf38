package protocol

import "testing"

func FuzzSSDP(f *testing.F) { fuzzProtocol(f, &ssdp) }
