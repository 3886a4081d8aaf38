package protocol

import "testing"

func FuzzNexus(f *testing.F) { fuzzProtocol(f, &nexus) }
