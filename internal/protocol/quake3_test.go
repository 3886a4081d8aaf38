package protocol

import "testing"

func FuzzQuake3(f *testing.F) { fuzzProtocol(f, &quake3) }
