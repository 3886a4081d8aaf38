package protocol

import "testing"

func FuzzNDMP(f *testing.F) { fuzzProtocol(f, &ndmp) }
