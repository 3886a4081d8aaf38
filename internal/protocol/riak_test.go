package protocol

import "testing"

func FuzzRiak(f *testing.F) { fuzzProtocol(f, &riak) }
