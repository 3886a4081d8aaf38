package protocol

import "testing"

func FuzzOPCUA(f *testing.F) { fuzzProtocol(f, &opcUA) }
