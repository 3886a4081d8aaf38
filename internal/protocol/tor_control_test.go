package protocol

import "testing"

func FuzzTorControl(f *testing.F) { fuzzProtocol(f, &torControl) }
