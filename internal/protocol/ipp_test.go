package protocol

import "testing"

func FuzzIPP(f *testing.F) { fuzzProtocol(f, &ipp) }
