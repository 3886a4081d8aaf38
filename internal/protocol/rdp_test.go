package protocol

import "testing"

func FuzzRDP(f *testing.F) { fuzzProtocol(f, &rdp) }
