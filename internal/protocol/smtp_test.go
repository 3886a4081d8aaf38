package protocol

import "testing"

func FuzzSMTP(f *testing.F) { fuzzProtocol(f, &smtp) }
