package protocol

import "testing"

func FuzzNodeRED(f *testing.F) { fuzzProtocol(f, &nodeRED) }
