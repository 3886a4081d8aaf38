package protocol

import "testing"

func FuzzNNTP(f *testing.F) { fuzzProtocol(f, &nntp) }
