package protocol

import "testing"

func FuzzNRPE(f *testing.F) { fuzzProtocol(f, &nrpe) }
