package protocol

import "testing"

func FuzzGopher(f *testing.F) { fuzzProtocol(f, &gopher) }
