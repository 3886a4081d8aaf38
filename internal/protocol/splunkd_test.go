package protocol

import "testing"

func FuzzSplunkd(f *testing.F) { fuzzProtocol(f, &splunkd) }
