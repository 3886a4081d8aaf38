package protocol

import "testing"

func FuzzDRDA(f *testing.F) { fuzzProtocol(f, &drda) }
