package protocol

import "testing"

func FuzzIKE(f *testing.F) { fuzzProtocol(f, &ike) }
