package protocol

import "testing"

func FuzzFirebird(f *testing.F) { fuzzProtocol(f, &firebird) }
