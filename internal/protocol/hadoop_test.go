package protocol

import "testing"

func FuzzHadoop(f *testing.F) { fuzzProtocol(f, &hadoop) }
