package protocol

import "testing"

func FuzzRADIUS(f *testing.F) { fuzzProtocol(f, &radius) }
