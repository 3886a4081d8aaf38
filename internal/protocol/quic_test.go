package protocol

import "testing"

func FuzzQUIC(f *testing.F) { fuzzProtocol(f, &quic) }
