package protocol

import "testing"

func FuzzGLBP(f *testing.F) { fuzzProtocol(f, &glbp) }
