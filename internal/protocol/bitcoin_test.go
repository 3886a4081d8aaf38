package protocol

import "testing"

func FuzzBitcoin(f *testing.F) { fuzzProtocol(f, &bitcoin) }
