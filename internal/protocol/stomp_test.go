package protocol

import "testing"

func FuzzSTOMP(f *testing.F) { fuzzProtocol(f, &stomp) }
