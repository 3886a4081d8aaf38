package protocol

import "testing"

func FuzzBFD(f *testing.F) { fuzzProtocol(f, &bfd) }
