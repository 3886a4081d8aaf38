package protocol

import "testing"

func FuzzTransmission(f *testing.F) { fuzzProtocol(f, &transmission) }
