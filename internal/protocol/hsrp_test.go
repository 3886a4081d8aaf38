package protocol

import "testing"

func FuzzHSRP(f *testing.F) { fuzzProtocol(f, &hsrp) }
