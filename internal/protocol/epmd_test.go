package protocol

import "testing"

func FuzzEpmd(f *testing.F) { fuzzProtocol(f, &epmd) }
