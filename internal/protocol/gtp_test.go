package protocol

import "testing"

func FuzzGTP(f *testing.F) { fuzzProtocol(f, &gtp) }
