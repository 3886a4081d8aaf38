package protocol

import "testing"

func FuzzJDWP(f *testing.F) { fuzzProtocol(f, &jdwp) }
