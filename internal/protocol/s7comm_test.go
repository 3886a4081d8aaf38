package protocol

import "testing"

func FuzzS7comm(f *testing.F) { fuzzProtocol(f, &s7comm) }
