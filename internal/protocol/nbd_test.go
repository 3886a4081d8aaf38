package protocol

import "testing"

func FuzzNBD(f *testing.F) { fuzzProtocol(f, &nbd) }
