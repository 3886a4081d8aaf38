package protocol

import "testing"

func FuzzClamd(f *testing.F) { fuzzProtocol(f, &clamd) }
