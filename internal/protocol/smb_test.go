package protocol

import "testing"

func FuzzSMB(f *testing.F) { fuzzProtocol(f, &smb) }
