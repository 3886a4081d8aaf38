package protocol

import "testing"

func FuzzFox(f *testing.F) { fuzzProtocol(f, &fox) }
