package protocol

import "testing"

func FuzzMumble(f *testing.F) { fuzzProtocol(f, &mumble) }
