package protocol

import "testing"

func FuzzLLMNR(f *testing.F) { fuzzProtocol(f, &llmnr) }
