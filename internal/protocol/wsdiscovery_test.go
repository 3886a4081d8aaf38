package protocol

import "testing"

func FuzzWSDiscovery(f *testing.F) { fuzzProtocol(f, &wsDiscovery) }
