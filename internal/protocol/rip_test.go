package protocol

import "testing"

func FuzzRIP(f *testing.F) { fuzzProtocol(f, &rip) }
