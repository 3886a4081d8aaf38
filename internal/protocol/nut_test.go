package protocol

import "testing"

func FuzzNUT(f *testing.F) { fuzzProtocol(f, &nut) }
