package protocol

import "testing"

func FuzzTime(f *testing.F) { fuzzProtocol(f, &timeProtocol) }
