package protocol

import "testing"

func FuzzIcecast(f *testing.F) { fuzzProtocol(f, &icecast) }
