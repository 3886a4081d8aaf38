package protocol

import "testing"

func FuzzVMwareAuthd(f *testing.F) { fuzzProtocol(f, &vmwareAuthd) }
