package protocol

import "testing"

func FuzzL2TP(f *testing.F) { fuzzProtocol(f, &l2tp) }
