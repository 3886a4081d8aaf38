package protocol

import "testing"

func FuzzChargen(f *testing.F) { fuzzProtocol(f, &chargen) }
