package protocol

import "testing"

func FuzzNetBIOSSSN(f *testing.F) { fuzzProtocol(f, &netbiosSSN) }
