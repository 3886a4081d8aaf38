package protocol

import "testing"

func FuzzBolt(f *testing.F) { fuzzProtocol(f, &bolt) }
