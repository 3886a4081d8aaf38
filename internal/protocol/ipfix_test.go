package protocol

import "testing"

func FuzzIPFIX(f *testing.F) { fuzzProtocol(f, &ipfix) }
