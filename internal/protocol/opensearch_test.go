package protocol

import "testing"

func FuzzOpensearch(f *testing.F) { fuzzProtocol(f, &opensearch) }
