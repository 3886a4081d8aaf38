package protocol

import "testing"

func FuzzLMTP(f *testing.F) { fuzzProtocol(f, &lmtp) }
