package protocol

import "testing"

func FuzzAJP13(f *testing.F) { fuzzProtocol(f, &ajp13) }
