package protocol

import "testing"

func FuzzDCERPC(f *testing.F) { fuzzProtocol(f, &dcerpc) }
