package protocol

import "testing"

func FuzzKubernetes(f *testing.F) { fuzzProtocol(f, &kubernetes) }
