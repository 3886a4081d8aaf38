package protocol

import "testing"

func FuzzEcho(f *testing.F) { fuzzProtocol(f, &echo) }
