package protocol

import "testing"

func FuzzNetBIOSNS(f *testing.F) { fuzzProtocol(f, &netbiosNS) }
