package protocol

import "testing"

func FuzzConsul(f *testing.F) { fuzzProtocol(f, &consul) }
