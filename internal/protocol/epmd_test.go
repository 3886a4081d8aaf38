package protocol

import "testing"

func FuzzEPMD(f *testing.F) { fuzzProtocol(f, &epmd) }
