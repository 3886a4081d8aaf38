package protocol

import "testing"

func FuzzSourceQuery(f *testing.F) { fuzzProtocol(f, &sourceQuery) }
