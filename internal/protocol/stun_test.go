package protocol

import "testing"

func FuzzSTUN(f *testing.F) { fuzzProtocol(f, &stun) }
