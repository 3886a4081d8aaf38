package protocol

import "testing"

func FuzzDict(f *testing.F) { fuzzProtocol(f, &dict) }
