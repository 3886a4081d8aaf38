package protocol

import "testing"

func FuzzICA(f *testing.F) { fuzzProtocol(f, &ica) }
