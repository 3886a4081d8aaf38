package protocol

import "testing"

func FuzzKNXnet(f *testing.F) { fuzzProtocol(f, &knxnet) }
