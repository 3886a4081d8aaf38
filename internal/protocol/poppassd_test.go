package protocol

import "testing"

func FuzzPoppassd(f *testing.F) { fuzzProtocol(f, &poppassd) }
