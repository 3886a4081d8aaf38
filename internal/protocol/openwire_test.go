package protocol

import "testing"

func FuzzOpenWire(f *testing.F) { fuzzProtocol(f, &openwire) }
